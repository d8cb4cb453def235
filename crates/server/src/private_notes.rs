//! A therapist's private notes: opened with their own password for a while, sealed before they
//! reach the store, read by nobody else.

use crate::application::Application;
use crate::fault::Fault;
use crate::identity::{Proof, Viewer, prove_again, wait_after};
use crate::journey::{Change, Kept, Listed, change, read};
use crate::sealing::{Key, unwrap, wrap};
use crate::web::form::Problem;
use crate::web::respond::Refused;
use anyhow::Context as _;
use clinical::private_notes::{PrivateNotes, PrivateNotesEvent, Refusal};
use clinical::record::{CommandId, Header, PatientId, SessionId, StaffId};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use store::ProjectionWrite;
use units::{Moment, Span};
use uuid::Uuid;

/// Notes close by themselves after this much time without a look at them: a screen may be picked
/// up by others. The same as the clinic's tablet; safety reference 9.3.
const OPEN_FOR: Span = Span::from_minutes(15);
/// So many wrong earlier passwords are free; then the account waits.
const FREE_TRIES: u32 = 5;
/// The longest note, in characters.
pub const LONGEST_NOTE: usize = 20_000;

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self::Ruled(refusal.says().to_owned())
    }
}

impl Listed for PrivateNotes {
    /// No list shows that there is a note.
    // Hazard: H45
    fn rows(&self, _header: &Header) -> Vec<ProjectionWrite> {
        Vec::new()
    }
}

/// The keys of those whose notes are open, each for its own sign-in, in memory alone.
#[derive(Default)]
pub struct OpenKeys(Mutex<HashMap<[u8; 32], Open>>);

struct Open {
    staff: StaffId,
    keys: BTreeMap<u32, Key>,
    until: Moment,
}

impl OpenKeys {
    fn all(&self) -> MutexGuard<'_, HashMap<[u8; 32], Open>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The keys of a sign-in whose notes are open; looking at them keeps them open.
    fn of(&self, viewer: &Viewer, now: Moment) -> Option<BTreeMap<u32, Key>> {
        let mut all = self.all();
        all.retain(|_, open| open.until > now);
        let open = all.get_mut(&viewer.login)?;
        if open.staff != viewer.id {
            return None;
        }
        open.until = now + OPEN_FOR;
        Some(open.keys.clone())
    }

    fn put(&self, viewer: &Viewer, keys: BTreeMap<u32, Key>, now: Moment) {
        let open = Open {
            staff: viewer.id,
            keys,
            until: now + OPEN_FOR,
        };
        self.all().insert(viewer.login, open);
    }

    /// Closes the notes of a sign-in.
    pub fn close(&self, login: &[u8; 32]) {
        self.all().remove(login);
    }
}

/// What is sealed: the words, and whose session they are about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The session they are about, if they are about one.
    pub session: Option<SessionId>,
    /// Whose it was.
    pub patient: Option<PatientId>,
    /// The words.
    pub text: String,
}

/// A note, opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// When it was kept.
    pub at: Moment,
    /// What it holds.
    pub note: Note,
}

/// How an author's notes stand for their reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// They are closed; a password opens them.
    Closed {
        /// Nothing was ever kept: the password makes the first key.
        first: bool,
    },
    /// They are open.
    Open {
        /// Those that can be read, newest first.
        notes: Vec<Opened>,
        /// How many are sealed under an earlier password.
        sealed: usize,
    },
}

fn key_purpose(staff: StaffId, key: u32) -> String {
    format!("private key {key} of {staff}")
}

fn note_purpose(staff: StaffId, key: u32, note: Uuid) -> String {
    format!("private note {note} under key {key} of {staff}")
}

async fn of(application: &Application, viewer: &Viewer) -> Result<Kept<PrivateNotes>, Fault> {
    read::<PrivateNotes>(application, viewer.id.0).await
}

