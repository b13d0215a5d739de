//! Quantities that strings of the language spell: durations, sizes, rates, ratios.
