//! The way home: the clinic's page on which whoever takes a person home is asked, and the page that
//! their link opens.

use super::access::CHART;
use super::form::{Fields, Problem};
use super::going_home;
use super::guard::check_csrf;
use super::leaflets::{Told, in_language, language};
use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::escort::{EscortPage, Leaves, LinkPage, LinkState, WayHomePage};
use super::pages::going_home::GoingHome;
use super::people::read_by;
use super::preparing::{command_id, named_escort};
use super::respond::Refused;
use super::signing::named_cookie;
use crate::application::Application;
use crate::escort::{self, Visit, Wish};
use crate::fault::Fault;
use crate::identity::{Viewer, cookie, is_same};
use crate::journey::{Change, change};
use crate::{book, messages, patients};
use anyhow::Context as _;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use clinical::course::escort::{Ask, Comes, Way};
use clinical::course::message::Outgoing;
use clinical::course::preparation::{Escort, Given, Preparation, Ride};
use clinical::course::session::Answer;
use clinical::leaflet::Language;
use clinical::patient::{Registration, folded};
use clinical::record::{Actor, CommandId, SessionId};
use std::sync::Arc;
use uuid::Uuid;

/// This many names that are not the person's close a link. Source: the project's choice; a
/// stranger who got it by a slip of the number has no more than these guesses.
const TRIES: u32 = 5;

/// As long as a link opens at most, in seconds; the cookie ends with it.
const COOKIE_LASTS: &str = "129600";

/// The leaflet for whoever takes somebody home, the same in every language.
const LEAFLET: &str = "taking-home";

/// Who takes a person home from a visit, and what they answered.
pub async fn page(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let visit = escort::visit(&application, id)
        .await?
        .ok_or(Refused::NotFound)?;
    read_by(&application, &viewer, visit.patient, "open the way home").await?;
    staff_page(&application, &viewer, &visit, &headers, &uri, None).await
}

async fn staff_page(
    application: &Application,
    viewer: &Viewer,
    visit: &Visit,
    headers: &HeaderMap,
    uri: &Uri,
    not_sent: Option<(&str, &Fields)>,
) -> Result<Response, Refused> {
    let asked = Asked::new(application, Some(viewer), headers, uri);
    let person = patients::read(application, visit.patient)
        .await?
        .ok_or(Refused::NotFound)?;
    let asks = escort::of(application, visit.id).await?.state;
    let open = asks
        .current()
        .and_then(|ask| asks.open(ask.id, visit.starts, asked.now()));
    let link = match open {
        Some(ask) => Some(escort::link(application, visit.id, ask.id).await?),
        None => None,
    };
    let message = match asks.current() {
        Some(ask) => {
            let kept =
                crate::journey::read::<Outgoing>(application, messages::escort_message(ask.id))
                    .await?;
            Some(kept.state)
        }
        None => None,
    };
    let page = WayHomePage {
        around: asked.around(Here::Ready, false),
        visit,
        person: &person,
        asks: &asks,
        link: link.as_deref(),
        message: message.as_ref(),
        not_sent: not_sent.map(|(says, _)| says),
        typed: not_sent.map(|(_, fields)| fields),
        leaves: Leaves {
            text: application.configuration.text_messages.is_some(),
            email: application.configuration.mail.is_some(),
        },
        is_booked: book::visit(application, visit.id).await?.is_some(),
        opens_room: visit.session.is_some() && CHART.include(viewer.role),
    };
    let status = if not_sent.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    Ok((status, html(page.html())).into_response())
}

/// Asks somebody, or closes a link.
pub async fn act(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    let visit = escort::visit(&application, id)
        .await?
        .ok_or(Refused::NotFound)?;
    let back = format!("/visits/{id}/escort");
    if let Ok(ask) = fields.text("close").parse::<Uuid>() {
        let why = "the clinic closed it";
        escort::close(&application, &visit, ask, viewer.actor(), why).await?;
        return Ok(Redirect::to(&back).into_response());
    }
    match ask_from(&application, &visit, viewer.actor(), &fields).await {
        Ok(()) => Ok(Redirect::to(&back).into_response()),
        Err(refused @ (Refused::Ruled(_) | Refused::Problem(_))) => {
            let says = refused.says();
            let not_sent = Some((says.as_str(), &fields));
            staff_page(&application, &viewer, &visit, &headers, &uri, not_sent).await
        }
        Err(other) => Err(other),
    }
}

