//! Everybody in the record, with the records that were merged into theirs.

use crate::application::Application;
use crate::fault::Fault;
use anyhow::Context as _;
use clinical::patient::{CivilDate, Patient, PatientEvent, Sex};
use clinical::record::{PatientId, Recorded as _, StreamId};
use std::collections::BTreeMap;
use uuid::Uuid;

/// How many records are read at once.
const PAGE: usize = 500;

/// Somebody.
#[derive(Clone, Debug)]
pub(super) struct Somebody {
    /// The record that stays, and those that were merged into it, in a fixed order.
    pub records: Vec<PatientId>,
    /// Their sex.
    pub sex: Sex,
    /// When they were born.
    pub born: CivilDate,
}

/// Everybody as they stood at a position of the log, by the identity of the record that stays.
pub(super) async fn everybody(
    application: &Application,
    until: u64,
) -> Result<BTreeMap<PatientId, Somebody>, Fault> {
    let mut own: BTreeMap<PatientId, Somebody> = BTreeMap::new();
    let mut leads: BTreeMap<PatientId, PatientId> = BTreeMap::new();
    let mut after = PatientId(Uuid::nil());
    loop {
        let ids = application
            .store
            .patient_ids(application.tenant, after, PAGE)
            .await
            .context("reading who there is")?;
        let Some(last) = ids.last() else { break };
        after = *last;
        let streams: Vec<(StreamId, u64)> =
            ids.iter().map(|id| (StreamId::patient(*id), 0)).collect();
        let read = application
            .store
            .streams(application.tenant, &streams)
            .await
            .context("reading people's records")?;
        for (id, envelopes) in ids.iter().zip(read) {
            let mut patient = Patient::default();
            for envelope in envelopes
                .iter()
                .filter(|envelope| envelope.header.position <= until)
            {
                patient.apply(&PatientEvent::read(envelope)?);
            }
            let Some(registration) = patient.registration else {
                continue;
            };
            if let Some(merged) = patient.merged {
                leads.insert(*id, merged.into);
            }
            own.insert(
                *id,
                Somebody {
                    records: vec![*id],
                    sex: registration.sex,
                    born: registration.birth_date,
                },
            );
        }
    }
    for from in leads.keys() {
        let stays = stays(*from, &leads);
        if stays != *from
            && own.remove(from).is_some()
            && let Some(somebody) = own.get_mut(&stays)
        {
            somebody.records.push(*from);
        }
    }
    Ok(own)
}

/// The record that stays of a chain of merged ones.
fn stays(from: PatientId, leads: &BTreeMap<PatientId, PatientId>) -> PatientId {
    let mut at = from;
    // A chain is no longer than there are merged records; a ring, which no command makes, ends too.
    for _ in 0..leads.len() {
        match leads.get(&at) {
            Some(into) => at = *into,
            None => return at,
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> PatientId {
        PatientId(Uuid::from_u128(number))
    }

    #[test]
    fn a_chain_of_merged_records_leads_to_the_one_that_stays() {
        let leads = BTreeMap::from([(id(1), id(2)), (id(2), id(3)), (id(5), id(3))]);
        assert_eq!(stays(id(1), &leads), id(3));
        assert_eq!(stays(id(5), &leads), id(3));
        assert_eq!(stays(id(3), &leads), id(3));
        // A ring ends.
        let ring = BTreeMap::from([(id(1), id(2)), (id(2), id(1))]);
        assert!([id(1), id(2)].contains(&stays(id(1), &ring)));
    }
}
