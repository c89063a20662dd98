//! The example of functions of your own, run as a reader would run it.

use crate::server::program;

#[test]
fn own_functions_are_called_read_back_and_written_once() {
    let output = program("custom_function").output().unwrap();

    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}");
    assert!(said.contains("On Saturday we are open from ten to two."), "the closure: {said}");
    assert!(said.contains("a day such as 2026-11-30 is allowed"), "what does not fit is told: {said}");
    assert!(said.contains("A technician comes on Monday, November 30th"), "the read-back: {said}");
    assert!(said.ends_with("The org holds 1 visit, on \"2026-11-30\".\n"), "once: {said}");
}
