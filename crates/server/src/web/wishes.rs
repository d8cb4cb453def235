//! A person's wishes: their own pages, and the staff's.

use super::access::ROOM;
use super::form::{Fields, Problem};
use super::guard::{check_csrf, check_own};
use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::wishes::{Asks, OwnWish, OwnWishes, StaffWishes};
use super::people::read_by;
use super::preparing::command_id;
use super::respond::Refused;
use crate::application::Application;
use crate::identity::{Own, Viewer};
use crate::journey::{Change, change};
use crate::patients;
use crate::wishes;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use clinical::course::wishes::{Light, Music, Touch, Wish, Wishes};
use clinical::leaflet::Language;
use clinical::record::{Actor, CommandId, PatientId};
use std::sync::Arc;

/// The person's own list.
pub async fn own_list(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, None, &headers, &uri);
    let wishes = wishes::of(&application, own.patient).await?.state;
    let page = OwnWishes {
        frame: asked.own_frame(&own),
        wishes: &wishes,
    };
    Ok(html(page.html()).into_response())
}

/// One wish.
pub async fn own_one(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    Path(word): Path<String>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asks = Asks::of_word(&word).ok_or(Refused::NotFound)?;
    own_page(&application, &own, asks, &headers, &uri, None).await
}

async fn own_page(
    application: &Application,
    own: &Own,
    asks: Asks,
    headers: &HeaderMap,
    uri: &Uri,
    not_saved: Option<(String, String)>,
) -> Result<Response, Refused> {
    let asked = Asked::new(application, None, headers, uri);
    let wishes = wishes::of(application, own.patient).await?.state;
    let status = if not_saved.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let (problem, typed) = not_saved.unzip();
    let page = OwnWish {
        frame: asked.own_frame(own),
        asks,
        wishes: &wishes,
        problem,
        typed,
    };
    Ok((status, html(page.html())).into_response())
}

/// Takes a wish and leads to the next one, or to the list.
pub async fn own_say(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    Path(word): Path<String>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_own(&own, fields.text("csrf"))?;
    let asks = Asks::of_word(&word).ok_or(Refused::NotFound)?;
    let typed = fields.text("words").to_owned();
    let Some(wish) = read(asks, &fields) else {
        let says = match own.language {
            Language::English => "Choose an answer.",
            Language::Spanish => "Elija una respuesta.",
        };
        let not_saved = Some((says.to_owned(), typed));
        return own_page(&application, &own, asks, &headers, &uri, not_saved).await;
    };
    if typed.chars().count() > clinical::course::wishes::state::LONGEST_WISH {
        let says = match own.language {
            Language::English => "Not saved: this is longer than 2,000 characters. Shorten it.",
            Language::Spanish => "No se guardó: tiene más de 2.000 caracteres. Acórtelo.",
        };
        let not_saved = Some((says.to_owned(), typed));
        return own_page(&application, &own, asks, &headers, &uri, not_saved).await;
    }
    let id = command_id(&fields, own.language)?;
    say(&application, own.patient, wish, id, own.actor()).await?;
    // Whoever goes through them for the first time is led on; whoever changes one is not.
    let known = wishes::of(&application, own.patient).await?.state;
    let next = asks.next().filter(|next| !is_said(*next, &known));
    let to = next.map_or_else(
        || "/my/wishes".to_owned(),
        |next| format!("/my/wishes/{}", next.word()),
    );
    Ok(Redirect::to(&to).into_response())
}

fn is_said(asks: Asks, wishes: &Wishes) -> bool {
    match asks {
        Asks::Intention => wishes.intention.is_some(),
        Asks::Touch => wishes.touch().is_some(),
        Asks::Music => wishes.music.is_some(),
        Asks::Light => wishes.light.is_some(),
        Asks::Helps => wishes.helps.is_some(),
        Asks::Frightens => wishes.frightens.is_some(),
    }
}

/// A wish from its form; `None` where no answer was chosen.
fn read(asks: Asks, fields: &Fields) -> Option<Wish> {
    let words = fields.text("words").to_owned();
    let choice = fields.text("choice");
    Some(match asks {
        Asks::Intention => Wish::Intention { words },
        Asks::Helps => Wish::Helps { words },
        Asks::Frightens => Wish::Frightens { words },
        Asks::Touch => Wish::Touch {
            touch: Touch::of_word(choice)?,
        },
        Asks::Music => Wish::Music {
            music: Music::of_word(choice)?,
            words,
        },
        Asks::Light => Wish::Light {
            light: Light::of_word(choice)?,
            words,
        },
    })
}

async fn say(
    application: &Application,
    patient: PatientId,
    wish: Wish,
    command_id: CommandId,
    actor: Actor,
) -> Result<(), Refused> {
    let wanted = Change {
        command_id,
        actor,
        at: None,
        id: patient.0,
        patient: Some(patient),
        session: None,
        action: "say a wish for the sessions",
        wanted: format!("{wish:?}"),
    };
    change(application, wanted, |wishes: &Wishes, _now| {
        wishes.say(wish.clone(), None)
    })
    .await?;
    Ok(())
}

/// The staff's page.
pub async fn page(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(patient): Path<PatientId>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let shown = shown(&application, &viewer, patient, (&headers, &uri), None).await?;
    read_by(&application, &viewer, patient, "open wishes").await?;
    Ok(shown)
}

async fn shown(
    application: &Application,
    viewer: &Viewer,
    patient: PatientId,
    (headers, uri): (&HeaderMap, &Uri),
    refused: Option<String>,
) -> Result<Response, Refused> {
    let asked = Asked::new(application, Some(viewer), headers, uri);
    let person = patients::read(application, patient)
        .await?
        .ok_or(Refused::NotFound)?;
    let known = wishes::of(application, patient).await?.state;
    let may_act = ROOM.include(viewer.role);
    let around = asked.around(Here::Patients, false);
    let page = StaffWishes::of(around, &person, patient, &known, may_act, refused);
    Ok(html(page.html()).into_response())
}

/// Takes a wish that staff enter with the person.
pub async fn enter(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(patient): Path<PatientId>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    // Hazard: H02
    if fields.text("patient") != patient.to_string() {
        let says = "Not saved: this form belongs to somebody else's page. Reload it.";
        return Err(Problem::new("patient", says).into());
    }
    patients::read(&application, patient)
        .await?
        .ok_or(Refused::NotFound)?;
    let id = command_id(&fields, Language::English)?;
    let asks = Asks::of_word(fields.text("wish")).ok_or(Refused::NotFound)?;
    let Some(wish) = read(asks, &fields) else {
        let says = "Not saved: choose an answer.".to_owned();
        let page = shown(&application, &viewer, patient, (&headers, &uri), Some(says)).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    say(&application, patient, wish, id, viewer.actor()).await?;
    Ok(Redirect::to(&format!("/patients/{patient}/wishes")).into_response())
}
