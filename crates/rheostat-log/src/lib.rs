//! How a callsite becomes a readable line on a side channel.
