//! Integration for the patient: questions by the time since the session, their journal, homework.

use super::form::{Fields, Problem};
use super::guard::check_own;
use super::page::{Asked, html};
use super::pages::integration_own::{JournalItem, OwnIntegration};
use super::preparing::{command_id, form_unread};
use super::respond::Refused;
use crate::application::Application;
use crate::identity::Own;
use crate::integration::{self, By, record_with, together};
use crate::keepsakes::{self, LONGEST_WORDS};
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use clinical::course::integration::Answer;
use clinical::course::keepsake::Form;
use clinical::leaflet::Language;
use clinical::record::CommandId;
use serde::Deserialize;
use std::sync::Arc;
use uuid::Uuid;

const WORDS: &str = "text/plain; charset=utf-8";

/// What was done just now.
#[derive(Deserialize)]
pub struct Done {
    #[serde(default)]
    saved: String,
}

/// The page.
pub async fn page(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    Query(done): Query<Done>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let saved = done.saved == "yes";
    shown(&application, &own, (&headers, &uri), (None, saved)).await
}

async fn shown(
    application: &Application,
    own: &Own,
    (headers, uri): (&HeaderMap, &Uri),
    (not_saved, saved): (Option<(String, String, String)>, bool),
) -> Result<Response, Refused> {
    let asked = Asked::new(application, None, headers, uri);
    let known = together(&integration::records(application, own.patient).await?);
    let rules = Arc::clone(&application.in_force().integration);
    let kept = keepsakes::of(application, own.patient).await?.state;
    let mut journal = Vec::new();
    for item in kept.all.iter().rev() {
        if item.form != Form::Word {
            continue;
        }
        let words = keepsakes::contents(application, own.patient, item).await?;
        let Some(words) = words.and_then(|bytes| String::from_utf8(bytes).ok()) else {
            continue;
        };
        let prompt = item
            .prompt
            .as_deref()
            .and_then(|id| rules.prompts.prompt(id));
        journal.push(JournalItem {
            id: item.keepsake,
            at: item.at,
            prompt: prompt.map(|prompt| prompt.says(own.language).to_owned()),
            words,
            shared: item.shared.is_some(),
        });
    }
    let newest = keepsakes::session_of(application, own.patient).await?;
    let status = if not_saved.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let page = OwnIntegration {
        frame: asked.own_frame(own),
        known: &known,
        prompts: newest.map_or_else(Vec::new, |(_, ended)| {
            rules.prompts.at(asked.now() - ended).collect()
        }),
        journal,
        open: newest.is_some(),
        not_saved,
        saved,
    };
    Ok((status, html(page.html())).into_response())
}

/// Keeps an entry, shares one or does not any more, answers homework, or says who reads an account.
pub async fn act(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_own(&own, fields.text("csrf"))?;
    let id = command_id(&fields, own.language)?;
    let done = match fields.text("what") {
        "journal" => journal(&application, &own, id, &fields).await,
        "homework" => homework(&application, &own, id, &fields).await,
        "open" => account(&application, &own, id, (&fields, false)).await,
        "close" => account(&application, &own, id, (&fields, true)).await,
        what @ ("share" | "unshare") => {
            let item = named(&fields, "keepsake", own.language)?;
            keepsakes::share(&application, &own, id, item, what == "share").await
        }
        "remove" => {
            let item = named(&fields, "keepsake", own.language)?;
            keepsakes::remove(&application, &own, id, item).await
        }
        _ => Err(form_unread("what", own.language).into()),
    };
    match done {
        Ok(()) => Ok(Redirect::to("/my/integration?saved=yes").into_response()),
        Err(Refused::Ruled(says)) if fields.text("what") == "journal" => {
            let prompt = fields.text("prompt").to_owned();
            let typed = fields.text("words").to_owned();
            let not_saved = (Some((prompt, says, typed)), false);
            shown(&application, &own, (&headers, &uri), not_saved).await
        }
        Err(other) => Err(other),
    }
}

pub(super) fn named(fields: &Fields, name: &str, language: Language) -> Result<Uuid, Problem> {
    fields
        .text(name)
        .parse()
        .map_err(|_| form_unread(name, language))
}

/// An entry of the journal is a keepsake: sealed, theirs, shared by itself.
async fn journal(
    application: &Application,
    own: &Own,
    id: CommandId,
    fields: &Fields,
) -> Result<(), Refused> {
    let told = |english: &str, spanish: &str| {
        Refused::Ruled(match own.language {
            Language::English => english.to_owned(),
            Language::Spanish => spanish.to_owned(),
        })
    };
    let words = fields.text("words");
    if words.is_empty() {
        return Err(told(
            "Nothing was written yet.",
            "Todavía no escribió nada.",
        ));
    }
    if words.chars().count() > LONGEST_WORDS {
        return Err(told(
            "Not kept: this is longer than 20,000 characters. Make two of it.",
            "No se guardó: tiene más de 20.000 caracteres. Hágalo en dos partes.",
        ));
    }
    let rules = Arc::clone(&application.in_force().integration);
    let prompt = rules
        .prompts
        .prompt(fields.text("prompt"))
        .ok_or_else(|| form_unread("prompt", own.language))?;
    let form = (Form::Word, WORDS);
    keepsakes::keep(
        application,
        own,
        id,
        form,
        words.as_bytes(),
        Some(&prompt.id),
    )
    .await?;
    if fields.text("share") == "yes" {
        let item = keepsakes::name_of(id);
        let sharing = CommandId(Uuid::new_v5(&id.0, b"share"));
        keepsakes::share(application, own, sharing, item, true).await?;
    }
    Ok(())
}

async fn homework(
    application: &Application,
    own: &Own,
    id: CommandId,
    fields: &Fields,
) -> Result<(), Refused> {
    let homework = named(fields, "homework", own.language)?;
    let answer = Answer::of_word(fields.text("answer"))
        .ok_or_else(|| form_unread("answer", own.language))?;
    let records = integration::records(application, own.patient).await?;
    let by = By {
        command_id: id,
        actor: own.actor(),
        record: record_with(&records, |known| {
            known.homework.iter().any(|one| one.homework == homework)
        })
        .unwrap_or(own.patient),
    };
    let text = format!("{homework} {answer:?}");
    integration::act(application, by, "answer homework", text, |known, _| {
        known.answer(homework, answer)
    })
    .await?;
    Ok(())
}

async fn account(
    application: &Application,
    own: &Own,
    id: CommandId,
    (fields, private): (&Fields, bool),
) -> Result<(), Refused> {
    let note = named(fields, "note", own.language)?;
    let records = integration::records(application, own.patient).await?;
    let by = By {
        command_id: id,
        actor: own.actor(),
        record: record_with(&records, |known| known.note(note).is_some()).unwrap_or(own.patient),
    };
    let text = format!("{note} {private}");
    let action = "say who reads an account";
    integration::act(application, by, action, text, |known, _| {
        known.mark_account(note, private)
    })
    .await?;
    Ok(())
}
