//! What a person keeps of a session: their own pages, and what staff see of it, which is what is
//! shared and nothing else.

use super::form::{Fields, Problem};
use super::guard::check_own;
use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::keepsakes::{Line, OwnKeepsakes, StaffKeepsakes};
use super::people::read_by;
use super::preparing::command_id;
use super::respond::Refused;
use crate::application::Application;
use crate::fault::Fault;
use crate::identity::{Own, Viewer};
use crate::keepsakes::{self, LARGEST_KEEPSAKE, LONGEST_WORDS, recognised};
use crate::patients;
use axum::Extension;
use axum::extract::{Multipart, Path, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use clinical::course::keepsake::{Form, Keepsake};
use clinical::leaflet::Language;
use clinical::record::PatientId;
use std::sync::Arc;
use uuid::Uuid;

const WORDS: &str = "text/plain; charset=utf-8";

/// The person's own page.
pub async fn own_page(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    own_shown(&application, &own, (&headers, &uri), None).await
}

async fn own_shown(
    application: &Application,
    own: &Own,
    (headers, uri): (&HeaderMap, &Uri),
    not_done: Option<(StatusCode, String, String)>,
) -> Result<Response, Refused> {
    let asked = Asked::new(application, None, headers, uri);
    let known = keepsakes::of(application, own.patient).await?.state;
    let frame = asked.own_frame(own);
    let mut lines = Vec::new();
    for keepsake in known.all.iter().rev() {
        let at = frame.around.clock().when(keepsake.at);
        lines.push(line(application, own.patient, keepsake, at).await?);
    }
    let open = keepsakes::session_of(application, own.patient).await?;
    let (status, problem, typed) = not_done.map_or_else(
        || (StatusCode::OK, None, String::new()),
        |(status, says, typed)| (status, Some(says), typed),
    );
    let page = OwnKeepsakes {
        frame,
        lines,
        open: open.is_some(),
        problem,
        typed,
    };
    Ok((status, html(page.html())).into_response())
}

async fn line(
    application: &Application,
    patient: PatientId,
    keepsake: &Keepsake,
    at: String,
) -> Result<Line, Fault> {
    let words = match keepsake.form {
        Form::Word => keepsakes::contents(application, patient, keepsake)
            .await?
            .and_then(|bytes| String::from_utf8(bytes).ok()),
        Form::Drawing | Form::Voice => None,
    };
    Ok(Line {
        id: keepsake.keepsake.to_string(),
        at,
        form: keepsake.form,
        words,
        shared: keepsake.shared.is_some(),
    })
}

/// A form with bytes in it, read to its end.
struct Uploaded {
    fields: Fields,
    file: Vec<u8>,
    too_large: bool,
}

async fn uploaded(mut form: Multipart, language: Language) -> Result<Uploaded, Problem> {
    let unreadable = |_| {
        let says = match language {
            Language::English => "It did not arrive whole. Nothing was kept. Try again.",
            Language::Spanish => "No llegó completo. No se guardó nada. Inténtelo otra vez.",
        };
        Problem::new("", says)
    };
    let mut read = Uploaded {
        fields: Fields::default(),
        file: Vec::new(),
        too_large: false,
    };
    while let Some(mut part) = form.next_field().await.map_err(unreadable)? {
        let name = part.name().unwrap_or_default().to_owned();
        if name != "file" {
            let text = part.text().await.map_err(unreadable)?;
            read.fields.0.push((name, text));
            continue;
        }
        // One that grows too large is read on and not kept.
        while let Some(chunk) = part.chunk().await.map_err(unreadable)? {
            if read.file.len() + chunk.len() > LARGEST_KEEPSAKE {
                read.too_large = true;
                read.file.clear();
            } else if !read.too_large {
                read.file.extend_from_slice(&chunk);
            }
        }
    }
    Ok(read)
}

/// Keeps words, a drawing or a voice.
pub async fn keep(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    headers: HeaderMap,
    uri: Uri,
    form: Multipart,
) -> Result<Response, Refused> {
    let uploaded = uploaded(form, own.language).await?;
    let fields = &uploaded.fields;
    check_own(&own, fields.text("csrf"))?;
    let words = fields.text("words").to_owned();
    let told = |english: &str, spanish: &str| match own.language {
        Language::English => english.to_owned(),
        Language::Spanish => spanish.to_owned(),
    };
    let (kind, bytes) = match (recognised(&uploaded.file), words.is_empty()) {
        _ if uploaded.too_large => {
            let says = told(
                "Not kept: this is larger than 8 megabytes. Make it shorter or smaller.",
                "No se guardó: ocupa más de 8 megabytes. Hágalo más corto o más pequeño.",
            );
            return not_kept(&application, &own, (&headers, &uri), says, words).await;
        }
        (Some(kind), _) => (kind, uploaded.file),
        (None, _) if !uploaded.file.is_empty() => {
            let says = told(
                "Not kept: this is no picture and no recording that can be shown again.",
                "No se guardó: no es una imagen ni una grabación que se pueda mostrar.",
            );
            return not_kept(&application, &own, (&headers, &uri), says, words).await;
        }
        (None, true) => {
            let says = told(
                "Write, draw or say something.",
                "Escriba, dibuje o diga algo.",
            );
            return not_kept(&application, &own, (&headers, &uri), says, words).await;
        }
        (None, false) if words.chars().count() > LONGEST_WORDS => {
            let says = told(
                "Not kept: this is longer than 20,000 characters. Make two of it.",
                "No se guardó: tiene más de 20.000 caracteres. Hágalo en dos partes.",
            );
            return not_kept(&application, &own, (&headers, &uri), says, words).await;
        }
        (None, false) => ((Form::Word, WORDS), words.clone().into_bytes()),
    };
    let id = command_id(fields, own.language)?;
    match keepsakes::keep(&application, &own, id, kind, &bytes, None).await {
        Ok(()) => Ok(Redirect::to("/my/keepsakes").into_response()),
        Err(Refused::Ruled(says)) => {
            not_kept(&application, &own, (&headers, &uri), says, words).await
        }
        Err(other) => Err(other),
    }
}

async fn not_kept(
    application: &Application,
    own: &Own,
    at: (&HeaderMap, &Uri),
    says: String,
    typed: String,
) -> Result<Response, Refused> {
    let not_done = Some((StatusCode::UNPROCESSABLE_ENTITY, says, typed));
    own_shown(application, own, at, not_done).await
}

/// Shares one, shares it no more, or throws it away.
pub async fn own_act(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    Path(keepsake): Path<Uuid>,
    fields: Fields,
) -> Result<Response, Refused> {
    check_own(&own, fields.text("csrf"))?;
    let id = command_id(&fields, own.language)?;
    match fields.text("act") {
        "share" => keepsakes::share(&application, &own, id, keepsake, true).await?,
        "unshare" => keepsakes::share(&application, &own, id, keepsake, false).await?,
        "remove" => keepsakes::remove(&application, &own, id, keepsake).await?,
        _other => return Err(Refused::NotFound),
    }
    Ok(Redirect::to("/my/keepsakes").into_response())
}

/// What one holds, for its owner.
pub async fn own_contents(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    Path(keepsake): Path<Uuid>,
) -> Result<Response, Refused> {
    let known = keepsakes::of(&application, own.patient).await?.state;
    let keepsake = known.one(keepsake).ok_or(Refused::NotFound)?;
    sent(&application, own.patient, keepsake).await
}

async fn sent(
    application: &Application,
    patient: PatientId,
    keepsake: &Keepsake,
) -> Result<Response, Refused> {
    let bytes = keepsakes::contents(application, patient, keepsake)
        .await?
        .ok_or(Refused::NotFound)?;
    let media = [(header::CONTENT_TYPE, keepsake.media.clone())];
    Ok((media, bytes).into_response())
}

/// What the person shares with the people who treat them.
// Hazard: H45
pub async fn page(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(patient): Path<PatientId>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let person = patients::read(&application, patient)
        .await?
        .ok_or(Refused::NotFound)?;
    let known = keepsakes::of(&application, patient).await?.state;
    let around = asked.around(Here::Patients, false);
    let mut lines = Vec::new();
    for keepsake in known.shared() {
        let at = around.clock().when(keepsake.at);
        lines.push(line(&application, patient, keepsake, at).await?);
    }
    let page = StaffKeepsakes::of(around, &person, patient, lines);
    read_by(&application, &viewer, patient, "open what a person shares").await?;
    Ok(html(page.html()).into_response())
}

/// What a shared one holds. One that is not shared is not there.
// Hazard: H45
pub async fn contents(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path((patient, keepsake)): Path<(PatientId, Uuid)>,
) -> Result<Response, Refused> {
    let known = keepsakes::of(&application, patient).await?.state;
    let keepsake = known
        .shared()
        .find(|known| known.keepsake == keepsake)
        .ok_or(Refused::NotFound)?;
    read_by(&application, &viewer, patient, "open what a person shares").await?;
    sent(&application, patient, keepsake).await
}
