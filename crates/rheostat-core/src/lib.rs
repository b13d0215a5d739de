//! What a callsite does now: the engine, the per-callsite plan, and the traits of outputs and sinks.
