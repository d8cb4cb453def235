//! One document is set at a time: setting type is heavy, and charting goes first.

use crate::fault::Fault;
use anyhow::Context as _;
use tokio::sync::Semaphore;

static PLACE: Semaphore = Semaphore::const_new(1);

/// Sets a document apart from what answers people, once nobody else does; its bytes.
pub(super) async fn set(
    work: impl FnOnce() -> Result<Vec<u8>, report::document::Fault> + Send + 'static,
) -> Result<Vec<u8>, Fault> {
    let _place = PLACE
        .acquire()
        .await
        .context("waiting for the typesetter")?;
    let bytes = tokio::task::spawn_blocking(work)
        .await
        .context("setting a document")?
        .context("setting a document")?;
    Ok(bytes)
}
