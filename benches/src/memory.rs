//! How much memory this process has.

/// The resident bytes of this process that no file backs.
///
/// # Errors
///
/// The system does not say.
pub(crate) fn resident() -> Result<u64, String> {
    let status = std::fs::read_to_string("/proc/self/status").map_err(|error| error.to_string())?;
    let line = status.lines().find(|line| line.starts_with("RssAnon:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kibibytes
        .map(|kibibytes| kibibytes * 1024)
        .ok_or_else(|| "the system does not say how much memory is resident".to_owned())
}

/// The bytes that were allocated and not freed.
#[cfg(target_env = "gnu")]
pub(crate) fn allocated() -> u64 {
    // SAFETY: it takes nothing and returns numbers.
    let info = unsafe { libc::mallinfo2() };
    (info.uordblks + info.hblkhd) as u64
}

/// The bytes that were allocated and not freed: this allocator does not say, so the resident ones.
#[cfg(not(target_env = "gnu"))]
pub(crate) fn allocated() -> u64 {
    resident().unwrap_or(0)
}
