//! A person takes their record with them: the book to read, and one file with the book, what
//! programs read, and what they kept. They do it on their own pages, or staff do it for them when
//! they ask; either is noted in the list of who has read.

use super::form::{Fields, Problem};
use super::guard::check_csrf;
use super::journey_book::{self, Reader};
use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::identity_strip::IdentityStrip;
use super::pages::take_away::{OwnRecord, StaffRecord, read_me};
use super::people::read_by;
use super::respond::Refused;
use super::typesetting;
use crate::application::Application;
use crate::fault::Fault;
use crate::identity::{Own, Viewer, Way};
use crate::patients::records_of;
use crate::{keepsakes, patients};
use anyhow::Context as _;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse, Response};
use clinical::course::keepsake::Form;
use clinical::leaflet::Language;
use clinical::record::{Actor, PatientId};
use exchange::fhir::{ResourceKind, collection};
use report::book::Book;
use std::io::{Cursor, Write as _};
use std::sync::Arc;
use store::{AuditEntry, ResourceSearch, SortOrder};
use units::Moment;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// How many resources are read from the store at once.
const AT_ONCE: usize = 500;

/// The kinds that a person takes away: what is about them, and not the clinic's devices.
const KINDS: [ResourceKind; 4] = [
    ResourceKind::Patient,
    ResourceKind::Encounter,
    ResourceKind::Observation,
    ResourceKind::MedicationAdministration,
];

/// The person's own page: what they can take, and who has read.
pub async fn own_page(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let asked = Asked::new(&application, None, &headers, &uri);
    let page = OwnRecord {
        frame: asked.own_frame(&own),
        on_the_tablet: own.way == Way::Tablet,
    };
    html(page.html()).into_response()
}

/// The clinic's tablet goes on to the next person: nothing is saved on it.
// Hazard: H72
pub(super) fn not_on_the_tablet(own: &Own) -> Result<(), Refused> {
    let says = match own.language {
        Language::English => {
            "This tablet is the clinic’s, and the next person holds it after you. Ask at the desk: staff make the file or the print for you, or open your own link on your phone."
        }
        Language::Spanish => {
            "Esta tableta es de la clínica, y después la usa otra persona. Pida en recepción que le hagan el archivo o la impresión, o abra su enlace en su teléfono."
        }
    };
    match own.way {
        Way::Tablet => Err(Refused::Ruled(says.to_owned())),
        Way::Link | Way::Account => Ok(()),
    }
}

async fn noted(
    application: &Application,
    actor: Actor,
    patient: PatientId,
    (action, detail): (&str, &str),
) -> Result<(), Fault> {
    let entry = AuditEntry {
        at: application.clock.now(),
        actor,
        action: action.to_owned(),
        patient: Some(patient),
        session: None,
        detail: detail.to_owned(),
    };
    application
        .store
        .add_audit(application.tenant, entry)
        .await
        .context("noting that a record was taken")?;
    Ok(())
}

/// Sets a book.
async fn set(book: Book) -> Result<Vec<u8>, Fault> {
    typesetting::set(move || report::book::book(&book)).await
}

fn file(media: &'static str, disposition: String, bytes: Vec<u8>) -> Response {
    let about = [
        (header::CONTENT_TYPE, media.to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    (about, bytes).into_response()
}

/// The book, for the person themself.
pub async fn own_book(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    not_on_the_tablet(&own)?;
    let asked = Asked::new(&application, None, &headers, &uri);
    let clinic = asked.around(Here::Elsewhere, false).clinic;
    let of = (own.language, &Reader::Person);
    let book = journey_book::of(&application, own.patient, of, clinic, asked.now())
        .await?
        .ok_or(Refused::NotFound)?;
    let pdf = set(book).await?;
    let taken = ("take the book", "");
    noted(&application, own.actor(), own.patient, taken).await?;
    let name = "inline; filename=\"book.pdf\"".to_owned();
    Ok(file("application/pdf", name, pdf))
}

/// The whole record as one file, for the person themself.
pub async fn own_file(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    not_on_the_tablet(&own)?;
    let asked = Asked::new(&application, None, &headers, &uri);
    let clinic = asked.around(Here::Elsewhere, false).clinic;
    let of = (own.language, &Reader::Person);
    let bytes = packed(&application, own.patient, of, clinic, asked.now()).await?;
    let taken = ("take the record away", "");
    noted(&application, own.actor(), own.patient, taken).await?;
    Ok(packed_file(bytes))
}

fn packed_file(bytes: Vec<u8>) -> Response {
    let name = "attachment; filename=\"my-record.zip\"".to_owned();
    file("application/zip", name, bytes)
}

/// The staff's page: a print of the book, and the file for whoever asks in person.
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
    read_by(
        &application,
        &viewer,
        patient,
        "open the copy of the record",
    )
    .await?;
    let around = asked.around(Here::Patients, false);
    let page = StaffRecord {
        strip: IdentityStrip::of(&person, around.now, around.zone),
        around,
        patient,
    };
    Ok(html(page.html()).into_response())
}

/// In which language somebody reads.
async fn language_of(application: &Application, patient: PatientId) -> Result<Language, Refused> {
    let person = patients::read(application, patient)
        .await?
        .ok_or(Refused::NotFound)?;
    Ok(person
        .contacts
        .map_or(Language::English, |contacts| contacts.language))
}

/// The book, printed by staff for the person.
pub async fn book(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(patient): Path<PatientId>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let clinic = asked.around(Here::Patients, false).clinic;
    let language = language_of(&application, patient).await?;
    let reader = Reader::Staff {
        name: viewer.name.clone(),
    };
    let of = (language, &reader);
    let book = journey_book::of(&application, patient, of, clinic, asked.now())
        .await?
        .ok_or(Refused::NotFound)?;
    let pdf = set(book).await?;
    read_by(&application, &viewer, patient, "print the book").await?;
    let name = "inline; filename=\"book.pdf\"".to_owned();
    Ok(file("application/pdf", name, pdf))
}

/// The whole record as one file, made by staff because the person asked for it.
// Hazard: H72
pub async fn hand_out(
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
        let says = "Nothing was made: this form belongs to somebody else's page. Reload it.";
        return Err(Problem::new("patient", says).into());
    }
    if fields.text("checked") != "yes" {
        let says =
            "Nothing was made: say that the person asked, and that you checked who they are.";
        return Err(Problem::new("checked", says).into());
    }
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let clinic = asked.around(Here::Patients, false).clinic;
    let language = language_of(&application, patient).await?;
    let reader = Reader::Staff {
        name: viewer.name.clone(),
    };
    let of = (language, &reader);
    let bytes = packed(&application, patient, of, clinic, asked.now()).await?;
    let how = "the person asked, and who they are was checked";
    let made = ("hand out the record", how);
    noted(&application, viewer.actor(), patient, made).await?;
    Ok(packed_file(bytes))
}

