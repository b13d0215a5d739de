//! When the policy changed, and whether it may be applied.
