//! A witness outside the server: which messages it acknowledged.
//!
//! One line for each acknowledged message, on the disk before the next message goes out, so that
//! after a crash of the server its own record can be compared with what it had promised. The
//! columns, with tabs between: SHA-256 of the message without its MLLP envelope (hexadecimal),
//! MSH-10, when it was sent (RFC 3339), the acknowledgement code.

use sha2::{Digest, Sha256};
use std::io;
use std::path::Path;
use tokio::fs::{File, OpenOptions};
use tokio::io::AsyncWriteExt;

/// An open ledger file; lines are only ever added.
#[derive(Debug)]
pub struct Ledger(File);

impl Ledger {
    /// Opens or begins the file.
    pub async fn open(path: &Path) -> io::Result<Self> {
        OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .await
            .map(Self)
    }

    /// Adds one line and waits until the disk has it.
    pub async fn add(
        &mut self,
        text: &str,
        control_id: &str,
        sent_at: &str,
        code: &str,
    ) -> io::Result<()> {
        let line = format!("{}\t{control_id}\t{sent_at}\t{code}\n", fingerprint(text));
        self.0.write_all(line.as_bytes()).await?;
        self.0.sync_data().await
    }
}

/// SHA-256 of a message without its MLLP envelope, in hexadecimal.
pub fn fingerprint(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}
