//! The policy language: text in, a checked policy and diagnostics out.
