//! Secrets of the house: each made when it is first asked for, and the same ever after.

use crate::application::Application;
use crate::fault::Fault;
use anyhow::Context;
use rand::Rng;

static MAKING: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// The clinic's secret of a name: 32 bytes of chance, as hexadecimal digits. It never leaves the
/// server; what is made of it with a digest may.
pub async fn house_secret(application: &Application, name: &str) -> Result<String, Fault> {
    // Two that ask first at the same moment must be given the same.
    let _one = MAKING.lock().await;
    let (store, tenant) = (&application.store, application.tenant);
    let known = store
        .setting(tenant, name)
        .await
        .context("reading a secret of the house")?;
    if let Some(known) = known {
        return Ok(known);
    }
    let mut bytes = [0_u8; 32];
    rand::rng().fill(&mut bytes);
    store
        .put_setting(tenant, name, &hex::encode(bytes))
        .await
        .context("keeping a secret of the house")?;
    // Another server of the group may have been faster.
    let kept = store
        .setting(tenant, name)
        .await
        .context("reading a secret of the house")?;
    Ok(kept.unwrap_or_else(|| hex::encode(bytes)))
}
