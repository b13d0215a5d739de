//! Decimals: digits with an optional fraction, exactly.

/// A decimal without sign or exponent: `digits / 10^scale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decimal {
    digits: u128,
    scale: u32,
}

/// Why a text does not start with a decimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoDecimal {
    /// No digit where one must stand.
    NoDigit,
    /// A point that no digit follows.
    BarePoint,
    /// An underscore that does not stand between two digits.
    Underscore,
    /// More digits than any value here can have.
    TooLong,
}

/// Whether underscores may stand between digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Underscores {
    /// As in the policy's own literals.
    Between,
    /// As in texts that a program printed.
    Never,
}

impl Decimal {
    /// Reads the decimal that a text starts with; what follows it is the second part.
    pub(crate) fn leading(text: &str, underscores: Underscores) -> Result<(Self, &str), NoDecimal> {
        let mut decimal = Self {
            digits: 0,
            scale: 0,
        };
        let rest = decimal.take(text, underscores, false)?;
        let Some(fraction) = rest.strip_prefix('.') else {
            return Ok((decimal, rest));
        };
        if !fraction.starts_with(|c: char| c.is_ascii_digit()) {
            return Err(NoDecimal::BarePoint);
        }
        let rest = decimal.take(fraction, underscores, true)?;
        Ok((decimal, rest))
    }

    fn take<'t>(
        &mut self,
        text: &'t str,
        underscores: Underscores,
        fraction: bool,
    ) -> Result<&'t str, NoDecimal> {
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'0'..=b'9' => self.push(byte - b'0', fraction)?,
                b'_' if underscores == Underscores::Between => {
                    let between = at > 0
                        && bytes[at - 1].is_ascii_digit()
                        && bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
                    if !between {
                        return Err(NoDecimal::Underscore);
                    }
                }
                _ => break,
            }
            at += 1;
        }
        if at == 0 {
            return Err(NoDecimal::NoDigit);
        }
        Ok(&text[at..])
    }

    fn push(&mut self, digit: u8, fraction: bool) -> Result<(), NoDecimal> {
        // Past 30 digits of fraction nothing here can tell the difference.
        if fraction && self.scale >= 30 {
            return Ok(());
        }
        self.digits = self
            .digits
            .checked_mul(10)
            .and_then(|digits| digits.checked_add(u128::from(digit)))
            .ok_or(NoDecimal::TooLong)?;
        self.scale += u32::from(fraction);
        Ok(())
    }

    /// `self * unit`, and whether that is a whole number; a rest is cut off. `None`: too large.
    pub(crate) fn times(self, unit: u128) -> Option<(u128, bool)> {
        // Zeros at the end of a fraction carry nothing and would only overflow.
        let (mut digits, mut scale) = (self.digits, self.scale);
        while scale > 0 && digits % 10 == 0 {
            digits /= 10;
            scale -= 1;
        }
        let divisor = 10_u128.checked_pow(scale)?;
        let whole = (digits / divisor).checked_mul(unit)?;
        let fraction = (digits % divisor).checked_mul(unit)?;
        let sum = whole.checked_add(fraction / divisor)?;
        Some((sum, fraction % divisor == 0))
    }
}
