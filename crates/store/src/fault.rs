//! The store failed.

/// Why the store could not do what was asked. Nothing of it was written.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The queue of writes is full: try again in a moment.
    #[error("the store is busy: too many writes are waiting")]
    Busy,
    /// The writer has stopped after an earlier failure.
    #[error("the store's writer has stopped")]
    Stopped,
    /// SQLite said no.
    #[error("SQLite: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// PostgreSQL said no.
    #[error("PostgreSQL: {0}")]
    Postgres(#[from] tokio_postgres::Error),
    /// No connection to PostgreSQL could be had.
    #[error("PostgreSQL pool: {0}")]
    Pool(String),
    /// Stored bytes are not what they should be.
    #[error("stored data: {0}")]
    Damaged(String),
    /// The address of the store, or the place it points to, cannot be used.
    #[error("{0}")]
    Unusable(String),
    /// The disk.
    #[error("disk: {0}")]
    Disk(#[from] std::io::Error),
}

impl From<clinical::record::Unreadable> for Fault {
    fn from(unreadable: clinical::record::Unreadable) -> Self {
        Self::Damaged(unreadable.to_string())
    }
}
