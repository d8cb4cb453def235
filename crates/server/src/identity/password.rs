//! Passwords, kept as argon2id.

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use std::sync::LazyLock;
use tokio::sync::Semaphore;

/// Memory in KiB, passes, lanes. Source: OWASP password storage, argon2id first choice
/// (19 MiB, 2 passes, 1 lane).
const COST: (u32, u32, u32) = (19_456, 2, 1);

/// Hashing is heavy by design: this many at once, so that a storm of sign-ins does not take the
/// memory or the cores that charting needs.
static HASHING: Semaphore = Semaphore::const_new(2);

/// A hash that no password has: verified for unknown names so that they take as long as known ones.
static NOBODY: LazyLock<String> =
    LazyLock::new(|| hash("nobody has this password").unwrap_or_default());

fn argon2() -> anyhow::Result<Argon2<'static>> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None)
        .map_err(|error| anyhow::anyhow!("argon2 cost: {error}"))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(password: &str) -> anyhow::Result<String> {
    Ok(argon2()?
        .hash_password(password.as_bytes())
        .map_err(|error| anyhow::anyhow!("argon2: {error}"))?
        .to_string())
}

/// The password's hash as a PHC string, made on a blocking thread.
pub async fn hash_password(password: String) -> anyhow::Result<String> {
    let _place = HASHING.acquire().await?;
    tokio::task::spawn_blocking(move || hash(&password)).await?
}

/// True when the password belongs to the hash; for no hash (an unknown name), false after the
/// same work.
pub async fn verify_password(password: String, known: Option<String>) -> anyhow::Result<bool> {
    let _place = HASHING.acquire().await?;
    tokio::task::spawn_blocking(move || {
        let exists = known.is_some();
        let phc = known.unwrap_or_else(|| NOBODY.clone());
        let parsed =
            PasswordHash::new(&phc).map_err(|error| anyhow::anyhow!("stored hash: {error}"))?;
        Ok(argon2()?
            .verify_password(password.as_bytes(), &parsed)
            .is_ok()
            && exists)
    })
    .await?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_opens_and_an_unknown_name_never_does() {
        let phc = hash_password("right horse".to_owned()).await.unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(
            verify_password("right horse".to_owned(), Some(phc.clone()))
                .await
                .unwrap()
        );
        assert!(
            !verify_password("wrong horse".to_owned(), Some(phc))
                .await
                .unwrap()
        );
        assert!(
            !verify_password("nobody has this password".to_owned(), None)
                .await
                .unwrap()
        );
    }
}
