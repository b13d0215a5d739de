//! What everything that is sent says of the process it came from.

use std::collections::BTreeMap;

/// The attributes of the resource: constant labels, and the names that OpenTelemetry demands.
///
/// `OTEL_RESOURCE_ATTRIBUTES` and `OTEL_SERVICE_NAME` are honoured, because whoever deploys the program may
/// know better than its policy; a label `service_name` or `service` names the service, else its executable does.
/// `service.instance.id` is machine and process: totals of two processes must not be taken for one's.
pub fn resource<'a>(
    const_labels: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Vec<(String, String)> {
    attributes(const_labels, |name| std::env::var(name).ok())
}

fn attributes<'a>(
    const_labels: impl IntoIterator<Item = (&'a str, &'a str)>,
    env: impl Fn(&str) -> Option<String>,
) -> Vec<(String, String)> {
    let mut all = BTreeMap::new();
    let mut service = None;
    for (name, value) in const_labels {
        match name {
            "service_name" => service = Some(value.to_owned()),
            "service" if service.is_none() => service = Some(value.to_owned()),
            _ => {}
        }
        all.insert(name.to_owned(), value.to_owned());
    }
    for pair in env("OTEL_RESOURCE_ATTRIBUTES")
        .unwrap_or_default()
        .split(',')
    {
        if let Some((name, value)) = pair.split_once('=') {
            all.insert(name.trim().to_owned(), value.trim().to_owned());
        }
    }
    let named = env("OTEL_SERVICE_NAME").filter(|name| !name.is_empty());
    let service = named.or_else(|| all.remove("service.name")).or(service);
    all.insert(
        "service.name".to_owned(),
        service.unwrap_or_else(executable),
    );
    all.entry("service.instance.id".to_owned())
        .or_insert_with(instance);
    all.insert("telemetry.sdk.language".to_owned(), "rust".to_owned());
    all.insert("telemetry.sdk.name".to_owned(), "rheostat".to_owned());
    all.insert(
        "telemetry.sdk.version".to_owned(),
        env!("CARGO_PKG_VERSION").to_owned(),
    );
    all.into_iter().collect()
}

fn executable() -> String {
    let path = std::env::current_exe().ok();
    let name = path
        .as_deref()
        .and_then(|path| path.file_stem())
        .map(|name| name.to_string_lossy());
    name.map_or_else(|| "unknown_service".to_owned(), |name| name.into_owned())
}

/// Machine and process: no two programs that run at one time are the same.
fn instance() -> String {
    let machine = rustix::system::uname();
    let machine = machine.nodename().to_string_lossy();
    format!("{machine}:{}", std::process::id())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(key: &str, labels: &[(&str, &str)], env: &[(&str, &str)]) -> String {
        let env = |name: &str| {
            env.iter()
                .find(|(key, _)| *key == name)
                .map(|(_, v)| (*v).to_owned())
        };
        let all = attributes(labels.iter().copied(), env);
        let found = all.into_iter().find(|(name, _)| name == key);
        found.map(|(_, value)| value).unwrap_or_default()
    }

    fn service(labels: &[(&str, &str)], env: &[(&str, &str)]) -> String {
        of("service.name", labels, env)
    }

    #[test]
    fn a_label_names_the_service() {
        assert_eq!(service(&[("service", "shop")], &[]), "shop");
        assert_eq!(
            service(&[("service", "shop"), ("service_name", "till")], &[]),
            "till"
        );
    }

    #[test]
    fn the_environment_names_it_before_a_label() {
        let env = [("OTEL_SERVICE_NAME", "cart")];
        assert_eq!(service(&[("service", "shop")], &env), "cart");
        let env = [("OTEL_RESOURCE_ATTRIBUTES", "a=b,service.name=desk")];
        assert_eq!(service(&[("service", "shop")], &env), "desk");
    }

    #[test]
    fn a_process_without_a_name_is_called_like_its_executable() {
        assert!(service(&[], &[]).starts_with("rheostat_sink_otlp"));
    }

    #[test]
    fn two_processes_are_told_apart_unless_somebody_named_them() {
        let id = of("service.instance.id", &[], &[]);
        assert!(id.ends_with(&format!(":{}", std::process::id())), "{id}");
        let env = [("OTEL_RESOURCE_ATTRIBUTES", "service.instance.id=web-1")];
        assert_eq!(of("service.instance.id", &[], &env), "web-1");
    }
}
