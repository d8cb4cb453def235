//! Integration in the demo: one person with two talks, homework and a journal, one whose first talk
//! is late, and a group of two that is agreed.

use super::admission;
use crate::application::Application;
use crate::fault::Fault;
use crate::identity::{Own, Way};
use crate::integration::Whole;
use crate::journey::{Change, change};
use crate::keepsakes;
use crate::web::respond::Refused;
use anyhow::Context as _;
use clinical::course::follow_up::Thoughts;
use clinical::course::integration::{
    Action, Answer, ContactKind, Integration, IntegrationEvent, Mode, Note, Refusal, note_of,
};
use clinical::course::keepsake::Form;
use clinical::leaflet::Language;
use clinical::record::{Actor, CommandId, PatientId, Role, SessionId};
use std::collections::BTreeMap;
use units::{Moment, Span};
use uuid::Uuid;

/// Tells it of the people after their sessions, by family name.
pub async fn tell(
    application: &Application,
    people: &BTreeMap<&'static str, PatientId>,
) -> Result<(), Fault> {
    let theo = theo(application).await?;
    let person = |family: &str| {
        people
            .get(family)
            .copied()
            .with_context(|| format!("{family} is not in the demo"))
    };
    talks(application, &theo, person("Baptiste")?).await?;
    let two = [person("Okafor")?, person("Rahman")?];
    group(application, &theo, &two).await
}

/// The therapist, as their account names them: they go on with what they have begun.
async fn theo(application: &Application) -> Result<Actor, Fault> {
    let account = application
        .store
        .account_by_username(application.tenant, "theo")
        .await
        .context("reading an account")?
        .context("the demo has a therapist")?;
    Ok(Actor::Person {
        id: account.staff,
        name: account.display_name,
        role: Role::Therapist,
    })
}

/// Two talks about two sessions, with homework of which one is done; an entry of the journal that is
/// shared, and one that is not.
async fn talks(application: &Application, theo: &Actor, patient: PatientId) -> Result<(), Fault> {
    let now = application.clock.now();
    let whole = Whole::of(application, patient, now)
        .await?
        .context("somebody of the demo")?;
    let owed = |kind: ContactKind| -> Option<(SessionId, Moment)> {
        let one = whole.plan.iter().find(|one| one.owed.kind == kind)?;
        Some((one.owed.session?, one.owed.aim))
    };
    let (first, first_aim) = owed(ContactKind::First).context("a first contact is owed")?;
    let (weekly, _) = owed(ContactKind::Weekly).context("a weekly contact is owed")?;
    let held = first_aim - Span::from_hours(4);
    let mut note = Note::new(ContactKind::First, held, Mode::InPerson);
    note.session = Some(first);
    note.account =
        "It was as if somebody had put the furniture back. I could walk through the room."
            .to_owned();
    note.themes = ["grief", "future"].map(str::to_owned).into();
    note.emotions = "relief, then sadness".to_owned();
    note.insights = "The flat was never cleared after his brother died.".to_owned();
    note.actions = vec![Action {
        words: "Clear one shelf with his sister".to_owned(),
        by: None,
    }];
    note.challenging =
        "Felt far away for a while; opened his eyes and held the blanket.".to_owned();
    note.risk = Some(Thoughts::None);
    note.grounding = "Five things seen, four heard".to_owned();
    note.homework = vec![
        "Walk to the harbour once without headphones".to_owned(),
        "Write down what was good before sleep".to_owned(),
    ];
    written(application, (theo, patient), (held, "first"), note).await?;
    let held = now - Span::from_hours(70);
    let mut note = Note::new(ContactKind::Weekly, held, Mode::Video);
    note.session = Some(weekly);
    note.account = "I told my sister. I do not want this to go round the clinic.".to_owned();
    note.account_private = true;
    note.themes = ["relationships"].map(str::to_owned).into();
    note.risk = Some(Thoughts::None);
    note.homework = vec!["Call her on Sunday".to_owned()];
    written(application, (theo, patient), (held, "weekly"), note).await?;
    let own = Own {
        patient,
        name: "Noël Baptiste".to_owned(),
        language: Language::English,
        csrf: String::new(),
        way: Way::Link,
        login: [0; 32],
    };
    let known = crate::integration::of(application, patient).await?.state;
    if let Some(set) = known.homework.first() {
        let (homework, at) = (set.homework, now - Span::from_hours(90));
        write(application, (&own.actor(), patient), at, |known, _| {
            known.answer(homework, Answer::Done)
        })
        .await?;
    }
    let entries = [
        (
            "what-changed",
            "I sleep until six. The mornings are quieter.",
            true,
        ),
        (
            "hard-and-helped",
            "The hour after. Nora's hand on the rail.",
            false,
        ),
    ];
    for (prompt, words, share) in entries {
        let id = CommandId(Uuid::now_v7());
        let form = (Form::Word, "text/plain; charset=utf-8");
        keepsakes::keep(application, &own, id, form, words.as_bytes(), Some(prompt))
            .await
            .map_err(admission::told)?;
        if share {
            let item = keepsakes::name_of(id);
            keepsakes::share(application, &own, CommandId(Uuid::now_v7()), item, true)
                .await
                .map_err(admission::told)?;
        }
    }
    Ok(())
}

/// A note that was written and signed when it was held.
async fn written(
    application: &Application,
    who: (&Actor, PatientId),
    (held, name): (Moment, &str),
    note: Note,
) -> Result<(), Fault> {
    let id = Uuid::new_v5(&who.1.0, name.as_bytes());
    let author = who.0.clone();
    write(application, who, held, |known, _| {
        known.draft(id, note.clone(), &author, |_| true, held)
    })
    .await?;
    write(application, who, held, |known, _| known.sign(id, &author)).await
}

/// A group of several people, agreed for the next day.
async fn group(application: &Application, theo: &Actor, people: &[PatientId]) -> Result<(), Fault> {
    let now = application.clock.now();
    let at = (now + Span::from_hours(22)).start_of(Span::from_minutes(30));
    let group = Uuid::new_v5(&Uuid::NAMESPACE_OID, b"the demo's group");
    for patient in people {
        let whole = Whole::of(application, *patient, now)
            .await?
            .context("somebody of the demo")?;
        let first = whole
            .plan
            .iter()
            .find(|one| one.owed.kind == ContactKind::First)
            .context("a first contact is owed")?;
        let contact = (first.owed.kind, first.owed.session);
        let booking = note_of(group, patient.0);
        write(application, (theo, *patient), now, |known, now| {
            known.book(booking, contact, (at, Mode::Group, Some(group)), now)
        })
        .await?;
    }
    Ok(())
}

async fn write(
    application: &Application,
    (actor, patient): (&Actor, PatientId),
    at: Moment,
    decide: impl Fn(&Integration, Moment) -> Result<Vec<IntegrationEvent>, Refusal> + Send + Sync,
) -> Result<(), Fault> {
    let wanted = Change {
        command_id: CommandId(Uuid::now_v7()),
        actor: actor.clone(),
        at: Some(at),
        id: patient.0,
        patient: Some(patient),
        session: None,
        action: "tell the demo's integration",
        wanted: String::new(),
    };
    change::<Integration, Refusal>(application, wanted, decide)
        .await
        .map(|_| ())
        .map_err(|refused: Refused| admission::told(refused))
}
