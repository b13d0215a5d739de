//! Tables of texts and what they read as.