/// How the reader's own notes stand.
pub async fn standing(application: &Application, viewer: &Viewer) -> Result<Standing, Fault> {
    let kept = of(application, viewer).await?.state;
    let now = application.clock.now();
    let Some(keys) = application.private_keys.of(viewer, now) else {
        return Ok(Standing::Closed {
            first: kept.keys.is_empty(),
        });
    };
    let mut notes = Vec::new();
    let mut sealed = 0;
    for known in kept.notes.iter().rev() {
        let opened = keys.get(&known.key).and_then(|key| {
            let bytes = hex::decode(&known.sealed).ok()?;
            let plain = key.open(&note_purpose(viewer.id, known.key, known.note), &bytes)?;
            serde_json::from_slice(&plain).ok()
        });
        match opened {
            Some(note) => notes.push(Opened { at: known.at, note }),
            None => sealed += 1,
        }
    }
    Ok(Standing::Open { notes, sealed })
}

fn wrong(field: &str) -> Refused {
    Problem::new(
        field,
        "Not opened: this is not your password. Type it once more.",
    )
    .into()
}

fn waits(field: &str, wait: Span) -> Refused {
    let says = format!("Not opened: too many wrong passwords. Try again in {wait}.");
    Problem::new(field, says).into()
}

async fn proved(
    application: &Application,
    viewer: &Viewer,
    password: String,
) -> Result<(), Refused> {
    match prove_again(application, viewer, password).await? {
        Proof::Right(_) => Ok(()),
        Proof::Wrong => Err(wrong("password")),
        Proof::Wait(wait) => Err(waits("password", wait)),
    }
}

fn wanted<'a>(viewer: &Viewer, command_id: CommandId, action: &'a str) -> Change<'a> {
    Change {
        command_id,
        actor: viewer.actor(),
        at: None,
        id: viewer.id.0,
        // Whose session a note is about is nobody's business but its author's.
        patient: None,
        session: None,
        action,
        // Not even a plain digest of a private note is kept: short ones could be guessed from it.
        wanted: String::new(),
    }
}

/// Opens the reader's notes with their password; makes their first key where they have none.
pub async fn open(
    application: &Application,
    viewer: &Viewer,
    command_id: CommandId,
    password: String,
) -> Result<(), Refused> {
    proved(application, viewer, password.clone()).await?;
    let mut kept = of(application, viewer).await?.state;
    if kept.keys.is_empty() {
        make_key(application, viewer, command_id, password.clone()).await?;
        kept = of(application, viewer).await?.state;
    }
    let mut keys = BTreeMap::new();
    for (number, wrapped) in &kept.keys {
        let purpose = key_purpose(viewer.id, *number);
        let opened = unwrap(wrapped, password.clone(), &purpose).await;
        if let Some(key) = opened.context("opening a private key").map_err(Fault)? {
            keys.insert(*number, key);
        }
    }
    application
        .private_keys
        .put(viewer, keys, application.clock.now());
    Ok(())
}

async fn make_key(
    application: &Application,
    viewer: &Viewer,
    command_id: CommandId,
    password: String,
) -> Result<(), Refused> {
    let kept = of(application, viewer).await?.state;
    let number = kept.newest().map_or(1, |newest| newest + 1);
    let purpose = key_purpose(viewer.id, number);
    let wrapped = wrap(&Key::new(), password, &purpose).await;
    let wrapped = wrapped.context("sealing a private key").map_err(Fault)?;
    let order = wanted(viewer, command_id, "make a key for private notes");
    change(application, order, |notes: &PrivateNotes, _now| {
        notes.make_key(number, wrapped.clone())
    })
    .await?;
    Ok(())
}

