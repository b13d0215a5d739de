//! Tables of globs.
