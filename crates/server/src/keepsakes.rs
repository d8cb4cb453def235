//! What a person keeps of a session: sealed bytes under a key of their own each, so that what is
//! thrown away is gone.
//!
//! The record holds that something was kept and whether it is shared; the bytes lie sealed among
//! the documents; the key lies among the settings, where alone something can be overwritten.

use crate::application::Application;
use crate::fault::Fault;
use crate::identity::Own;
use crate::journey::{Change, Kept, Listed, change, read};
use crate::sealing::Key;
use crate::web::respond::Refused;
use anyhow::Context as _;
use clinical::course::keepsake::{Form, Keepsake, Keepsakes, Refusal};
use clinical::course::session::Session;
use clinical::leaflet::Language;
use clinical::record::{CommandId, Header, PatientId, SessionId};
use std::sync::Arc;
use store::{Document, ProjectionWrite};
use units::Moment;
use uuid::Uuid;

/// The largest that is kept: some minutes of a voice, a drawing on a large screen.
pub const LARGEST_KEEPSAKE: usize = 8 * 1024 * 1024;
/// The longest words, in characters.
pub const LONGEST_WORDS: usize = 20_000;
/// How many of a person's sessions are looked at for one that has just ended.
const LATEST: usize = 5;

impl Listed for Keepsakes {
    /// No list shows that there is one.
    // Hazard: H45
    fn rows(&self, _header: &Header) -> Vec<ProjectionWrite> {
        Vec::new()
    }
}

/// What somebody has kept.
pub async fn of(application: &Application, patient: PatientId) -> Result<Kept<Keepsakes>, Fault> {
    read::<Keepsakes>(application, patient.0).await
}

/// The session of which something can be kept now, and when its drug ended: the newest. None before
/// the first has ended.
pub async fn session_of(
    application: &Application,
    patient: PatientId,
) -> Result<Option<(SessionId, Moment)>, Fault> {
    let newest = newest_ended(application, patient).await?;
    Ok(newest.and_then(|(id, session)| {
        let ended = session.drug_ended_at()?;
        Some((id, ended))
    }))
}

/// The newest session of a person whose drug has ended, however long ago.
pub async fn newest_ended(
    application: &Application,
    patient: PatientId,
) -> Result<Option<(SessionId, Arc<Session>)>, Fault> {
    let rows = application
        .store
        .sessions_of(application.tenant, patient, LATEST)
        .await
        .context("reading a person's sessions")?;
    for row in rows {
        if let Some(session) = application.sessions.session(row.session).await?
            && session.drug_ended_at().is_some()
        {
            return Ok(Some((row.session, session)));
        }
    }
    Ok(None)
}

/// What bytes are, by their own beginning: what a sender says of them counts for nothing.
pub fn recognised(bytes: &[u8]) -> Option<(Form, &'static str)> {
    match bytes {
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some((Form::Drawing, "image/png")),
        [0xff, 0xd8, 0xff, ..] => Some((Form::Drawing, "image/jpeg")),
        [0x1a, 0x45, 0xdf, 0xa3, ..] => Some((Form::Voice, "audio/webm")),
        [b'O', b'g', b'g', b'S', ..] => Some((Form::Voice, "audio/ogg")),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => Some((Form::Voice, "audio/mp4")),
        [b'I', b'D', b'3', ..] | [0xff, 0xfb, ..] => Some((Form::Voice, "audio/mpeg")),
        _unknown => None,
    }
}

/// Named by the sealed bytes, so that a key never stands under the name of bytes that it does not
/// open, however often and at once the same form arrives.
fn key_name(digest: &str) -> String {
    format!("keepsake-key:{digest}")
}

/// Overwrites a key: what it sealed cannot be read again by anybody.
async fn forget_key(application: &Application, digest: &str) -> Result<(), Fault> {
    application
        .store
        .put_setting(application.tenant, &key_name(digest), "")
        .await
        .context("overwriting a keepsake's key")?;
    Ok(())
}

fn purpose(patient: PatientId, keepsake: Uuid) -> String {
    format!("keepsake {keepsake} of {patient}")
}

/// The name of what a form keeps.
pub fn name_of(command_id: CommandId) -> Uuid {
    Uuid::new_v5(&command_id.0, b"keepsake")
}

