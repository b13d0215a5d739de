//! How records wait, batch, retry, get dropped and get flushed on their way to a sink.
