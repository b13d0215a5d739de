//! Labels of a series, in the order that receivers ask for.

use super::wire::Label;

/// Labels that every series gets, unless it has one of that name itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Everywhere(pub(super) Vec<(String, String)>);

impl Everywhere {
    /// All labels of a series, by name, `__name__` among them.
    pub(super) fn with<'l>(
        &self,
        name: &str,
        own: impl Iterator<Item = (&'l str, &'l str)>,
        more: Option<(&str, &str)>,
    ) -> Vec<Label> {
        let label = |name: &str, value: &str| Label {
            name: name.to_owned(),
            value: value.to_owned(),
        };
        let mut labels = vec![label("__name__", name)];
        labels.extend(own.map(|(name, value)| label(name, value)));
        labels.extend(more.map(|(name, value)| label(name, value)));
        for (name, value) in &self.0 {
            if !value.is_empty() && labels.iter().all(|label| label.name != *name) {
                labels.push(label(name, value));
            }
        }
        labels.sort_by(|one, other| one.name.cmp(&other.name));
        labels
    }
}

/// Whether receivers take it as the name of a label.
pub(super) fn is_name(name: &str) -> bool {
    let fits = |char: char| char.is_ascii_alphanumeric() || char == '_';
    name.starts_with(|char: char| fits(char) && !char.is_ascii_digit())
        && name.chars().all(fits)
        && !name.starts_with("__")
}
