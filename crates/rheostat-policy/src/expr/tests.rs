//! Tables of expressions.

use super::*;
use crate::environment::NoEnvironment;

#[test]
fn canonical_text_reads_back_as_the_same_tree() {
    for input in [
        "a > 1",
        "status in [404, 410] and not has(.x)",
        "a | number / 2",
        "elapsed > 100ms or rows_returned > 10_000",
    ] {
        let tree = parse(input, &NoEnvironment).expect(input);
        let again = parse(&tree.to_string(), &NoEnvironment).expect(input);
        assert_eq!(tree, again, "{input} became {tree}");
    }
}
