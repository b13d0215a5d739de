//! Which sink an action feeds.

use std::sync::Arc;

use super::Reader;
use super::policy::World;
use crate::codes::{sinks as codes, structure};
use crate::diagnostic::Report;
use crate::model::SinkId;
use crate::place::Place;
use crate::toml::Node;
use crate::vocabulary::{RecordClass, SinkUse};

/// Formats in which a program reads records back.
const FOR_PEOPLE: [&str; 1] = ["pretty"];
/// Formats that people do not read.
const FOR_PROGRAMS: [&str; 2] = ["compact", "cbor"];

impl Reader<'_> {
    /// The sink that is named, or the one that is meant; `None` after a finding.
    pub(crate) fn sink_for(
        &mut self,
        action: &'static str,
        uses: &SinkUse,
        node: Option<&Node>,
        place: Place,
        world: &mut World<'_>,
    ) -> Option<SinkId> {
        let by_default = world
            .default_sinks
            .and_then(|table| table.get(action))
            .map(|entry| &entry.node);
        let id = match (node, by_default, uses.default) {
            (Some(node), _, _) | (None, Some(node), _) => {
                let name = self.text(node)?;
                self.sink_named(&name, node, world)?
            }
            (None, None, Some(name)) => self.sink_standard(name, place, world)?,
            (None, None, None) => self.only_sink(action, uses.class, place, world)?,
        };
        world.sinks.mark_used(id);
        let at = node.map_or(place, |node| node.place);
        self.sink_fits(action, uses.class, id, at, world);
        Some(id)
    }

    fn sink_named(
        &mut self,
        name: &Arc<str>,
        node: &Node,
        world: &mut World<'_>,
    ) -> Option<SinkId> {
        if let Some(id) = world.sinks.find(name) {
            return Some(id);
        }
        if world.sinks.is_broken(name) {
            return None;
        }
        if let Some(id) = self.standard_sink(&mut world.sinks, name, node.place) {
            return Some(id);
        }
        let declared = world.sinks.list.iter().map(|sink| &*sink.name);
        let near = self
            .near(
                name,
                declared
                    .chain(world.sinks.broken())
                    .chain(["stdout", "stderr"]),
            )
            .map(str::to_owned);
        let mut report = Report::new(
            &structure::UNKNOWN_SINK,
            node.place,
            format!("no sink is named `{name}`"),
        )
        .under("not declared in this file");
        if let Some(near) = near {
            if let Some(id) = world.sinks.find(&near) {
                report = report.also(world.sinks.get(id).place, "did you mean this one?");
                world.sinks.mark_used(id);
            }
            report = report.fix(format!("write `{near}`"), node.place, format!("\"{near}\""));
        } else {
            report = report.help(format!("declare it: `[sinks.{name}]`"));
        }
        self.report(report);
        None
    }

    fn sink_standard(&mut self, name: &str, place: Place, world: &mut World<'_>) -> Option<SinkId> {
        if let Some(id) = world.sinks.find(name) {
            return Some(id);
        }
        if world.sinks.is_broken(name) {
            return None;
        }
        let found = self.standard_sink(&mut world.sinks, name, place);
        if found.is_none() {
            self.report(
                Report::new(
                    &codes::NO_SINK,
                    place,
                    format!("this program has no sink of type `{name}`"),
                )
                .under("names no sink")
                .help("say where it goes: `sink = ..`"),
            );
        }
        found
    }

    fn only_sink(
        &mut self,
        action: &str,
        class: RecordClass,
        place: Place,
        world: &mut World<'_>,
    ) -> Option<SinkId> {
        let fit = world.sinks.taking(class);
        match fit.as_slice() {
            [only] => Some(*only),
            [] => {
                // A sink that was refused may have been the one.
                if !world.sinks.any_broken() {
                    self.report(
                        Report::new(
                            &codes::NO_SINK,
                            place,
                            format!("no sink takes {}", class.as_str()),
                        )
                        .under(format!("`{action}` has nowhere to go"))
                        .help("declare one: `[sinks.jaeger]` with `type = \"otlp\"` and `endpoint = \"http://127.0.0.1:4317\"`"),
                    );
                }
                None
            }
            several => {
                let mut report = Report::new(
                    &codes::AMBIGUOUS_SINK,
                    place,
                    format!("several sinks take {}", class.as_str()),
                )
                .under("which one is meant?");
                world.sinks.ask(class);
                for id in several.iter().take(3) {
                    report = report.also(world.sinks.get(*id).place, "this one");
                }
                let first = &world.sinks.get(several[0]).name;
                self.report(report.help(format!("say which: `sink = \"{first}\"`")));
                None
            }
        }
    }

    fn sink_fits(
        &mut self,
        action: &str,
        class: RecordClass,
        id: SinkId,
        at: Place,
        world: &World<'_>,
    ) {
        let sink = world.sinks.get(id);
        if !sink.only.contains(&class) {
            self.report(
                Report::new(
                    &codes::SINK_DOES_NOT_TAKE,
                    at,
                    format!("the sink `{}` is not handed {}", sink.name, class.as_str()),
                )
                .under(format!("`{action}` sends {}", class.as_str()))
                .also(sink.place, format!("a sink of type `{}`", sink.ty))
                .help(format!("name a sink that takes {}", class.as_str())),
            );
            return;
        }
        let Some(format) = sink.format else {
            return;
        };
        let unfit = match class {
            RecordClass::Events => FOR_PEOPLE.contains(&format),
            RecordClass::Logs => FOR_PROGRAMS.contains(&format),
            RecordClass::Metrics | RecordClass::Spans => false,
        };
        if unfit {
            let better = if class == RecordClass::Events {
                "`json`, `logfmt`, `compact` or `cbor`"
            } else {
                "`pretty`, `logfmt` or `json`"
            };
            self.report(
                Report::new(
                    &codes::UNFIT_FORMAT,
                    at,
                    format!("`{action}` does not go to a sink that writes `{format}`"),
                )
                .under(format!("the sink `{}` writes `{format}`", sink.name))
                .also(sink.place, "declared here")
                .help(format!(
                    "give that sink the format {better}, or name another sink"
                )),
            );
        }
    }
}