async fn ask_from(
    application: &Application,
    visit: &Visit,
    actor: Actor,
    fields: &Fields,
) -> Result<(), Refused> {
    let form = command_id(fields, Language::English)?;
    let named = named_escort(fields).unwrap_or_else(|| Escort {
        name: fields.text("name").to_owned(),
        phone: fields.text("phone").to_owned(),
        relationship: String::new(),
        ride: Ride::NotSure,
    });
    let way = match fields.text("way") {
        "text" => Way::TextMessage,
        "email" => Way::Email {
            address: fields.text("email").to_owned(),
        },
        "shown" => Way::Shown,
        _ => {
            return Err(Problem::new("way", "Not sent: choose how the link reaches them.").into());
        }
    };
    let wish = Wish {
        command_id: form,
        actor: actor.clone(),
        escort: named.clone(),
        way,
        language: Language::from_tag(fields.text("language")).unwrap_or(Language::English),
        agreed: fields.text("agreed") == "yes",
    };
    escort::ask(application, visit.id, wish).await?;
    // Whoever is asked is who is named, while the preparation is open; afterwards the room names.
    let prepared = crate::preparation::of(application, visit.id).await?.state;
    let is_named = prepared.answers.escort.as_known() == Some(&named);
    if prepared.visit().is_none() || prepared.checked_in.is_some() || is_named {
        return Ok(());
    }
    let given = Given::Escort {
        escort: Answer::Is(named),
    };
    let wanted = Change {
        command_id: CommandId(Uuid::new_v5(&form.0, b"named")),
        actor,
        at: None,
        id: visit.id.0,
        patient: Some(visit.patient),
        session: Some(visit.id),
        action: "name who takes a person home",
        wanted: format!("{given:?}"),
    };
    change(application, wanted, |preparation: &Preparation, now| {
        preparation.answer(given.clone(), now)
    })
    .await?;
    Ok(())
}

/// What stands in the address of a link.
type Address = (SessionId, String);

/// What a link opens. Reading it uses nothing up.
pub async fn link_page(
    State(application): State<Arc<Application>>,
    Path(address): Path<Address>,
    Query(told): Query<Told>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    shown(&application, &address, &told, &headers, &uri, None).await
}

/// The page of a link, with what was said to what was typed.
async fn shown(
    application: &Application,
    (id, token): &Address,
    told: &Told,
    headers: &HeaderMap,
    uri: &Uri,
    problem: Option<String>,
) -> Result<Response, Refused> {
    let asked = Asked::new(application, None, headers, uri);
    let found = escort::by_link(application, *id, token).await?;
    let Some((visit, ask)) = found else {
        let page = LinkPage {
            frame: asked.door_frame(language(told, headers)),
            state: LinkState::Closed,
            problem: None,
        };
        return Ok((StatusCode::GONE, html(page.html())).into_response());
    };
    let words = spoken(told, &ask);
    let status = if problem.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    if !has_named(application, headers, &visit, &ask).await? {
        let page = LinkPage {
            frame: asked.door_frame(words),
            state: LinkState::AsksWhose,
            problem,
        };
        return Ok((status, html(page.html())).into_response());
    }
    let registered = registration(application, &visit).await?;
    let ended = visit
        .session
        .as_ref()
        .and_then(|session| going_home::counted_from(session));
    if ended.is_some() {
        note_read(application, &visit, &ask).await?;
    }
    let leaflet = in_language(application, words)
        .find(|known| known.id == LEAFLET)
        .map(|known| known.filled(|policy, name| application.value_in_force(policy, name)))
        .ok_or(Refused::NotFound)?;
    let in_force = application.in_force();
    let home = GoingHome {
        frame: asked.door_frame(words),
        leaflet: &leaflet,
        ended,
        left: going_home::left(application),
        signs: &in_force.follow_up.signs,
        // When the person comes next is theirs to tell.
        next: None,
        paper: None,
    };
    let page = EscortPage {
        frame: asked.door_frame(words),
        given_name: &registered.given_name,
        starts: visit.starts,
        answered: ask.answered,
        home,
        problem,
    };
    Ok((status, html(page.html())).into_response())
}

/// The language of the address, else the one that was chosen for them.
fn spoken(told: &Told, ask: &Ask) -> Language {
    told.language
        .as_deref()
        .and_then(Language::from_tag)
        .unwrap_or(ask.language)
}

async fn registration(application: &Application, visit: &Visit) -> Result<Registration, Refused> {
    let known = patients::read(application, visit.patient).await?;
    known
        .and_then(|known| known.registration)
        .ok_or(Refused::NotFound)
}

async fn note_read(application: &Application, visit: &Visit, ask: &Ask) -> Result<(), Refused> {
    if ask.read_at.is_some() {
        return Ok(());
    }
    let command = CommandId(Uuid::new_v5(&ask.id, b"read"));
    let wanted = "read the instructions".to_owned();
    escort::by_escort(application, (visit, ask), command, wanted, |asks, now| {
        Ok(asks.read(ask.id, visit.starts, now))
    })
    .await?;
    Ok(())
}

/// The name of the cookie of whoever has said whom they take home.
fn cookie_name(application: &Application) -> &'static str {
    if application.base_url.starts_with("https://") {
        "__Host-evenkeel-escort"
    } else {
        "evenkeel-escort"
    }
}

