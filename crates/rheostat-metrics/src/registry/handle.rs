//! What recording code holds: a metric, or one series of it.

use std::fmt;
use std::sync::Arc;

use crate::exemplar::Exemplar;
use crate::family::Family;
use crate::series::{LabelBuffer, Series};
use crate::spec::{Identity, Kind};

/// A metric, ready to be recorded into.
///
/// Finding the series of some labels takes no lock and no allocation once it
/// exists. What does not fit the metric's kind does nothing.
#[derive(Clone)]
pub struct Metric {
    pub(crate) family: Arc<Family>,
}

/// One series, kept: recording costs a few instructions, and the series stays for as long as this does.
#[derive(Clone)]
pub struct Handle {
    pub(crate) series: Arc<Series>,
}

/// Why a value was not recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Refused {
    /// It is not a number.
    NotANumber,
    /// It is infinite.
    Infinite,
    /// It is negative, and a counter only goes up.
    Negative,
}

impl Refused {
    /// The word under which it is counted.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotANumber => "nan",
            Self::Infinite => "infinite",
            Self::Negative => "negative",
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotANumber => "the value is not a number",
            Self::Infinite => "the value is infinite",
            Self::Negative => "the value is negative and a counter only goes up",
        })
    }
}

impl std::error::Error for Refused {}

impl Metric {
    /// What it is.
    pub fn identity(&self) -> &Identity {
        &self.family.identity
    }

    /// One of its series, kept. `None` only where nothing could be made.
    pub fn handle(&self, labels: &LabelBuffer) -> Option<Handle> {
        self.family.series(labels).map(|series| Handle { series })
    }

    /// Adds to a counter.
    #[inline]
    pub fn add(&self, labels: &LabelBuffer, amount: u64) {
        if self.is(Kind::Counter) {
            self.family.with(labels, |series| series.add(amount));
        }
    }

    /// Adds an amount that need not be whole to a counter.
    ///
    /// # Errors
    ///
    /// [`Refused`] where a counter cannot take the amount.
    #[inline]
    pub fn add_float(&self, labels: &LabelBuffer, amount: f64) -> Result<(), Refused> {
        let amount = checked_amount(amount)?;
        if self.is(Kind::Counter) {
            self.family.with(labels, |series| series.add_float(amount));
        }
        Ok(())
    }

    /// Makes a counter follow another, which reads this now.
    #[inline]
    pub fn follow(&self, labels: &LabelBuffer, reading: u64) {
        if self.is(Kind::Counter) {
            self.family.with(labels, |series| series.follow(reading));
        }
    }

    /// Sets a gauge.
    ///
    /// # Errors
    ///
    /// [`Refused`] where the value is no finite number.
    #[inline]
    pub fn set(&self, labels: &LabelBuffer, value: f64) -> Result<(), Refused> {
        let value = checked(value)?;
        if self.is(Kind::Gauge) {
            self.family.with(labels, |series| series.set(value));
        }
        Ok(())
    }

    /// Adds to a gauge.
    ///
    /// # Errors
    ///
    /// [`Refused`] where the amount is no finite number.
    #[inline]
    pub fn shift(&self, labels: &LabelBuffer, amount: f64) -> Result<(), Refused> {
        let amount = checked(amount)?;
        if self.is(Kind::Gauge) {
            self.family.with(labels, |series| series.shift(amount));
        }
        Ok(())
    }

    /// Counts a value in a histogram.
    ///
    /// # Errors
    ///
    /// [`Refused`] where the value is no finite number.
    #[inline]
    pub fn record(&self, labels: &LabelBuffer, value: f64) -> Result<(), Refused> {
        let value = checked(value)?;
        if self.is(Kind::Histogram) {
            self.family.with(labels, |series| series.record(value));
        }
        Ok(())
    }

    /// Offers the trace in which a value was recorded, as an exemplar.
    pub fn point(&self, labels: &LabelBuffer, exemplar: Exemplar) {
        if self.family.wants_exemplars() {
            self.family.with(labels, |series| series.point(exemplar));
        }
    }

    /// Whether it keeps exemplars.
    #[inline]
    pub fn wants_exemplars(&self) -> bool {
        self.family.wants_exemplars()
    }

    #[inline]
    fn is(&self, kind: Kind) -> bool {
        self.family.identity.kind == kind
    }
}

impl Handle {
    /// Adds to a counter.
    #[inline]
    pub fn add(&self, amount: u64) {
        self.series.add(amount);
    }

    /// Adds an amount that need not be whole to a counter.
    ///
    /// # Errors
    ///
    /// [`Refused`] where a counter cannot take the amount.
    #[inline]
    pub fn add_float(&self, amount: f64) -> Result<(), Refused> {
        self.series.add_float(checked_amount(amount)?);
        Ok(())
    }

    /// Makes a counter follow another, which reads this now.
    pub fn follow(&self, reading: u64) {
        self.series.follow(reading);
    }

    /// Sets a gauge.
    ///
    /// # Errors
    ///
    /// [`Refused`] where the value is no finite number.
    #[inline]
    pub fn set(&self, value: f64) -> Result<(), Refused> {
        self.series.set(checked(value)?);
        Ok(())
    }

    /// Adds to a gauge.
    ///
    /// # Errors
    ///
    /// [`Refused`] where the amount is no finite number.
    #[inline]
    pub fn shift(&self, amount: f64) -> Result<(), Refused> {
        self.series.shift(checked(amount)?);
        Ok(())
    }

    /// Counts a value in a histogram.
    ///
    /// # Errors
    ///
    /// [`Refused`] where the value is no finite number.
    #[inline]
    pub fn record(&self, value: f64) -> Result<(), Refused> {
        self.series.record(checked(value)?);
        Ok(())
    }

    /// Offers the trace in which a value was recorded, as an exemplar.
    pub fn point(&self, exemplar: Exemplar) {
        self.series.point(exemplar);
    }
}

/// A value that a gauge or histogram can take.
///
/// # Errors
///
/// [`Refused`] says what is wrong with it.
#[inline]
pub(crate) fn checked(value: f64) -> Result<f64, Refused> {
    if value.is_finite() {
        Ok(value)
    } else if value.is_nan() {
        Err(Refused::NotANumber)
    } else {
        Err(Refused::Infinite)
    }
}

/// An amount that a counter can take.
///
/// # Errors
///
/// [`Refused`] says what is wrong with it.
#[inline]
fn checked_amount(amount: f64) -> Result<f64, Refused> {
    match checked(amount)? {
        amount if amount < 0.0 => Err(Refused::Negative),
        amount => Ok(amount),
    }
}

impl fmt::Debug for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Metric").field(self.identity()).finish()
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").finish_non_exhaustive()
    }
}
