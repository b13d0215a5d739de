use rheostat_policy::*;
fn main() {
    let n = 3_900_000usize;
    let rep = |head: &str, line: &dyn Fn(usize) -> String| { let mut s = String::from(head); let mut i = 0; while s.len() < n { s.push_str(&line(i)); i += 1; } s };
    let cases: Vec<(&str, String)> = vec![
        ("rules", rep("version = 1\n", &|_| "[[rules]]\nmatch = { target = \"a::**\" }\ncount = { metric = \"a_total\" }\n".into())),
        ("drops", rep("version = 1\n", &|i| format!("[[rules]]\nmatch = {{ target = \"a{i}::**\" }}\ndrop = true\n"))),
        ("unknown", rep("version = 1\n", &|i| format!("x{i} = 1\n"))),
        ("disabled drops", rep("version = 1\n", &|_| "[[rules]]\nenabled = false\nmatch = { target = \"a::**\" }\ndrop = true\n".into())),
        ("sinks", rep("version = 1\n", &|i| format!("[sinks.s{i}]\ntype = \"file\"\npath = \"f\"\n[[rules]]\nmatch = {{ target = \"a::**\" }}\nstream = {{ sink = \"s{i}\" }}\n"))),
        ("bad sinks", rep("version = 1\n", &|i| format!("[sinks.s{i}]\ntype = \"file\"\npath = \"f\"\n[[rules]]\nmatch = {{ target = \"a::**\" }}\nstream = {{ sink = \"t{i}\" }}\n"))),
        ("traces", rep("version = 1\n", &|i| format!("[sinks.s{i}]\ntype = \"otlp\"\npath = \"f\"\n[[rules]]\nmatch = {{ target = \"a::**\" }}\ntrace = {{ }}\n"))),
        ("metrics", rep("version = 1\n", &|i| format!("[metrics.s{i}]\nkind = \"gauge\"\n"))),
        ("names", rep("version = 1\n", &|i| format!("[[rules]]\nname = \"a\"\nmatch = {{ target = \"a{i}::**\" }}\nlog = {{}}\n"))),
        ("selectors", rep("version = 1\n[selectors]\n", &|i| format!("a{i} = \"b{i}\"\n"))),
        ("labels", rep("version = 1\n[[rules]]\nmatch = { target = \"a\" }\ncount = { metric = \"a_total\", labels = [", &|i| format!("\"l{i}\", ")) + "] }\n"),
        ("alts", rep("version = 1\n", &|i| format!("[[rules]]\nmatch = [{{ target = \"**::{{a,b,c,d}}::*{i}\" }}, {{ target = \"**::b\" }}]\nwhere = \"a == {i}\"\ncount = {{ metric = \"a_total\" }}\n"))),
        ("lints", rep("version = 1\n[lint]\nallow = [", &|i| format!("\"l{i}\", ")) + "]\n"),
        ("syntax", rep("version = 1\n", &|_| "= = =\n".into())),
        ("string", format!("version = 1\n[[rules]]\nname = \"{}${{X}}\"\n", "é".repeat(1_900_000))),
        ("vars", format!("version = 1\n[[rules]]\nname = \"{}\"\n", "${X}".repeat(900_000))),
        ("list", format!("version = 1\n[[rules]]\nmatch = {{ target = [{}] }}\n", "\"***\",".repeat(600_000))),
        ("closed", format!("version = 1\n[metrics.a]\nkind=\"gauge\"\nlabels = [{}]\n", (0..400_000).map(|i| format!("\"l{i}\",")).collect::<String>())),
    ];
    for (name, text) in cases {
        let t = std::time::Instant::now();
        let c = check(text.as_bytes(), "x", &first_party::vocabulary(), &NoEnvironment);
        let a = t.elapsed();
        let r = c.diagnostics.rendered(false).len();
        println!("{name}: {:?} {:?} {} {}", a, t.elapsed(), c.diagnostics.summary(), r);
    }
}
