//! A program that has a global subscriber already hears what to do with it, and nothing of ours stays.

use rheostat::InitError;

#[test]
fn another_global_subscriber_is_told_of() {
    tracing::subscriber::set_global_default(tracing_subscriber::registry())
        .expect("this process has no other");
    let error = rheostat::builder()
        .policy_text("version = 1")
        .init()
        .expect_err("there is one already");
    assert!(matches!(error, InitError::Installed { first: None }));
    assert!(
        error.to_string().contains("`builder().inner(..)`"),
        "{error}"
    );
}
