//! The key of an export: by it a person has the same number in every table, and their days are moved
//! by the same time.

use crate::record::PatientId;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// How many hexadecimal digits a person's number has: 64 bits, so that among 100,000 people two have
/// the same one in fewer than one export of a billion.
const DIGITS: usize = 16;

/// What of a key is shown to know it again.
const FINGERPRINT_DIGITS: usize = 16;

/// The clinic's own secret, 32 random bytes as 64 hexadecimal digits. It never leaves the store:
/// whoever guesses a seed can do nothing with it.
#[derive(Clone, PartialEq, Eq)]
pub struct WrittenSecret([u8; 32]);

impl WrittenSecret {
    /// A secret of bytes that somebody drew.
    pub const fn of(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads 64 hexadecimal digits; none for anything else.
    pub fn read(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }

    /// The 64 digits that [`Self::read`] takes.
    pub fn written(&self) -> String {
        hex::encode(self.0)
    }
}

/// The key of one seed in one clinic. It is made for an export and kept nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct ResearchKey([u8; 32]);

impl ResearchKey {
    /// HMAC-SHA-256 (RFC 2104) of the seed under the clinic's secret.
    pub fn of(secret: &WrittenSecret, seed: u64) -> Self {
        Self(keyed(
            &secret.0,
            "research export, seed",
            &seed.to_be_bytes(),
        ))
    }

    /// A person's number in this export: 16 hexadecimal digits, that tell nothing without the key.
    // Hazard: H71
    pub fn number(&self, person: PatientId) -> String {
        let mut digits = hex::encode(keyed(&self.0, "person", person.0.as_bytes()));
        digits.truncate(DIGITS);
        digits
    }

    /// By how many whole weeks everything of a person is moved back: 1 to `most`, each about as
    /// likely. Whole weeks, so that a Monday stays one; back, so that nothing lies in the future.
    // Hazard: H71
    pub fn weeks_back(&self, person: PatientId, most: u32) -> u32 {
        let made = keyed(&self.0, "weeks", person.0.as_bytes());
        let mut first = [0; 8];
        first.copy_from_slice(&made[..8]);
        let drawn = u64::from_be_bytes(first) % u64::from(most.max(1));
        // Less than `most`, which is a u32.
        u32::try_from(drawn).unwrap_or(0) + 1
    }

    /// What tells that two exports had the same key, and nothing of the key.
    pub fn fingerprint(&self) -> String {
        let mut digits = hex::encode(keyed(&self.0, "fingerprint", &[]));
        digits.truncate(FINGERPRINT_DIGITS);
        digits
    }
}

/// HMAC-SHA-256 of what something is for, and of the bytes.
fn keyed(key: &[u8; 32], what_for: &str, bytes: &[u8]) -> [u8; 32] {
    // A key shorter than a block is filled with zeros: RFC 2104, section 2.
    let mut block = [0; 64];
    block[..32].copy_from_slice(key);
    let mut mac = <Hmac<Sha256> as KeyInit>::new(&block.into());
    mac.update(what_for.as_bytes());
    mac.update(&[0]);
    mac.update(bytes);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use uuid::Uuid;

    fn key(seed: u64) -> ResearchKey {
        ResearchKey::of(&WrittenSecret::of([0; 32]), seed)
    }

    fn person(number: u128) -> PatientId {
        PatientId(Uuid::from_u128(number))
    }

    #[test]
    fn a_number_is_what_another_implementation_makes_of_it() {
        // Hazard: H71
        // Witness: Python 3, hmac.new(key, message, hashlib.sha256), worked out beside.
        assert_eq!(key(7).number(person(1)), "4bb9f7fdf4439fa3");
        assert_eq!(key(7).fingerprint(), "8afb841c85262abe");
        assert_eq!(key(7).weeks_back(person(1), 52), 31);
    }

    #[test]
    fn another_seed_or_another_clinic_gives_other_numbers() {
        // Hazard: H71
        let other = ResearchKey::of(&WrittenSecret::of([1; 32]), 7);
        let numbers: BTreeSet<String> = [key(7), key(8), other]
            .iter()
            .map(|key| key.number(person(1)))
            .collect();
        assert_eq!(numbers.len(), 3);
    }

    #[test]
    fn everybody_is_moved_by_at_least_a_week_and_at_most_by_what_is_permitted() {
        // Hazard: H71
        let key = key(1);
        let weeks: BTreeSet<u32> = (0..2_000)
            .map(|number| key.weeks_back(person(number), 8))
            .collect();
        assert_eq!(weeks, (1..=8).collect());
    }

    #[test]
    fn a_secret_is_read_as_it_was_written_and_half_of_one_is_not() {
        let secret = WrittenSecret::of([171; 32]);
        assert!(WrittenSecret::read(&secret.written()) == Some(secret));
        assert!(WrittenSecret::read("ab").is_none());
    }
}
