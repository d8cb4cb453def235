//! Letters about a treatment: whom the person agreed to have told, the letter that is composed and
//! signed, the paper, and how it left; and the same for the person, who takes an agreement back.

use super::access::{ROOM, TALK};
use super::form::{Fields, Problem};
use super::guard::{check_csrf, check_own, check_password};
use super::integration::check_patient;
use super::integration_own::named;
use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::clock_face::{ClockFace, civil_date};
use super::pages::identity_strip::IdentityStrip;
use super::pages::letters::{LetterPage, LettersPage, OwnLetters, blocks, in_a_sentence};
use super::people::read_by;
use super::preparing::{command_id, form_unread};
use super::respond::Refused;
use super::take_away::not_on_the_tablet;
use super::typesetting;
use crate::application::Application;
use crate::book::date_of;
use crate::correspondence::{Composing, OfPerson, Wish, begins, digest_of, write};
use crate::identity::{Own, Viewer, Way as Door};
use crate::outcomes::Told;
use crate::patients::records_of;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use clinical::course::correspondence::{
    AgreedHow, Agreement, Letter, Part, Recipient, SignedLetter, Telling, Topic, Way,
};
use clinical::leaflet::Language;
use clinical::patient::{CivilDate, Patient};
use clinical::record::{Actor, CommandId, PatientId};
use report::letter::telling::{TellingLetter, telling_letter};
use serde::Deserialize;
use std::sync::Arc;
use units::Moment;
use uuid::Uuid;

/// A person with what stands in every record of theirs.
struct Whose {
    person: Patient,
    stays: PatientId,
    records: Vec<PatientId>,
    known: OfPerson,
}

async fn whose(application: &Application, patient: PatientId) -> Result<Whose, Refused> {
    let (person, stays, records) = records_of(application, patient)
        .await?
        .ok_or(Refused::NotFound)?;
    let known = OfPerson::read(application, &records).await?;
    Ok(Whose {
        person,
        stays,
        records,
        known,
    })
}

fn leads_to(patient: PatientId) -> Redirect {
    Redirect::to(&format!("/patients/{patient}/letters"))
}

/// Whom the person agreed to have told, and every letter.
pub async fn page(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(patient): Path<PatientId>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let whose = whose(&application, patient).await?;
    read_by(&application, &viewer, whose.stays, "open the letters").await?;
    shown(&application, &viewer, &whose, (&headers, &uri), None)
}

