//! Bytes that an event names by their digest.

use sha2::{Digest, Sha256};

/// An uploaded letter, a text that was signed: kept under the digest of its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The SHA-256 of the bytes.
    pub digest: [u8; 32],
    /// What the bytes are, as the server has recognised it: `application/pdf`.
    pub media_type: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl Document {
    /// A document of these bytes.
    pub fn new(media_type: &str, bytes: Vec<u8>) -> Self {
        Self {
            digest: Sha256::digest(&bytes).into(),
            media_type: media_type.to_owned(),
            bytes,
        }
    }
}
