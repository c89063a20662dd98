//! A bound on the time of one input. A hang ends nothing by itself, so a second thread ends the run.

use std::{
    io::{self, Write as _},
    process,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

/// An input of a few kilobytes takes microseconds. A busy machine makes seconds of them, but not so many.
const LONGEST: Duration = Duration::from_secs(20);

/// When the input that is being tried began.
type Began = Arc<Mutex<Option<Instant>>>;

thread_local! {
    static BEGAN: Began = watched();
}

/// Tries one input, and ends the process when it does not come back.
pub(crate) fn bounded<T>(input: impl FnOnce() -> T) -> T {
    BEGAN.with(|began| *began.lock().unwrap() = Some(Instant::now()));
    // Also when it panics: what has failed does not hang.
    let _over = Over;
    input()
}

/// Notes the end of an input.
struct Over;

impl Drop for Over {
    fn drop(&mut self) {
        BEGAN.with(|began| *began.lock().unwrap() = None);
    }
}

/// Watches the target that runs in this thread.
fn watched() -> Began {
    let began = Began::default();
    let (seen, target) = (began.clone(), thread::current().name().unwrap_or("a target").to_owned());
    thread::spawn(move || {
        loop {
            thread::sleep(Duration::from_secs(1));
            let began = seen.lock().map(|began| *began).unwrap_or_default();
            if began.is_some_and(|began| began.elapsed() > LONGEST) {
                // Not by `eprintln`, which the harness keeps to itself.
                let _ = writeln!(io::stderr(), "{target}: one input takes longer than {LONGEST:?}");
                process::exit(1);
            }
        }
    });
    began
}

/// Tries inputs of up to so many bytes, each under the bound.
macro_rules! check_bytes {
    ($longest:expr, |$input:ident| $body:expr) => {
        bolero::check!()
            .with_shrink_time($crate::SHRINK)
            .with_max_len($longest)
            .for_each(|$input: &[u8]| $crate::bound::bounded(|| $body))
    };
}
pub(crate) use check_bytes;

/// Tries values of a type, each under the bound.
macro_rules! check_values {
    ($kind:ty, |$value:pat_param| $body:expr) => {
        bolero::check!()
            .with_shrink_time($crate::SHRINK)
            .with_type::<$kind>()
            .for_each(|$value: &$kind| $crate::bound::bounded(|| $body))
    };
}
pub(crate) use check_values;
