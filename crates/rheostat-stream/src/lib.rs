//! How a callsite becomes a raw event stream.
