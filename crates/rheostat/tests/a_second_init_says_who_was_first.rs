//! A process has one Rheostat.

#[test]
fn a_second_init_says_who_was_first() {
    let first = rheostat::builder().policy_text("version = 1").init();
    assert!(first.is_ok(), "{first:?}");
    let second = rheostat::builder().policy_text("version = 1").init();
    let error = second.expect_err("there is one already").to_string();
    assert!(
        error.contains("a_second_init_says_who_was_first.rs:5"),
        "{error}"
    );
}
