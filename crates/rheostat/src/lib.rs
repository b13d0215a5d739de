//! Turns the tracing calls a program already has into metrics, streams, logs and spans, chosen per callsite by a hot-reloaded policy file.
