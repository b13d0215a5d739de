//! What the system tells of the folders on a trail.
//!
//! Linux is asked through `inotify` itself, for eleven kinds of event; opens
//! and reads are not among them, so nobody who reads a file beside the policy
//! wakes us. Other systems are asked through `notify`, which does not always
//! say that a writer closed a file: there, two equal looks decide.

#[cfg(any(not(target_os = "linux"), test))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod linux;

#[cfg(not(target_os = "linux"))]
pub(crate) use elsewhere::Notices;
#[cfg(target_os = "linux")]
pub(crate) use linux::Notices;
