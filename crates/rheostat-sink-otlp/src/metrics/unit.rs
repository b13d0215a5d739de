//! Units as OpenTelemetry writes them: in the code of UCUM.

/// A unit of the policy in that code; what the policy does not know stays as it was written.
pub(super) fn ucum(unit: &str) -> &str {
    match unit {
        "seconds" => "s",
        "milliseconds" => "ms",
        "microseconds" => "us",
        "nanoseconds" => "ns",
        "minutes" => "min",
        "hours" => "h",
        "days" => "d",
        "bytes" => "By",
        "kibibytes" => "KiBy",
        "mebibytes" => "MiBy",
        "bits" => "bit",
        "ratio" => "1",
        "percent" => "%",
        "celsius" => "Cel",
        "volts" => "V",
        "watts" => "W",
        "joules" => "J",
        "hertz" => "Hz",
        "meters" => "m",
        "grams" => "g",
        other => other,
    }
}