async fn has_named(
    application: &Application,
    headers: &HeaderMap,
    visit: &Visit,
    ask: &Ask,
) -> Result<bool, Fault> {
    let Some(given) = cookie(headers, cookie_name(application)) else {
        return Ok(false);
    };
    let expected = escort::proof(application, visit.id, ask.id).await?;
    Ok(is_same(&expected, &given))
}

/// Whoever holds a link says whose name it is about, or whether they come.
// Hazard: H39, H45
pub async fn answer(
    State(application): State<Arc<Application>>,
    Path(address): Path<Address>,
    Query(told): Query<Told>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    let found = escort::by_link(&application, address.0, &address.1).await?;
    let Some((visit, ask)) = found else {
        return shown(&application, &address, &told, &headers, &uri, None).await;
    };
    let words = spoken(&told, &ask);
    let to = format!(
        "/escort/{}/{}?language={}",
        address.0,
        address.1,
        words.tag()
    );
    if !has_named(&application, &headers, &visit, &ask).await? {
        let registered = registration(&application, &visit).await?;
        if !is_named(&registered, fields.text("whose")) {
            wrong_name(&application, &visit, &ask).await?;
            let says = Some(LinkPage::not_the_name(words).to_owned());
            return shown(&application, &address, &told, &headers, &uri, says).await;
        }
        let proof = escort::proof(&application, visit.id, ask.id).await?;
        let name = cookie_name(&application);
        let cookie = named_cookie(&application, name, &proof, COOKIE_LASTS)?;
        return Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&to)).into_response());
    }
    let comes = match fields.text("comes") {
        "yes" => Comes::Yes {
            ride: Ride::of_word(fields.text("ride")).unwrap_or(Ride::NotSure),
        },
        "no" => Comes::No,
        _ => return Ok(Redirect::to(&to).into_response()),
    };
    let adult = fields.text("adult") == "yes";
    let form = command_id(&fields, words)?;
    let wanted = format!("{comes:?} {adult}");
    let saved = escort::by_escort(&application, (&visit, &ask), form, wanted, |asks, now| {
        asks.answer(ask.id, comes, adult, visit.starts, now)
    })
    .await;
    match saved {
        Ok(_) => Ok(Redirect::to(&to).into_response()),
        Err(Refused::Ruled(_)) => {
            let says = Some(EscortPage::incomplete(words).to_owned());
            shown(&application, &address, &told, &headers, &uri, says).await
        }
        Err(other) => Err(other),
    }
}

/// True for the person's given name, family name, both, the first of several given names, or either
/// end of a family name of several parts. A particle, as in "de la Cruz", is no name.
fn is_named(registered: &Registration, typed: &str) -> bool {
    const LONGER_THAN_A_PARTICLE: usize = 4;
    let typed = folded(typed);
    let (given, family) = (
        folded(&registered.given_name),
        folded(&registered.family_name),
    );
    let both = format!("{given} {family}");
    let first_given = given.split(' ').next();
    let last_family = family.split(' ').next_back();
    let first_family = family
        .split(' ')
        .next()
        .filter(|part| part.chars().count() >= LONGER_THAN_A_PARTICLE);
    let wholes = [Some(both.as_str()), Some(&given), Some(&family)];
    let parts = [first_given, last_family, first_family];
    !typed.is_empty()
        && wholes
            .into_iter()
            .chain(parts)
            .any(|name| name == Some(&typed))
}

/// Counts a name that is not the person's; the last of them closes the link.
async fn wrong_name(application: &Application, visit: &Visit, ask: &Ask) -> Result<(), Refused> {
    let (store, tenant) = (&application.store, application.tenant);
    let key = format!("escort:{}", ask.id);
    let failures = store
        .throttle(tenant, &key)
        .await
        .context("reading the tries of an escort's link")
        .map_err(Fault)?
        .map_or(0, |known| known.failures)
        + 1;
    store
        .set_throttle(tenant, &key, failures, None)
        .await
        .context("counting the tries of an escort's link")
        .map_err(Fault)?;
    if failures < TRIES {
        return Ok(());
    }
    let itself = Actor::System {
        part: "the escort's link".to_owned(),
    };
    let why = "five names were typed that are not the person’s";
    escort::close(application, visit, ask.id, itself, why).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use clinical::patient::Sex;
    use clinical::record::PatientId;

    #[test]
    fn a_person_is_named_by_either_name_however_it_is_written() {
        let registered = Registration {
            patient: PatientId(Uuid::nil()),
            record_number: String::new(),
            family_name: "de la Cruz Peña".to_owned(),
            given_name: "Ana María".to_owned(),
            birth_date: "1990-01-01".parse().unwrap(),
            sex: Sex::Unknown,
        };
        for typed in [
            "ana",
            "Ana Maria",
            "Pena",
            "de la cruz peña",
            "ANA MARÍA de la Cruz Peña",
        ] {
            assert!(is_named(&registered, typed), "{typed}");
        }
        for typed in ["", " ", "an", "de", "la", "Anna", "Ana Cruz Gomez"] {
            assert!(!is_named(&registered, typed), "{typed}");
        }
    }
}