fn shown(
    application: &Application,
    viewer: &Viewer,
    whose: &Whose,
    (headers, uri): (&HeaderMap, &Uri),
    refused: Option<(String, &Fields)>,
) -> Result<Response, Refused> {
    let asked = Asked::new(application, Some(viewer), headers, uri);
    let today = date_of(&application.zone, asked.now())?;
    let around = asked.around(Here::Patients, false);
    let status = match refused {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let page = LettersPage {
        strip: IdentityStrip::of(&whose.person, around.now, around.zone),
        around,
        patient: whose.stays,
        agreements: whose.known.agreements(),
        letters: whose.known.letters(),
        today,
        may_write: ROOM.include(viewer.role),
        may_sign: TALK.include(viewer.role),
        refused,
    };
    Ok((status, html(page.html())).into_response())
}

/// An agreement is written down or taken back, or a letter has left.
pub async fn act(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(patient): Path<PatientId>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    check_patient(&fields, patient)?;
    let whose = whose(&application, patient).await?;
    match acted(&application, &viewer, &whose, &fields).await {
        Ok(()) => Ok(leads_to(whose.stays).into_response()),
        Err(refused @ (Refused::Ruled(_) | Refused::Problem(_))) => {
            let says = Some((refused.says(), &fields));
            shown(&application, &viewer, &whose, (&headers, &uri), says)
        }
        Err(other) => Err(other),
    }
}

async fn acted(
    application: &Application,
    viewer: &Viewer,
    whose: &Whose,
    fields: &Fields,
) -> Result<(), Refused> {
    let id = command_id(fields, Language::English)?;
    match fields.text("act") {
        "agree" => agreed(application, viewer, (whose.stays, id), fields).await,
        "take-back" => {
            let agreement = named(fields, "agreement", Language::English)?;
            let words = fields.text("reason");
            let of = (whose, agreement, words);
            taken_back(application, viewer.actor(), id, of).await
        }
        "left" => left(application, viewer, (whose, id), fields).await,
        _other => Err(form_unread("act", Language::English).into()),
    }
}

async fn agreed(
    application: &Application,
    viewer: &Viewer,
    (record, id): (PatientId, CommandId),
    fields: &Fields,
) -> Result<(), Refused> {
    let telling = telling(fields)?;
    let agreement = Uuid::new_v5(&id.0, b"agreement");
    let wish = Wish {
        command_id: id,
        actor: viewer.actor(),
        record,
        action: "write down who may be told",
        wanted: format!("{telling:?}"),
    };
    write(application, wish, |known, today| {
        known.agree(agreement, telling.clone(), today)
    })
    .await?;
    Ok(())
}

fn telling(fields: &Fields) -> Result<Telling, Problem> {
    let part = Part::of_word(fields.text("part"))
        .ok_or_else(|| Problem::new("part", "Not saved: say which part they have."))?;
    let how = AgreedHow::of_word(fields.text("how"))
        .ok_or_else(|| Problem::new("how", "Not saved: say how the person agreed."))?;
    let topics = fields
        .all("topic")
        .map(|word| Topic::of_word(word).ok_or_else(|| form_unread("topic", Language::English)))
        .collect::<Result<_, _>>()?;
    Ok(Telling {
        to: Recipient {
            name: fields.text("name").to_owned(),
            part,
            address: fields.text("address").to_owned(),
        },
        topics,
        how,
        until: match fields.optional("until") {
            None => None,
            Some(text) => Some(day(&text, "until")?),
        },
    })
}

fn day(text: &str, field: &str) -> Result<CivilDate, Problem> {
    let says = "Nothing was written: this day could not be read. Write it as 2026-11-30.";
    text.parse().map_err(|_| Problem::new(field, says))
}

async fn taken_back(
    application: &Application,
    actor: Actor,
    id: CommandId,
    (whose, agreement, words): (&Whose, Uuid, &str),
) -> Result<(), Refused> {
    let (record, _) = whose.known.agreement(agreement).ok_or(Refused::NotFound)?;
    let wish = Wish {
        command_id: id,
        actor,
        record,
        action: "take back who may be told",
        wanted: format!("{agreement} {words}"),
    };
    write(application, wish, |known, _| {
        known.take_back(agreement, words)
    })
    .await?;
    Ok(())
}

async fn left(
    application: &Application,
    viewer: &Viewer,
    (whose, id): (&Whose, CommandId),
    fields: &Fields,
) -> Result<(), Refused> {
    let letter = named(fields, "letter", Language::English)?;
    let way = Way::of_word(fields.text("way"))
        .ok_or_else(|| Problem::new("way", "Not saved: say how the letter left."))?;
    let note = fields.text("note").to_owned();
    let (record, _) = whose.known.letter(letter).ok_or(Refused::NotFound)?;
    let wish = Wish {
        command_id: id,
        actor: viewer.actor(),
        record,
        action: "write that a letter has left",
        wanted: format!("{letter} {way:?} {note}"),
    };
    write(application, wish, |known, today| {
        known.leave(letter, way, &note, today)
    })
    .await?;
    Ok(())
}

/// The days that a letter tells of, as the page asks for them.
#[derive(Debug, Default, Deserialize)]
pub struct Days {
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
}

/// A letter as it would be signed now.
struct Drafted {
    agreement: Agreement,
    record: PatientId,
    contents: Letter,
}

async fn drafted(
    application: &Application,
    viewer: &Viewer,
    (whose, agreement): (&Whose, Uuid),
    days: &Days,
    now: Moment,
) -> Result<Drafted, Refused> {
    let (record, known) = whose.known.agreement(agreement).ok_or(Refused::NotFound)?;
    let today = date_of(&application.zone, now)?;
    let told = Told::of(application, &whose.person, whose.stays, now).await?;
    let from = match days.from.trim() {
        "" => begins(application, (&whose.known, &told), agreement, now)?,
        text => day(text, "from")?,
    };
    let until = match days.until.trim() {
        "" => today,
        text => day(text, "until")?,
    };
    let composing = Composing {
        application,
        told: &told,
        records: &whose.records,
        now,
        from,
        until,
    };
    Ok(Drafted {
        agreement: known.clone(),
        record,
        contents: Letter {
            from,
            until,
            sections: composing.sections(&known.telling.topics).await?,
            words: String::new(),
            name: viewer.name.clone(),
            role: viewer.role,
        },
    })
}

/// The page on which a letter is looked at, added to and signed.
pub async fn letter_page(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path((patient, agreement)): Path<(PatientId, Uuid)>,
    Query(days): Query<Days>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let whose = whose(&application, patient).await?;
    read_by(&application, &viewer, whose.stays, "compose a letter").await?;
    let of = (&whose, agreement, &days);
    letter_shown(&application, &viewer, of, (&headers, &uri), None).await
}

async fn letter_shown(
    application: &Application,
    viewer: &Viewer,
    (whose, agreement, days): (&Whose, Uuid, &Days),
    (headers, uri): (&HeaderMap, &Uri),
    refused: Option<(String, String)>,
) -> Result<Response, Refused> {
    let asked = Asked::new(application, Some(viewer), headers, uri);
    let (of, now) = ((whose, agreement), asked.now());
    let (drafted, refused) = match drafted(application, viewer, of, days, now).await {
        Ok(drafted) => (drafted, refused),
        // Days that cannot be read are asked again, with the letter of the usual ones.
        Err(Refused::Problem(problem)) => {
            let usual = drafted(application, viewer, of, &Days::default(), now).await?;
            (usual, refused.or(Some((problem.says, String::new()))))
        }
        Err(other) => return Err(other),
    };
    let today = date_of(&application.zone, now)?;
    let around = asked.around(Here::Patients, false);
    let status = match refused {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let page = LetterPage {
        strip: IdentityStrip::of(&whose.person, around.now, around.zone),
        around,
        patient: whose.stays,
        stands: drafted.agreement.stands(today),
        agreement: &drafted.agreement,
        seen: digest_of(&drafted.contents)?,
        contents: &drafted.contents,
        refused,
    };
    Ok((status, html(page.html())).into_response())
}

/// A letter is signed, as it was looked at.
pub async fn sign(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path((patient, agreement)): Path<(PatientId, Uuid)>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    check_patient(&fields, patient)?;
    let whose = whose(&application, patient).await?;
    let days = Days {
        from: fields.text("from").to_owned(),
        until: fields.text("until").to_owned(),
    };
    match signed(&application, &viewer, (&whose, agreement, &days), &fields).await {
        Ok(()) => Ok(leads_to(whose.stays).into_response()),
        Err(refused @ (Refused::Ruled(_) | Refused::Problem(_))) => {
            let says = Some((refused.says(), fields.text("words").to_owned()));
            let of = (&whose, agreement, &days);
            letter_shown(&application, &viewer, of, (&headers, &uri), says).await
        }
        Err(other) => Err(other),
    }
}

// Hazard: H74
async fn signed(
    application: &Application,
    viewer: &Viewer,
    (whose, agreement, days): (&Whose, Uuid, &Days),
    fields: &Fields,
) -> Result<(), Refused> {
    let id = command_id(fields, Language::English)?;
    check_password(application, viewer, fields).await?;
    let now = application.clock.now();
    let drafted = drafted(application, viewer, (whose, agreement), days, now).await?;
    if digest_of(&drafted.contents)? != fields.text("seen") {
        return Err(Refused::Ruled(
            "Not signed: the record has changed since you opened this letter. Look at it again, then sign."
                .to_owned(),
        ));
    }
    let mut contents = drafted.contents;
    contents.words = fields.text("words").to_owned();
    let letter = Uuid::new_v5(&id.0, b"letter");
    let wish = Wish {
        command_id: id,
        actor: viewer.actor(),
        record: drafted.record,
        action: "sign a letter",
        wanted: format!("{agreement} {}", digest_of(&contents)?),
    };
    write(application, wish, |known, today| {
        known.sign(letter, agreement, contents.clone(), today)
    })
    .await?;
    Ok(())
}

/// A letter on paper, for staff.
pub async fn paper(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path((patient, letter)): Path<(PatientId, Uuid)>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let clinic = asked.around(Here::Patients, false).clinic.to_owned();
    let whose = whose(&application, patient).await?;
    let pdf = set(&application, &whose, letter, (clinic, asked.now())).await?;
    read_by(&application, &viewer, whose.stays, "print a letter").await?;
    Ok(pdf)
}

async fn set(
    application: &Application,
    whose: &Whose,
    letter: Uuid,
    (clinic, now): (String, Moment),
) -> Result<Response, Refused> {
    let (_, known) = whose.known.letter(letter).ok_or(Refused::NotFound)?;
    let (_, agreement) = whose
        .known
        .agreement(known.agreement)
        .ok_or(Refused::NotFound)?;
    let input = on_paper(
        application,
        &whose.person,
        (known, agreement),
        (clinic, now),
    )?;
    let pdf = typesetting::set(move || telling_letter(&input)).await?;
    let about = [
        (header::CONTENT_TYPE, "application/pdf"),
        (
            header::CONTENT_DISPOSITION,
            "inline; filename=\"letter.pdf\"",
        ),
    ];
    Ok((about, pdf).into_response())
}

fn on_paper(
    application: &Application,
    person: &Patient,
    (letter, agreement): (&SignedLetter, &Agreement),
    (clinic, now): (String, Moment),
) -> Result<TellingLetter, Refused> {
    let who = person.registration.as_ref().ok_or(Refused::NotFound)?;
    let clock = ClockFace {
        zone: &application.zone,
        now,
    };
    let today = date_of(&application.zone, now)?;
    let signed_on = letter.at.timestamp().to_zoned(application.zone.clone());
    let contents = &letter.contents;
    let to = &agreement.telling.to;
    let lines = std::iter::once(to.name.clone()).chain(to.address.lines().map(str::to_owned));
    let topics: Vec<&str> = agreement
        .telling
        .topics
        .iter()
        .map(|topic| in_a_sentence(*topic))
        .collect();
    let stopped = match &agreement.taken_back {
        Some((at, _, _)) => format!(
            "Copy for the record. The person took their agreement back on {}. Do not send.",
            clock.date(*at)
        ),
        None if !agreement.stands(today) => {
            "Copy for the record. The person’s agreement is over. Do not send.".to_owned()
        }
        None => String::new(),
    };
    Ok(TellingLetter {
        opening: format!(
            "Dear colleague, we treat this patient at {clinic}. This letter tells of the time from {} to {}.",
            civil_date(contents.from),
            civil_date(contents.until)
        ),
        clinic,
        phone: application.configuration.phone.clone(),
        to: lines.collect(),
        on: clock.date(letter.at),
        title: "Letter about a treatment".to_owned(),
        person: format!("{} {}", who.given_name, who.family_name),
        about: vec![
            ("Born".to_owned(), civil_date(who.birth_date)),
            ("Our number".to_owned(), who.record_number.clone()),
        ],
        blocks: blocks(&contents.sections),
        words: contents.words.lines().map(str::to_owned).collect(),
        closing: format!(
            "Signed by {} ({}), {}.",
            contents.name,
            contents.role.word().replace('-', " "),
            clock.full(letter.at)
        ),
        agreed: format!(
            "The patient agreed on {} that you are told of: {}. Please pass nothing on without asking them.",
            clock.date(agreement.at),
            topics.join("; ")
        ),
        stopped,
        digest: digest_of(contents)?,
        day: (
            i32::from(signed_on.year()),
            u8::try_from(signed_on.month()).unwrap_or(1),
            u8::try_from(signed_on.day()).unwrap_or(1),
        ),
        identity: letter.id.to_string(),
        software: format!("Evenkeel {}", env!("CARGO_PKG_VERSION")),
    })
}

/// The person's own page.
pub async fn own(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, None, &headers, &uri);
    let whose = whose(&application, own.patient).await?;
    let page = OwnLetters {
        frame: asked.own_frame(&own),
        agreements: whose.known.agreements(),
        letters: whose.known.letters(),
        today: date_of(&application.zone, asked.now())?,
        on_the_tablet: own.way == Door::Tablet,
    };
    Ok(html(page.html()).into_response())
}

/// The person takes an agreement back. No reason is asked.
pub async fn own_act(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    fields: Fields,
) -> Result<Redirect, Refused> {
    check_own(&own, fields.text("csrf"))?;
    let id = command_id(&fields, own.language)?;
    let agreement = named(&fields, "agreement", own.language)?;
    let whose = whose(&application, own.patient).await?;
    taken_back(&application, own.actor(), id, (&whose, agreement, "")).await?;
    Ok(Redirect::to("/my/letters"))
}

/// A letter about the person, for them.
pub async fn own_paper(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    Path(letter): Path<Uuid>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    not_on_the_tablet(&own)?;
    let asked = Asked::new(&application, None, &headers, &uri);
    let clinic = asked.around(Here::Elsewhere, false).clinic.to_owned();
    let whose = whose(&application, own.patient).await?;
    set(&application, &whose, letter, (clinic, asked.now())).await
}
