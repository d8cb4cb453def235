//! Opening a store by its address.

use crate::memory::Memory;
use crate::postgres::Postgres;
use crate::sql_store::SqlStore;
use crate::sqlite::Sqlite;
use crate::{Fault, Store};
use std::path::PathBuf;
use std::sync::Arc;

/// Opens the store at an address and brings it to this release's shape.
///
/// `sqlite:PATH` is a file, made if it is not there; `postgres://…` a PostgreSQL database;
/// `memory:` lasts as long as it is held. Refuses any other address, rather than make a file of
/// that name.
pub async fn open(address: &str) -> Result<Arc<dyn Store>, Fault> {
    if address == "memory:" {
        return Ok(Arc::new(Memory::new()));
    }
    if let Some(path) = address.strip_prefix("sqlite:") {
        let path = path.strip_prefix("//").unwrap_or(path);
        if path.is_empty() {
            return Err(Fault::Unusable("sqlite: needs a file's path".to_owned()));
        }
        let path = PathBuf::from(path);
        let engine = tokio::task::spawn_blocking(move || Sqlite::open(&path))
            .await
            .unwrap_or(Err(Fault::Stopped))?;
        return Ok(Arc::new(SqlStore(engine)));
    }
    if address.starts_with("postgres://") || address.starts_with("postgresql://") {
        return Ok(Arc::new(SqlStore(Postgres::open(address).await?)));
    }
    // The address is not repeated here: it may hold a password.
    Err(Fault::Unusable(
        "a store's address begins with sqlite:, postgres:// or memory:".to_owned(),
    ))
}
