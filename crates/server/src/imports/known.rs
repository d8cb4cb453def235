//! What the record knows of the people of an export.

use super::command_id;
use crate::application::Application;
use crate::fault::Fault;
use crate::patients::{self, Alike, Entry};
use anyhow::Context as _;
use clinical::patient::{Likeness, Registration};
use exchange::import::{Here, Known, Mapping, PlannedPerson};

/// Of each person how they stand in the record; whoever is new is not in it.
///
/// A person is looked for as at the front desk: by number, and by name and birth date as people
/// confuse them. A telephone number or an address alone is no reason: families share them.
// Hazard: H02
pub(super) async fn of(
    application: &Application,
    mapping: &Mapping,
    people: &[PlannedPerson],
) -> Result<Known, Fault> {
    let mut known = Known::new();
    for person in people {
        if let Some(here) = here(application, mapping, person).await? {
            let place = (person.from.sha256.clone(), person.from.line);
            known.insert(place, here);
        }
    }
    Ok(known)
}

async fn here(
    application: &Application,
    mapping: &Mapping,
    person: &PlannedPerson,
) -> Result<Option<Here>, Fault> {
    let command = command_id(application, mapping, &person.from, "person");
    let before = application.store.answer(application.tenant, command).await;
    if before.context("looking for an earlier run")?.is_some() {
        return Ok(Some(Here::BroughtBefore));
    }
    let alike = patients::alike(application, &entry(person), None).await?;
    let mut alike = alike.into_iter().filter(|one| is_by_name(&one.why));
    if let Some(number) = &person.record_number
        && let Some(holder) = patients::numbered(application, number).await?
    {
        // A record that was merged leads to the one that stays; whoever it is, the number is taken.
        let stays = patients::read(application, holder).await?;
        let stays = stays.and_then(|stays| stays.registration);
        let same = |one: Alike| {
            let stays = stays.as_ref();
            stays.is_some_and(|stays| stays.patient == one.registration.patient)
        };
        return Ok(Some(if alike.any(same) {
            Here::Registered(number.clone())
        } else {
            Here::NumberOfAnother
        }));
    }
    let number = |registration: Registration| Here::Alike(registration.record_number);
    Ok(alike.next().map(|one| number(one.registration)))
}

/// True where both the name and the birth date speak for it.
fn is_by_name(why: &[Likeness]) -> bool {
    let name = |one: &Likeness| {
        matches!(
            one,
            Likeness::SameName | Likeness::SwappedName | Likeness::PartOfName
        )
    };
    let born = |one: &Likeness| matches!(one, Likeness::SameBirthDate | Likeness::SwappedBirthDate);
    why.iter().any(name) && why.iter().any(born)
}

/// Somebody of an export as the front desk would register them.
pub(super) fn entry(person: &PlannedPerson) -> Entry {
    Entry {
        record_number: person.record_number.clone(),
        family_name: person.family_name.clone(),
        given_name: person.given_name.clone(),
        birth_date: person.birth_date,
        sex: person.sex,
        contacts: person.contacts.clone(),
    }
}
