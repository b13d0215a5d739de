//! How Rheostat stands in a program's telemetry: as the subscriber, around one, or as a layer.
//!
//! ```text
//! subscriber:  program ─▶ Root
//! over:        program ─▶ Root ─▶ any complete subscriber
//! layer:       program ─▶ Registry + layers, one of them a Filtered of ours
//! ```
//!
//! The root costs least and no filter of others limits it. The layer is for
//! programs that must build the Registry themselves: a callsite that others want
//! and we do not becomes dynamic for them, and a global filter limits us.

mod handed;
mod ids;
mod layer;
mod over;
mod repair;
mod root;
mod stand_ins;

pub use ids::is_ours;
pub use layer::{Gate, RheostatLayer, Watch, layer};
pub use root::Root;
pub use stand_ins::{KNOWS_OUR_IDS, KnowsOurIds};
