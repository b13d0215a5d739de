//! Values of fields, as they arrive and as programs see them.

pub(crate) mod arithmetic;
pub(crate) mod compare;
mod constant;
pub(crate) mod number;
pub(crate) mod text;
pub mod tlv;

pub use constant::Constant;
pub use number::Num;
pub use text::shown;

/// One value.
///
/// `Formatted` is text that came through `Debug` or `Display` (`?x`, `%x`,
/// messages): where a number or duration is asked for, text that is wholly
/// one is read as one, and quotes that `Debug` wrote are taken off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// No value: absent, `None`, `Empty`, unfit.
    Missing,
    /// A boolean.
    Bool(bool),
    /// A signed number.
    I64(i64),
    /// An unsigned number.
    U64(u64),
    /// A wide signed number.
    I128(i128),
    /// A wide unsigned number.
    U128(u128),
    /// A number with a fraction.
    F64(f64),
    /// Text recorded as text.
    Text(&'a str),
    /// Text that a `Debug` or `Display` made.
    Formatted(&'a str),
    /// An error's `Display`.
    Error(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
    /// A duration in nanoseconds.
    Duration(i128),
    /// A size in bytes, from a size literal or `| size`.
    Size(u64),
}

impl Value<'_> {
    /// Whether there is a value.
    pub fn is_some(self) -> bool {
        !matches!(self, Value::Missing)
    }

    /// The number it is, or that its text wholly is; a size counts as a number of bytes.
    pub fn number(self) -> Option<Num> {
        number::read(self)
    }

    /// The duration it is, or that its text wholly is, in nanoseconds.
    pub fn duration(self) -> Option<i128> {
        number::read_duration(self)
    }
}
