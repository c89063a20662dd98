//! What it costs to get from a function call's raw JSON to its outcome, without any I/O.
//!
//! Claim: look-up, policy, deadline, typed arguments and outcome take at most 500 ns together. The peers run the
//! same function with the same arguments: `rmcp` through its router, `rig-core` through its erased tool behind a
//! map by name. Neither holds a deadline, a policy, or a panic. A regression here is a second parse, a task, or a
//! lock on the way.
//!
//! `cargo bench -p benches --bench dispatch --features peers`

use std::hint::black_box;

use bytes::Bytes;
use criterion::Criterion;
use tokio::runtime::Builder;
use vapi_types::webhook::Verifier;
use voice_crm_core::{
    Bridge,
    call::{Call, Platform},
    caller::Caller,
    channel::{ToolBatch, ToolCall, Vapi},
    function::Outcome,
    journal::MemoryJournal,
};

#[path = "shared/idle_desk.rs"]
mod idle_desk;

use idle_desk::{Acknowledge, Empty};

const ARGUMENTS: &str = r#"{"description":"The difference engine stopped.","subject":"Engine stopped","account_number":"ACC-1001"}"#;

#[expect(clippy::expect_used, reason = "a bench that cannot be set up shall stop")]
fn main() {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let bridge = runtime.block_on(async {
        let verifier = Verifier::secret("a secret of the usual length").expect("a verifier");
        let builder = Bridge::builder().channel("/", Vapi::new(verifier)).crm(Empty);
        builder.journal(MemoryJournal::new()).function(Acknowledge).start().expect("a bridge")
    });
    let arguments = Bytes::from_static(ARGUMENTS.as_bytes());
    let (id, name) = ("0190c0de-0000-7000-8000-000000000000", "acknowledge");
    let batch = || {
        let call = ToolCall { id: "call_1".into(), name: name.to_owned(), arguments: arguments.clone() };
        ToolBatch { call: Call::new(Platform::VAPI.call(id), Caller::Unknown), calls: vec![call] }
    };
    let outcomes = runtime.block_on(bridge.call("bench", batch()));
    assert!(matches!(outcomes.as_slice(), [Outcome::Answered(_)]));

    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("a function call");
    group.bench_function("voice-crm-core", |bencher| {
        bencher.to_async(&runtime).iter_batched(
            batch,
            |batch| bridge.call("bench", batch),
            criterion::BatchSize::SmallInput,
        );
    });
    #[cfg(feature = "peers")]
    peers::bench(&mut group, &runtime);
    group.finish();
    criterion.final_summary();
    black_box(bridge);
}

#[cfg(feature = "peers")]
mod peers {
    use std::{borrow::Cow, collections::HashMap, convert::Infallible, hint::black_box};

    use criterion::{BatchSize, BenchmarkGroup, measurement::WallTime};
    use rig_core::tool::{ErasedTool, Tool, ToolContext};
    use rmcp::{
        ErrorData, RoleServer, ServerHandler,
        handler::server::{
            router::tool::{AsyncTool, ToolBase, ToolRouter},
            tool::ToolCallContext,
        },
        model::{CallToolRequestParams, NumberOrString},
        service::{RequestContext, serve_directly},
    };
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};
    use tokio::runtime::Runtime;

    use super::ARGUMENTS;

    #[derive(Default, Deserialize, JsonSchema)]
    pub(super) struct Args {
        description: String,
        subject: Option<String>,
        account_number: Option<String>,
    }

    #[derive(JsonSchema, Serialize)]
    pub(super) struct Said {
        text: &'static str,
    }

    struct OverMcp;

    impl ServerHandler for OverMcp {}

    struct Acknowledge;

    impl ToolBase for Acknowledge {
        type Parameter = Args;
        type Output = Said;
        type Error = ErrorData;

        fn name() -> Cow<'static, str> {
            "acknowledge".into()
        }
    }

    impl AsyncTool<OverMcp> for Acknowledge {
        async fn invoke(_: &OverMcp, args: Args) -> Result<Said, ErrorData> {
            black_box((args.description, args.subject, args.account_number));
            Ok(Said { text: "It is acknowledged." })
        }
    }

    impl Tool for Acknowledge {
        const NAME: &'static str = "acknowledge";
        type Args = Args;
        type Output = String;
        type Error = Infallible;

        fn description(&self) -> String {
            "Acknowledges.".to_owned()
        }

        fn parameters(&self) -> serde_json::Value {
            schemars::schema_for!(Args).to_value()
        }

        async fn call(&self, _: &mut ToolContext, args: Args) -> Result<String, Infallible> {
            black_box((args.description, args.subject, args.account_number));
            Ok("It is acknowledged.".to_owned())
        }
    }

    #[expect(clippy::expect_used, reason = "a bench that cannot be set up shall stop")]
    pub(super) fn bench(group: &mut BenchmarkGroup<'_, WallTime>, runtime: &Runtime) {
        let router = ToolRouter::<OverMcp>::new().with_async_tool::<Acknowledge>();
        // The router wants a peer, so there is one, to whom nobody speaks.
        let serving = runtime.block_on(async {
            let (near, far) = tokio::io::duplex(64);
            (serve_directly::<RoleServer, _, _, _, _>(OverMcp, near, None), far)
        });
        let request = || {
            let arguments = serde_json::from_str(ARGUMENTS).expect("an object");
            let request = CallToolRequestParams::new("acknowledge").with_arguments(arguments);
            let context = RequestContext::new(NumberOrString::Number(1), serving.0.peer().clone());
            ToolCallContext::new(&OverMcp, request, context)
        };
        assert!(runtime.block_on(router.call(request())).is_ok());
        // Its arguments arrive as a parsed object, so parsing them is part of the way.
        group.bench_function("rmcp", |bencher| {
            bencher.to_async(runtime).iter(|| router.call(request()));
        });

        let tools: HashMap<String, Box<dyn ErasedTool>> =
            HashMap::from([("acknowledge".to_owned(), Box::new(Acknowledge) as Box<dyn ErasedTool>)]);
        let tools = &tools;
        group.bench_function("rig-core", |bencher| {
            bencher.to_async(runtime).iter_batched(
                || (ARGUMENTS.to_owned(), ToolContext::new()),
                |(arguments, mut context)| async move {
                    let tool = tools.get("acknowledge").expect("the tool");
                    tool.execute(arguments, &mut context).await
                },
                BatchSize::SmallInput,
            );
        });
    }
}
