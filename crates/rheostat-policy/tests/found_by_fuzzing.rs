//! Inputs that once made the check panic, as the fuzzer found them.

use rheostat_policy::fuzz::fuzz_policy;

#[test]
fn an_expression_without_quotes_may_begin_with_any_letter() {
    fuzz_policy("version = 1\n\n[[rules]]\nmatch = { target = \"shop::**\" }\nwhere = \u{7a3} not in [1]\"\nlog = {}\n".as_bytes());
}
