//! What an operation costs with this client and with others, against one org on loopback.
//!
//! Claim: the least time and the least CPU in creating a record, upserting one, and querying 2,000
//! rows. The org runs in one process, all clients in another, on one thread, so that the CPU is theirs
//! alone; rounds of the clients alternate, and the middle one of each counts. A regression here is a
//! copy or a parse that came into the way of every call.
//!
//! Rounds are short, and each client is also set against ours of the same round, so that what else the
//! machine does falls on all of them.
//!
//! `cargo bench -p benches --bench salesforce` for ours alone; `--features peers` for all. After `--`,
//! `--org` only runs the org and prints its address, `--url ADDRESS` asks one that runs already, and
//! `--only NAME` leaves out the clients whose names do not contain it.

mod contenders;
mod cost;
mod org;

use std::process::{Command, ExitCode};

use self::contenders::{Contender, contenders};
use self::cost::{Cost, Meter};

/// How much is done: rounds, and operations of each kind in one.
#[derive(Clone, Copy)]
struct Load {
    rounds: usize,
    writes: usize,
    queries: usize,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    if has("--org") {
        return org::serve(|url| {
            say(url);
            org::wait_for_the_end_of_input();
            ExitCode::SUCCESS
        });
    }
    if let Some(at) = arguments.iter().position(|argument| argument == "--url") {
        let Some(url) = arguments.get(at + 1) else { return ExitCode::FAILURE };
        let only = arguments.iter().position(|argument| argument == "--only");
        let only = only.and_then(|at| arguments.get(at + 1)).map_or("", String::as_str);
        // Without `--bench` cargo only wants to see that it runs.
        let load = if has("--bench") {
            Load { rounds: 100, writes: 50, queries: 2 }
        } else {
            Load { rounds: 1, writes: 2, queries: 1 }
        };
        return measure(url, only, load);
    }
    org::serve(|url| {
        let program = std::env::current_exe().map(Command::new);
        let clients = program.and_then(|mut program| {
            program.args(&arguments).args(["--url", url]);
            // Not every client lets its proxy be switched off otherwise.
            program.env("NO_PROXY", "127.0.0.1").env("no_proxy", "127.0.0.1").status()
        });
        if clients.is_ok_and(|status| status.success()) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    })
}

#[expect(clippy::expect_used, reason = "a bench that cannot be set up shall stop")]
fn measure(url: &str, only: &str, load: Load) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (url, only) = (url.to_owned(), only.to_owned());
    // In a task, as the handlers of a service are.
    let work = runtime.spawn(async move {
        let mut contenders = contenders(&url).await;
        contenders.retain(|contender| contender.name().contains(&only));
        for (what, times) in [("create", load.writes), ("upsert", load.writes), ("query", load.queries)] {
            let mut costs = vec![Vec::new(); contenders.len()];
            for round in 0..=load.rounds {
                // Each goes first, second and so on equally often.
                for turn in 0..contenders.len() {
                    let turn = (turn + round) % contenders.len();
                    let meter = Meter::start();
                    for number in 0..times {
                        operation(contenders[turn].as_ref(), what, round * times + number).await;
                    }
                    // The first round opens connections and fills caches.
                    if round > 0 {
                        costs[turn].push(meter.stop(times));
                    }
                }
            }
            report(what, &contenders, &costs);
        }
    });
    if runtime.block_on(work).is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Tells the middle round of each, and the middle of what the rounds were against ours.
fn report(what: &str, contenders: &[Box<dyn Contender>], costs: &[Vec<Cost>]) {
    for (contender, own) in contenders.iter().zip(costs) {
        let pairs = own.iter().zip(&costs[0]);
        let times = Cost::middle(&pairs.map(|(own, ours)| own.over(*ours)).collect::<Vec<_>>());
        let middle = Cost::middle(own).micros();
        say(&format!("{what:<8} {:<20} {middle}  times ours: {}", contender.name(), times.times()));
    }
}

async fn operation(contender: &dyn Contender, what: &str, number: usize) {
    let subject = format!("No dial tone, report number {number}");
    match what {
        "create" => contender.create(&subject).await,
        // The same keys come again, so most of these are updates.
        "upsert" => contender.upsert(&format!("call-{}", number % 500), &subject).await,
        _ => assert!(contender.query().await == org::ROWS, "{} reads every row", contender.name()),
    }
}

#[expect(clippy::print_stdout, reason = "the figures are what it is for")]
fn say(line: &str) {
    println!("{line}");
}
