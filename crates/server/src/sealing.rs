//! Sealing bytes so that only a key opens them: AES-256-GCM, with a random nonce before the
//! ciphertext and its tag after it. Source: safety reference 11.1.

use anyhow::anyhow;
use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use clinical::private_notes::WrappedKey;
use rand::RngCore;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Memory in KiB, passes, lanes. Source: OWASP password storage, as for signing in.
const COST: (u32, u32, u32) = (19_456, 2, 1);
/// What is derived at once, so that it does not take the memory that charting needs.
static DERIVING: Semaphore = Semaphore::const_new(1);

/// A key of 256 bits. It is never written anywhere as it is, and is overwritten when it is let go.
#[derive(Clone)]
pub struct Key(Arc<Bytes>);

struct Bytes([u8; 32]);

impl Drop for Bytes {
    fn drop(&mut self) {
        use zeroize::Zeroize;
        self.0.zeroize();
    }
}

impl Key {
    /// From the operating system.
    pub fn new() -> Self {
        let mut bytes = [0_u8; 32];
        rand::rng().fill_bytes(&mut bytes);
        Self(Arc::new(Bytes(bytes)))
    }

    /// From bytes, if there are as many as a key has.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(Arc::new(Bytes(bytes.try_into().ok()?))))
    }

    /// The bytes, for whoever keeps the key where only its owner comes.
    pub fn reveal(&self) -> &[u8; 32] {
        &self.0.0
    }

    fn cipher(&self) -> anyhow::Result<LessSafeKey> {
        let key = UnboundKey::new(&AES_256_GCM, &self.0.0).map_err(|_| anyhow!("no key"))?;
        Ok(LessSafeKey::new(key))
    }

    /// Seals bytes for one purpose: opened for another one, they do not open.
    pub fn seal(&self, purpose: &str, plain: &[u8]) -> anyhow::Result<Vec<u8>> {
        let mut nonce = [0_u8; NONCE_LEN];
        rand::rng().fill_bytes(&mut nonce);
        let mut body = plain.to_vec();
        self.cipher()?
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(purpose.as_bytes()),
                &mut body,
            )
            .map_err(|_| anyhow!("sealing"))?;
        let mut sealed = nonce.to_vec();
        sealed.append(&mut body);
        Ok(sealed)
    }

    /// Opens what was sealed for this purpose with this key; `None` for anything else, changed
    /// bytes among it.
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, body) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut body = body.to_vec();
        let plain = self
            .cipher()
            .ok()?
            .open_in_place(nonce, Aad::from(purpose.as_bytes()), &mut body)
            .ok()?;
        Some(plain.to_vec())
    }
}

impl Default for Key {
    fn default() -> Self {
        Self::new()
    }
}

/// The key that a password gives; on a blocking thread.
async fn derived(
    password: String,
    salt: Vec<u8>,
    (memory, passes, lanes): (u32, u32, u32),
) -> anyhow::Result<Key> {
    let _place = DERIVING.acquire().await?;
    tokio::task::spawn_blocking(move || {
        let params = Params::new(memory, passes, lanes, Some(32))
            .map_err(|error| anyhow!("argon2 cost: {error}"))?;
        let mut bytes = [0_u8; 32];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(password.as_bytes(), &salt, &mut bytes)
            .map_err(|error| anyhow!("argon2: {error}"))?;
        Ok(Key(Arc::new(Bytes(bytes))))
    })
    .await?
}

/// Seals a key under a password.
pub async fn wrap(key: &Key, password: String, purpose: &str) -> anyhow::Result<WrappedKey> {
    let mut salt = [0_u8; 16];
    rand::rng().fill_bytes(&mut salt);
    let outer = derived(password, salt.to_vec(), COST).await?;
    Ok(WrappedKey {
        salt: hex::encode(salt),
        cost: COST,
        sealed: hex::encode(outer.seal(purpose, key.reveal())?),
    })
}

/// Opens a key with a password; `None` where it is not the one that it was sealed under.
pub async fn unwrap(
    wrapped: &WrappedKey,
    password: String,
    purpose: &str,
) -> anyhow::Result<Option<Key>> {
    let salt = hex::decode(&wrapped.salt)?;
    let sealed = hex::decode(&wrapped.sealed)?;
    let outer = derived(password, salt, wrapped.cost).await?;
    Ok(outer
        .open(purpose, &sealed)
        .and_then(|bytes| Key::from_bytes(&bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_with_its_key_for_its_purpose_and_not_when_a_bit_has_changed() {
        let key = Key::new();
        let sealed = key.seal("note 1", b"she wept").unwrap();
        assert_eq!(
            key.open("note 1", &sealed).as_deref(),
            Some(&b"she wept"[..])
        );
        assert_eq!(key.open("note 2", &sealed), None);
        assert_eq!(Key::new().open("note 1", &sealed), None);
        assert_eq!(key.open("note 1", &sealed[..5]), None);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(key.open("note 1", &changed), None, "byte {at}");
        }
    }

    #[test]
    fn a_known_answer_of_the_standard_opens() {
        // Witness: the GCM specification's test case 14 (McGrew and Viega, appendix B): a key, a
        // nonce and 16 bytes of zeros.
        let key = Key::from_bytes(&[0; 32]).unwrap();
        let sealed = hex::decode(
            "000000000000000000000000cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919",
        )
        .unwrap();
        assert_eq!(key.open("", &sealed), Some(vec![0; 16]));
    }

    #[tokio::test]
    async fn a_key_opens_with_the_password_that_it_was_sealed_under_and_no_other() {
        let key = Key::new();
        let wrapped = wrap(&key, "right horse".to_owned(), "notes of 1")
            .await
            .unwrap();
        let open = |password: &'static str, purpose: &'static str| {
            let wrapped = wrapped.clone();
            async move {
                unwrap(&wrapped, password.to_owned(), purpose)
                    .await
                    .unwrap()
            }
        };
        let opened = open("right horse", "notes of 1").await.unwrap();
        assert_eq!(opened.reveal(), key.reveal());
        assert!(open("wrong horse", "notes of 1").await.is_none());
        assert!(open("right horse", "notes of 2").await.is_none());
    }
}