/// Opens what is sealed under an earlier password, and seals its key under the present one.
///
/// Both are asked for: the present one proves who it is, the earlier one opens.
pub async fn open_earlier(
    application: &Application,
    viewer: &Viewer,
    command_id: CommandId,
    password: String,
    earlier: String,
) -> Result<(), Refused> {
    proved(application, viewer, password.clone()).await?;
    let (store, tenant) = (&application.store, application.tenant);
    let now = application.clock.now();
    let throttled = format!("private-notes:{}", viewer.id);
    let throttle = store
        .throttle(tenant, &throttled)
        .await
        .context("reading the throttle")
        .map_err(Fault)?;
    if let Some(until) = throttle.as_ref().and_then(|known| known.locked_until)
        && until > now
    {
        return Err(waits("earlier", until - now));
    }
    let kept = of(application, viewer).await?.state;
    let mut opened = Vec::new();
    for (number, wrapped) in &kept.keys {
        let purpose = key_purpose(viewer.id, *number);
        let key = unwrap(wrapped, earlier.clone(), &purpose).await;
        if let Some(key) = key.context("opening a private key").map_err(Fault)? {
            let wrapped = wrap(&key, password.clone(), &purpose).await;
            let wrapped = wrapped.context("sealing a private key").map_err(Fault)?;
            opened.push((*number, wrapped));
        }
    }
    if opened.is_empty() {
        let failures = throttle.map_or(0, |known| known.failures) + 1;
        let locked_until = wait_after(failures, FREE_TRIES).map(|wait| now + wait);
        store
            .set_throttle(tenant, &throttled, failures, locked_until)
            .await
            .context("writing the throttle")
            .map_err(Fault)?;
        let says = "Not opened: no note is sealed under this password. Nothing was changed.";
        return Err(Problem::new("earlier", says).into());
    }
    store
        .clear_throttle(tenant, &throttled)
        .await
        .context("clearing the throttle")
        .map_err(Fault)?;
    let order = wanted(viewer, command_id, "seal a private key anew");
    change(application, order, |notes: &PrivateNotes, _now| {
        let mut events: Vec<PrivateNotesEvent> = Vec::new();
        for (number, wrapped) in &opened {
            events.extend(notes.wrap_again(*number, wrapped.clone())?);
        }
        Ok::<_, Refusal>(events)
    })
    .await?;
    open(application, viewer, command_id, password).await
}

/// Makes a new key for the notes to come, where the newest one does not open any more. What is
/// sealed under the old ones stays sealed.
pub async fn begin_anew(
    application: &Application,
    viewer: &Viewer,
    command_id: CommandId,
    password: String,
) -> Result<(), Refused> {
    proved(application, viewer, password.clone()).await?;
    make_key(application, viewer, command_id, password.clone()).await?;
    open(application, viewer, command_id, password).await
}

/// True when the next note can be sealed: the newest key is open.
pub async fn can_write(application: &Application, viewer: &Viewer) -> Result<bool, Fault> {
    let newest = of(application, viewer).await?.state.newest();
    let keys = application
        .private_keys
        .of(viewer, application.clock.now())
        .unwrap_or_default();
    Ok(newest.is_some_and(|newest| keys.contains_key(&newest)))
}

/// Keeps a note. Refuses while the notes are closed.
pub async fn keep(
    application: &Application,
    viewer: &Viewer,
    command_id: CommandId,
    note: &Note,
) -> Result<(), Refused> {
    let closed = || Refused::Ruled("Not saved: your notes are closed. Open them again.".to_owned());
    let kept = of(application, viewer).await?.state;
    let number = kept.newest().ok_or_else(closed)?;
    let keys = application
        .private_keys
        .of(viewer, application.clock.now())
        .ok_or_else(closed)?;
    let key = keys.get(&number).ok_or_else(closed)?;
    let plain = serde_json::to_vec(note)
        .context("writing a private note")
        .map_err(Fault)?;
    let name = Uuid::now_v7();
    let sealed = key.seal(&note_purpose(viewer.id, number, name), &plain);
    let sealed = hex::encode(sealed.context("sealing a private note").map_err(Fault)?);
    // The same form with other words is refused and not dropped. The digest begins with the key:
    // whoever does not have it guesses nothing. Hazard: H21
    let words = Sha256::new_with_prefix(key.reveal()).chain_update(&plain);
    let order = Change {
        wanted: hex::encode(words.finalize()),
        ..wanted(viewer, command_id, "keep a private note")
    };
    change(application, order, |notes: &PrivateNotes, _now| {
        notes.keep(name, number, sealed.clone())
    })
    .await?;
    Ok(())
}
