//! How a callsite becomes a span in Jaeger: the bridge to OpenTelemetry.
