//! One digest over all rows of the projections, the same on every engine.

use crate::{CourseRow, DeviceRow, PatientRow, ResourceRow, SessionRow};
use sha2::{Digest as _, Sha256};
use units::Moment;

/// Takes in rows in the order of their keys: sessions, people, devices, resources, codes, then the
/// rows of the way to treatment.
///
/// Every field goes in behind its length, so that no two different lists of rows read alike.
pub(crate) struct Digest(Sha256);

impl Digest {
    pub(crate) fn new() -> Self {
        Self(Sha256::new())
    }

    fn field(&mut self, bytes: &[u8]) {
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
    }

    fn optional(&mut self, bytes: Option<&[u8]>) {
        self.0.update([u8::from(bytes.is_some())]);
        self.field(bytes.unwrap_or_default());
    }

    pub(crate) fn session(&mut self, row: &SessionRow) {
        self.field(b"session");
        self.field(row.session.0.as_bytes());
        self.field(row.patient.0.as_bytes());
        self.field(row.room.as_bytes());
        self.field(row.stage.as_bytes());
        self.field(&[u8::from(row.open)]);
        self.field(&row.planned_for.microseconds().to_be_bytes());
        self.field(&row.version.to_be_bytes());
        self.field(row.summary.as_bytes());
    }

    pub(crate) fn patient(&mut self, row: &PatientRow) {
        self.field(b"patient");
        self.field(row.patient.0.as_bytes());
        self.field(row.record_number.as_bytes());
        self.field(row.family_name.as_bytes());
        self.field(row.given_name.as_bytes());
        self.field(row.birth_date.as_bytes());
        self.field(&row.version.to_be_bytes());
        self.field(row.summary.as_bytes());
    }

    pub(crate) fn device(&mut self, row: &DeviceRow) {
        self.field(b"device");
        self.field(row.device.0.as_bytes());
        self.field(row.wire_key.as_bytes());
        self.field(row.name.as_bytes());
        self.field(&row.version.to_be_bytes());
        self.field(row.summary.as_bytes());
    }

    /// Without its codes, which are rows of their own.
    pub(crate) fn resource(&mut self, row: &ResourceRow) {
        self.field(b"resource");
        self.field(row.kind.as_bytes());
        self.field(row.id.as_bytes());
        self.optional(row.patient.as_ref().map(|id| id.0.as_bytes().as_slice()));
        self.optional(row.session.as_ref().map(|id| id.0.as_bytes().as_slice()));
        let effective = row
            .effective
            .map(|at| Moment::microseconds(at).to_be_bytes());
        self.optional(effective.as_ref().map(<[u8; 8]>::as_slice));
        self.field(&row.stretch().1.to_be_bytes());
        self.field(&row.updated.microseconds().to_be_bytes());
        self.field(&row.version.to_be_bytes());
        self.field(&row.json);
    }

    pub(crate) fn code(&mut self, kind: &str, id: &str, code: &str) {
        self.field(b"code");
        self.field(kind.as_bytes());
        self.field(id.as_bytes());
        self.field(code.as_bytes());
    }

    pub(crate) fn course(&mut self, row: &CourseRow) {
        self.field(b"course");
        self.field(row.part.as_bytes());
        self.field(row.id.as_bytes());
        self.optional(row.patient.as_ref().map(|id| id.0.as_bytes().as_slice()));
        self.field(row.state.as_bytes());
        self.field(&crate::course::stored(row.due).to_be_bytes());
        self.field(&row.version.to_be_bytes());
        self.field(row.summary.as_bytes());
    }

    pub(crate) fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}