/// Keeps something for the person. It is theirs alone until they share it.
pub async fn keep(
    application: &Application,
    own: &Own,
    command_id: CommandId,
    (form, media): (Form, &'static str),
    plain: &[u8],
    prompt: Option<&str>,
) -> Result<(), Refused> {
    let now = application.clock.now();
    let told = |refusal| Refused::Ruled(says(refusal, own.language).to_owned());
    let Some((session, ended)) = session_of(application, own.patient).await? else {
        return Err(told(Refusal::NotYet));
    };
    // Made of the form's own number: the same form sent again is the same keepsake.
    let keepsake = name_of(command_id);
    let known = of(application, own.patient).await?.state;
    if let Some(before) = known.one(keepsake) {
        return same(application, own, before, media, plain).await;
    }
    let key = Key::new();
    let sealed = key.seal(&purpose(own.patient, keepsake), plain);
    let sealed = sealed.context("sealing a keepsake").map_err(Fault)?;
    let document = Document::new("application/octet-stream", sealed);
    let digest = hex::encode(document.digest);
    let new = Keepsake {
        keepsake,
        session,
        form,
        media: media.to_owned(),
        digest: digest.clone(),
        prompt: prompt.map(str::to_owned),
        at: now,
        shared: None,
    };
    // What is not kept leaves no key and no bytes.
    known.keep(new.clone(), Some(ended)).map_err(told)?;
    let (store, tenant) = (&application.store, application.tenant);
    // The key and the bytes are durable before the event that names them.
    store
        .put_setting(tenant, &key_name(&digest), &hex::encode(key.reveal()))
        .await
        .context("keeping a keepsake's key")
        .map_err(Fault)?;
    store
        .put_document(tenant, document)
        .await
        .context("keeping a keepsake")
        .map_err(Fault)?;
    let order = wanted(own, command_id, "keep something of a session");
    let kept = change(application, order, |known: &Keepsakes, _now| {
        known.keep(new.clone(), Some(ended)).map_err(told)
    })
    .await;
    // After a fault nobody knows whether the event that names the key was written: it stays.
    if let Err(Refused::Fault(fault)) = kept {
        return Err(Refused::Fault(fault));
    }
    let known = of(application, own.patient).await?.state;
    let before = known.one(keepsake);
    if before.is_some_and(|before| before.digest == digest) {
        return Ok(());
    }
    // Something else stood in the way, or the same form was faster: these bytes are named nowhere.
    forget_key(application, &digest).await?;
    kept?;
    match before {
        Some(before) => same(application, own, before, media, plain).await,
        None => Err(sent_before(own.language)),
    }
}

/// Whether a form that was kept before is sent again as it was; other contents under its number
/// are not dropped in silence.
// Hazard: H21
async fn same(
    application: &Application,
    own: &Own,
    before: &Keepsake,
    media: &str,
    plain: &[u8],
) -> Result<(), Refused> {
    let contents = contents(application, own.patient, before).await?;
    if before.media == media && contents.as_deref() == Some(plain) {
        Ok(())
    } else {
        Err(sent_before(own.language))
    }
}

/// Shown with what was typed, under a number of its own: sending it once more keeps it.
fn sent_before(language: Language) -> Refused {
    let says = match language {
        Language::English => "Not kept: this form was sent before. Send it once more.",
        Language::Spanish => "No se guardó: este formulario ya se envió. Envíelo otra vez.",
    };
    Refused::Ruled(says.to_owned())
}

fn wanted<'a>(own: &Own, command_id: CommandId, action: &'a str) -> Change<'a> {
    Change {
        command_id,
        actor: own.actor(),
        at: None,
        id: own.patient.0,
        // Who did what is read by staff: it does not say that somebody kept something.
        patient: None,
        session: None,
        action,
        wanted: String::new(),
    }
}

/// Shares one with the people who treat the person, or does not any more.
pub async fn share(
    application: &Application,
    own: &Own,
    command_id: CommandId,
    keepsake: Uuid,
    share: bool,
) -> Result<(), Refused> {
    let action = if share {
        "share a keepsake"
    } else {
        "share a keepsake no more"
    };
    change(
        application,
        wanted(own, command_id, action),
        |known: &Keepsakes, _now| {
            known
                .share(keepsake, share)
                .map_err(|refusal| Refused::Ruled(says(refusal, own.language).to_owned()))
        },
    )
    .await?;
    Ok(())
}

/// Throws one away: its key is overwritten, and what was kept cannot be read again by anybody.
///
/// The key goes first: where the server stops in between, the words are gone and can be thrown
/// away once more; the other way round the key would stay for ever.
pub async fn remove(
    application: &Application,
    own: &Own,
    command_id: CommandId,
    keepsake: Uuid,
) -> Result<(), Refused> {
    // The stream is the person's own: what is not among them is not theirs, or is gone already.
    let known = of(application, own.patient).await?.state;
    if let Some(known) = known.one(keepsake) {
        forget_key(application, &known.digest).await?;
    }
    change(
        application,
        wanted(own, command_id, "throw a keepsake away"),
        |known: &Keepsakes, _now| {
            known
                .remove(keepsake)
                .map_err(|refusal| Refused::Ruled(says(refusal, own.language).to_owned()))
        },
    )
    .await?;
    Ok(())
}

/// What one holds; none when its key or its bytes are gone.
pub async fn contents(
    application: &Application,
    patient: PatientId,
    keepsake: &Keepsake,
) -> Result<Option<Vec<u8>>, Fault> {
    let (store, tenant) = (&application.store, application.tenant);
    let key = store
        .setting(tenant, &key_name(&keepsake.digest))
        .await
        .context("reading a keepsake's key")?
        .and_then(|text| hex::decode(text).ok())
        .and_then(|bytes| Key::from_bytes(&bytes));
    let digest: Option<[u8; 32]> = hex::decode(&keepsake.digest)
        .ok()
        .and_then(|bytes| bytes.try_into().ok());
    let (Some(key), Some(digest)) = (key, digest) else {
        return Ok(None);
    };
    let document = store
        .document(tenant, &digest)
        .await
        .context("reading a keepsake")?;
    Ok(document
        .and_then(|document| key.open(&purpose(patient, keepsake.keepsake), &document.bytes)))
}

/// Why something was not kept or shared, in the person's language.
pub const fn says(refusal: Refusal, language: Language) -> &'static str {
    match (refusal, language) {
        (Refusal::NotYet, Language::English) => {
            "Not kept: this opens when your first session has ended. Come back then."
        }
        (Refusal::NotYet, Language::Spanish) => {
            "No se guardó: esto se abre cuando termine su primera sesión. Vuelva entonces."
        }
        (Refusal::TooMany, Language::English) => {
            "Not kept: there is no more room for this session. Throw one away first."
        }
        (Refusal::TooMany, Language::Spanish) => {
            "No se guardó: no hay más sitio para esta sesión. Tire antes una."
        }
        (Refusal::NoSuchKeepsake, Language::English) => {
            "Nothing was changed: this one is not here any more."
        }
        (Refusal::NoSuchKeepsake, Language::Spanish) => "No se cambió nada: esto ya no está aquí.",
    }
}
