//! What goes wrong.

/// A fault. It begins while a program fires, and it passes; but for the kills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nobody can be reached.
    Refused,
    /// Connections are reset in the middle of a batch.
    Reset,
    /// The server takes a batch, and its answer is lost.
    LostAnswer,
    /// The server is stopped (`SIGSTOP`), for twice the sink's `timeout` or longer, and more is fired than waits.
    Hung,
    /// Bytes come one at a time.
    Drip,
    /// The server answers 500.
    Broken,
    /// The server answers 429, and how long to wait.
    TooMany,
    /// The server answers 413 to what is larger than a record or two.
    TooLarge,
    /// The server refuses every seventh record for what is in it.
    Partial,
    /// The server is killed, and starts again with what it kept.
    Restarted,
    /// The server's name does not resolve, then it does.
    NameGone,
    /// The disk is full.
    DiskFull,
    /// The program is killed.
    Killed,
}

impl Fault {
    /// As a table shows it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Reset => "reset mid-batch",
            Self::LostAnswer => "answer lost",
            Self::Hung => "hung",
            Self::Drip => "slow drip",
            Self::Broken => "500",
            Self::TooMany => "429",
            Self::TooLarge => "413",
            Self::Partial => "partial refusal",
            Self::Restarted => "restarted",
            Self::NameGone => "DNS gone",
            Self::DiskFull => "disk full",
            Self::Killed => "kill -9",
        }
    }

    /// Whether a sink that waits for answers has to notice it.
    pub(crate) fn is_noticed(self) -> bool {
        !matches!(self, Self::TooLarge | Self::Partial | Self::Restarted)
    }

    /// Whether connections, or what the system holds for a receiver, end with it.
    pub(crate) fn breaks_connections(self) -> bool {
        matches!(
            self,
            Self::Refused | Self::Reset | Self::LostAnswer | Self::Restarted | Self::NameGone
        )
    }
}
