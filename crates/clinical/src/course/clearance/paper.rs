//! The paper that came: typed off, or a file, told by its bytes and never by its name.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// The largest file that is taken, in bytes: a letter scanned page by page is far smaller.
pub const LARGEST_PAPER: usize = 10 * 1024 * 1024;

/// How a PDF begins.
const PDF: &[u8] = b"%PDF-";
/// How a PNG begins.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
/// How a JPEG begins.
const JPEG: &[u8] = b"\xff\xd8\xff";

/// What came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "paper", rename_all = "kebab-case")]
pub enum Paper {
    /// The words of it, typed off.
    Typed {
        /// The words.
        words: String,
    },
    /// A file, kept elsewhere under its digest.
    File {
        /// The SHA-256 of its bytes, as 64 hexadecimal digits.
        digest: String,
        /// What its bytes are.
        media: Media,
        /// How many bytes it has.
        size: u64,
        /// What it was called when it came.
        name: String,
    },
}

/// What a file is, told by its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Media {
    /// A PDF.
    Pdf,
    /// A picture.
    Png,
    /// A photograph.
    Jpeg,
}

impl Media {
    /// What bytes are, by how they begin; `None` for everything that is none of the three.
    ///
    /// Source: ISO 32000 7.5.2, PNG specification 5.2, ISO 10918-1 B.1.1.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        [(PDF, Self::Pdf), (PNG, Self::Png), (JPEG, Self::Jpeg)]
            .into_iter()
            .find(|(begins, _)| bytes.starts_with(begins))
            .map(|(_, media)| media)
    }

    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
        }
    }

    /// How the name of such a file ends.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Png => "png",
            Self::Jpeg => "jpg",
        }
    }

    /// In words: `a PDF`.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Pdf => "a PDF",
            Self::Png => "a PNG picture",
            Self::Jpeg => "a JPEG picture",
        }
    }

    /// What a name claims, if it claims one of the three.
    fn claimed(name: &str) -> Option<Self> {
        let (_, extension) = name.rsplit_once('.')?;
        match extension.to_ascii_lowercase().as_str() {
            "pdf" => Some(Self::Pdf),
            "png" => Some(Self::Png),
            "jpg" | "jpeg" => Some(Self::Jpeg),
            _ => None,
        }
    }
}

/// A file that is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAPaper {
    /// It has no bytes.
    #[error("The file is empty. It was not kept. Choose it again.")]
    Empty,
    /// It has more than [`LARGEST_PAPER`].
    #[error(
        "The file is larger than 10\u{a0}MB. It was not kept. Send it as a smaller PDF or photograph."
    )]
    TooLarge,
    /// Its bytes are none of the three kinds.
    #[error(
        "The file is no PDF, PNG or JPEG, whatever it is called. It was not kept. Send the letter as a PDF or a photograph."
    )]
    AnotherKind,
    /// Its name says one kind and its bytes are another.
    #[error(
        "The file is called {} and is {}. It was not kept. Save it under its real kind and send it again.", .claims.says(), .is.says()
    )]
    Disguised {
        /// What its name says.
        claims: Media,
        /// What its bytes are.
        is: Media,
    },
}

impl Paper {
    /// A file as a paper.
    ///
    /// Refuses what is empty, too large, none of the three kinds, or another kind than its name
    /// says.
    pub fn file(name: &str, bytes: &[u8]) -> Result<Self, NotAPaper> {
        if bytes.is_empty() {
            return Err(NotAPaper::Empty);
        }
        if bytes.len() > LARGEST_PAPER {
            return Err(NotAPaper::TooLarge);
        }
        let is = Media::of(bytes).ok_or(NotAPaper::AnotherKind)?;
        if let Some(claims) = Media::claimed(name).filter(|claims| *claims != is) {
            return Err(NotAPaper::Disguised { claims, is });
        }
        let digest = Sha256::digest(bytes)
            .iter()
            .fold(String::new(), |mut text, byte| {
                // Writing into a string does not fail.
                write!(text, "{byte:02x}").ok();
                text
            });
        Ok(Self::File {
            digest,
            media: is,
            size: bytes.len() as u64,
            name: name.chars().take(200).collect(),
        })
    }
}
