//! Bringing the export of another system into the record: looked at first, and written only as far
//! as the record can hold it honestly.

mod files;
mod known;
mod write;

pub use files::{Unusable, files_of, mapping_of};
pub use write::{Brought, By, Count, write};

use crate::application::Application;
use crate::book::date_of;
use crate::fault::Fault;
use clinical::record::CommandId;
use exchange::import::{From, GivenFile, Known, Looked, Mapping, look};
use uuid::Uuid;

/// What an export would make of this record; nothing is written.
///
/// It is read twice: first alone, to know who the people are, then with what the record knows of
/// them.
pub async fn look_at(
    application: &Application,
    files: &[GivenFile],
    mapping: &Mapping,
) -> Result<Looked, Fault> {
    let today = date_of(&application.zone, application.clock.now())?;
    let library = application.scales();
    let alone = look(files, mapping, library, &Known::new(), today);
    let known = known::of(application, mapping, &alone.people).await?;
    Ok(look(files, mapping, library, &known, today))
}

/// What a row becomes has one name, made of the system, the file’s bytes and the line: the same
/// export brought again makes nothing twice.
// Hazard: H21
fn command_id(application: &Application, mapping: &Mapping, from: &From, what: &str) -> CommandId {
    let name = format!("import {} {} {} {what}", mapping.id, from.sha256, from.line);
    CommandId(Uuid::new_v5(&application.tenant.0, name.as_bytes()))
}
