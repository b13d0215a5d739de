//! Tests a policy, an output or a sink.