/// Everything in one file. The same record at the same moment gives the same bytes.
async fn packed(
    application: &Application,
    patient: PatientId,
    (language, reader): (Language, &Reader),
    clinic: &str,
    now: Moment,
) -> Result<Vec<u8>, Refused> {
    let (_, _, records) = records_of(application, patient)
        .await?
        .ok_or(Refused::NotFound)?;
    let book = journey_book::of(application, patient, (language, reader), clinic, now)
        .await?
        .ok_or(Refused::NotFound)?;
    let mut files = vec![
        ("book.pdf".to_owned(), set(book).await?),
        (
            "record.fhir.json".to_owned(),
            resources(application, &records, now).await?,
        ),
    ];
    for record in &records {
        let known = keepsakes::of(application, *record).await?.state;
        for item in &known.all {
            let theirs = *reader == Reader::Person || item.shared.is_some();
            if item.form == Form::Word || !theirs {
                continue;
            }
            if let Some(bytes) = keepsakes::contents(application, *record, item).await? {
                let number = files.len() - 1;
                let ends = ending(&item.media);
                files.push((format!("kept-{number}.{ends}"), bytes));
            }
        }
    }
    let clock = super::pages::clock_face::ClockFace {
        zone: &application.zone,
        now,
    };
    let tells = read_me(language, clinic, clock, files.len() > 2);
    files.insert(0, ("read-me.txt".to_owned(), tells.into_bytes()));
    Ok(zipped(&files).context("packing a record").map_err(Fault)?)
}

/// How the name of a file ends that holds this.
fn ending(media: &str) -> &'static str {
    match media.split(';').next().unwrap_or_default().trim() {
        "image/png" => "png",
        "image/jpeg" => "jpg",
        "image/webp" => "webp",
        "audio/webm" => "webm",
        "audio/ogg" => "ogg",
        "audio/mp4" => "m4a",
        "audio/mpeg" => "mp3",
        "audio/wav" | "audio/x-wav" => "wav",
        _other => "bin",
    }
}

fn zipped(files: &[(String, Vec<u8>)]) -> Result<Vec<u8>, zip::result::ZipError> {
    // No clock stands in the file: the book says when it was made.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(name.as_str(), options)?;
        archive.write_all(bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}

/// What programs read of these records, as one collection.
async fn resources(
    application: &Application,
    records: &[PatientId],
    now: Moment,
) -> Result<Vec<u8>, Fault> {
    let mut all = Vec::new();
    for kind in KINDS {
        let mut search = ResourceSearch {
            kind: kind.name().to_owned(),
            patients: records.to_vec(),
            order: SortOrder::OldestFirst,
            count: AT_ONCE,
            ..ResourceSearch::default()
        };
        if kind == ResourceKind::Patient {
            search.patients = Vec::new();
            search.ids = records.iter().map(ToString::to_string).collect();
        }
        loop {
            let page = application
                .store
                .search(application.tenant, &search)
                .await
                .context("reading what programs read")?;
            all.extend(page.resources.into_iter().map(|one| (kind.name(), one)));
            match page.next {
                Some(next) => search.after = Some(next),
                None => break,
            }
        }
    }
    let base = format!("{}/fhir", application.base_url);
    let entries = all
        .iter()
        .map(|(kind, one)| (*kind, one.id.as_str(), one.json.as_slice()));
    Ok(collection(&base, now, entries))
}
