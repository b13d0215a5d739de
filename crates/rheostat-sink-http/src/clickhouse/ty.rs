//! The types of columns, as far as this sink writes them.

/// A column's type.
///
/// `LowCardinality` is a matter of storage: in an insert it is what it wraps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ty {
    Text,
    Bool,
    /// Of so many bytes.
    Signed(usize),
    Unsigned(usize),
    Float32,
    Float64,
    /// Seconds.
    DateTime,
    /// With so many digits behind the point.
    DateTime64(u32),
    Nullable(Box<Ty>),
    Array(Box<Ty>),
    Map(Box<Ty>, Box<Ty>),
}

impl Ty {
    /// Reads a type as `system.columns` and `CREATE TABLE` have it.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let simple = match text {
            "String" => Self::Text,
            "Bool" => Self::Bool,
            "Int8" => Self::Signed(1),
            "Int16" => Self::Signed(2),
            "Int32" => Self::Signed(4),
            "Int64" => Self::Signed(8),
            "UInt8" => Self::Unsigned(1),
            "UInt16" => Self::Unsigned(2),
            "UInt32" => Self::Unsigned(4),
            "UInt64" => Self::Unsigned(8),
            "Float32" => Self::Float32,
            "Float64" => Self::Float64,
            "DateTime" => Self::DateTime,
            _ => return Self::parse_composed(text),
        };
        Some(simple)
    }

    fn parse_composed(text: &str) -> Option<Self> {
        let (outer, rest) = text.split_once('(')?;
        let inside = rest.strip_suffix(')')?;
        match outer {
            "LowCardinality" => Self::parse(inside),
            "Nullable" => Some(Self::Nullable(Box::new(Self::parse(inside)?))),
            "Array" => Some(Self::Array(Box::new(Self::parse(inside)?))),
            "DateTime" => Some(Self::DateTime),
            "DateTime64" => {
                let digits = inside.split(',').next()?.trim().parse().ok()?;
                (digits <= 9).then_some(Self::DateTime64(digits))
            }
            "Map" => {
                // No key that we write has a comma in its type.
                let (key, value) = inside.split_once(',')?;
                let (key, value) = (Self::parse(key)?, Self::parse(value)?);
                Some(Self::Map(Box::new(key), Box::new(value)))
            }
            _ => None,
        }
    }

    /// Whether a field, whatever its value is, may be written into such a column.
    pub(super) fn takes_fields(&self) -> bool {
        match self {
            Self::Nullable(inner) => !matches!(**inner, Self::Nullable(_)) && inner.takes_fields(),
            Self::Text | Self::Bool | Self::Float32 | Self::Float64 => true,
            Self::Signed(_) | Self::Unsigned(_) => true,
            Self::DateTime | Self::DateTime64(_) | Self::Array(_) | Self::Map(..) => false,
        }
    }

    /// Whether it is text, or text that may be absent.
    pub(super) fn is_text(&self) -> bool {
        match self {
            Self::Nullable(inner) => inner.is_text(),
            other => *other == Self::Text,
        }
    }

    /// Whether it is a number, or a number that may be absent.
    pub(super) fn is_number(&self) -> bool {
        match self {
            Self::Nullable(inner) => inner.is_number(),
            other => matches!(
                other,
                Self::Signed(_) | Self::Unsigned(_) | Self::Float32 | Self::Float64
            ),
        }
    }

    /// Whether a moment can be written into it.
    pub(super) fn is_moment(&self) -> bool {
        matches!(
            self,
            Self::DateTime | Self::DateTime64(_) | Self::Signed(8) | Self::Unsigned(8)
        )
    }

    /// Whether it is a list of what the test holds for.
    pub(super) fn is_list_of(&self, test: impl Fn(&Self) -> bool) -> bool {
        matches!(self, Self::Array(inner) if test(inner))
    }

    /// Whether it is a map from text to text.
    pub(super) fn is_map_of_texts(&self) -> bool {
        matches!(self, Self::Map(key, value) if **key == Self::Text && **value == Self::Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_read_as_servers_write_them() {
        let read = |text| Ty::parse(text).unwrap();
        assert_eq!(read("LowCardinality(String)"), Ty::Text);
        assert_eq!(read("DateTime64(9, 'UTC')"), Ty::DateTime64(9));
        assert_eq!(read("DateTime('Europe/Prague')"), Ty::DateTime);
        assert_eq!(
            read("LowCardinality(Nullable(String))"),
            Ty::Nullable(Box::new(Ty::Text))
        );
        assert!(read("Map(LowCardinality(String), String)").is_map_of_texts());
        assert!(read("Array(Float64)").is_list_of(Ty::is_number));
    }

    #[test]
    fn other_types_are_not_written() {
        for text in [
            "Enum8('a' = 1)",
            "FixedString(3)",
            "JSON",
            "DateTime64(99)",
            "Int128",
            "",
        ] {
            assert_eq!(Ty::parse(text), None, "{text}");
        }
        assert!(!Ty::parse("Array(String)").unwrap().takes_fields());
    }
}
