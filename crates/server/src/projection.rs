//! What pages and programs read, folded from events: one function for each stream, used when an
//! event is committed and when everything is rebuilt from zero.

use crate::application::{Application, SINGLE_CLINIC};
use crate::clinic_outcomes;
use crate::devices::Devices;
use crate::fault::Fault;
use crate::journey::{Kept, Listed};
use crate::ledger::{ContainerRow, SyringeRow};
use crate::reporting;
use crate::safe::SafeRow;
use anyhow::Context;
use clinical::clinic::Clinic;
use clinical::course::booking::{Booked, DayBook, Standing};
use clinical::course::clearance::{Clearances, Lifts, Request, Review};
use clinical::course::consent::{Consent, Consents};
use clinical::course::follow_up::FollowUp;
use clinical::course::intake::Intake;
use clinical::course::integration::Integration;
use clinical::course::message::{Outgoing, Standing as Sending};
use clinical::course::outcomes::Outcomes;
use clinical::course::preparation::Preparation;
use clinical::course::reporting::Reporting;
use clinical::course::screening::person::Product;
use clinical::course::screening::{Acceptance, Decided, Level, first_end};
use clinical::course::session::{Session, SessionEvent, Stage};
use clinical::device::{Device, DeviceEvent, Registration};
use clinical::ledger::Container;
use clinical::ledger::safe::Safe;
use clinical::patient::{
    CivilDate, Known, Patient, RecordNumber, Registration as PatientRegistration, keys,
};
use clinical::record::{
    ContainerId, DeviceId, Envelope, Header, PatientId, Recorded, SessionId, StreamKind,
};
use exchange::fhir::{self, DeviceFacts};
use serde_json::json;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use store::{CourseRow, DeviceRow, PatientRow, ProjectionWrite, ResourceRow, SessionRow};
use units::Moment;
use uuid::Uuid;

/// How many events are read at once while rebuilding.
const PAGE: usize = 1_000;

/// Of several writes to one row the last; rows in the order in which they were first written.
pub fn newest_only(writes: Vec<ProjectionWrite>) -> Vec<ProjectionWrite> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut newest: Vec<ProjectionWrite> = Vec::new();
    for write in writes {
        match places.entry(row_name(&write)) {
            Entry::Occupied(known) => newest[*known.get()] = write,
            Entry::Vacant(new) => {
                new.insert(newest.len());
                newest.push(write);
            }
        }
    }
    newest
}

fn row_name(write: &ProjectionWrite) -> String {
    match write {
        ProjectionWrite::PutResource(row) => format!("resource {}/{}", row.kind, row.id),
        ProjectionWrite::RemoveResource { kind, id } => format!("resource {kind}/{id}"),
        ProjectionWrite::PutCourse(row) => format!("course {}/{}", row.part, row.id),
        ProjectionWrite::RemoveCourse { part, id } => format!("course {part}/{id}"),
        ProjectionWrite::PutSession(row) => format!("session {}", row.session.0),
        ProjectionWrite::PutPatient(row) => format!("patient {}", row.patient.0),
        ProjectionWrite::PutDevice(row) => format!("device {}", row.device.0),
    }
}

/// The rows that change with a session's newest event.
///
/// `devices` are those that may have charted in it.
pub fn after_session_event(session: &Session, devices: &KnownDevices) -> Vec<ProjectionWrite> {
    let Some(patient) = session.patient else {
        return Vec::new();
    };
    let open = !matches!(
        session.stage,
        Stage::Discharged | Stage::Cancelled | Stage::Signed
    );
    let row = SessionRow {
        session: session.id,
        patient,
        room: session.room.clone(),
        stage: session.stage_says().to_owned(),
        open,
        planned_for: session.planned_for.unwrap_or(Moment::from_microseconds(0)),
        version: session.version,
        summary: json!({
            "stage_since": session.stage_since,
            "started_at": session.infusion().and_then(|infusion| infusion.started_at()),
            "stopped_at": session.infusion().and_then(|infusion| infusion.stopped_at()),
            "dose": session.order.as_ref().map(|order| order.dose),
            "drug": session.order.as_ref().map(|order| order.drug.clone()),
            "delivered": delivered_at_the_end(session),
            "advisories": session.advisories.len(),
        })
        .to_string(),
    };
    let mut writes = vec![ProjectionWrite::PutSession(row)];
    writes.extend(
        fhir::resources_touched_by(
            session,
            session.version,
            &fhir::SessionFacts {
                devices: &devices.0,
            },
        )
        .into_iter()
        .map(|resource| ProjectionWrite::PutResource(resource_row(resource))),
    );
    writes.extend(late_entries_row(session, patient));
    writes.extend(clinic_outcomes::session_row(session, patient));
    writes.extend(reporting::rows_of_cards(session));
    writes
}

/// The part whose rows list sessions with entries that were recorded offline, or on paper.
pub const LATE_ENTRIES: &str = "late-entries";

/// The row of a session's late entries: due when the first of those that wait was recorded.
fn late_entries_row(session: &Session, patient: PatientId) -> Option<ProjectionWrite> {
    let late = session
        .entries
        .iter()
        .filter(|entry| entry.later.is_some())
        .count();
    if late == 0 {
        return None;
    }
    let waiting = session.waiting_for_review().count();
    Some(ProjectionWrite::PutCourse(CourseRow {
        part: LATE_ENTRIES.to_owned(),
        id: session.id.0,
        patient: Some(patient),
        state: if waiting > 0 { "waiting" } else { "looked-at" }.to_owned(),
        due: session
            .waiting_for_review()
            .map(|entry| entry.recorded_at)
            .min(),
        version: session.version,
        summary: json!({ "late": late, "waiting": waiting, "room": session.room }).to_string(),
    }))
}

/// What was given, once the infusion has ended; before that it changes with every second.
fn delivered_at_the_end(session: &Session) -> Option<units::Milligrams> {
    let infusion = session.infusion()?;
    infusion
        .stopped_at()
        .map(|end| infusion.delivered(end).amount.rounded(2))
}

/// The rows that change with a patient's newest event.
pub fn after_patient_event(
    patient: &Patient,
    version: u64,
    updated: Moment,
) -> Vec<ProjectionWrite> {
    let Some(registration) = &patient.registration else {
        return Vec::new();
    };
    let row = PatientRow {
        patient: registration.patient,
        record_number: registration.record_number.clone(),
        family_name: registration.family_name.clone(),
        given_name: registration.given_name.clone(),
        birth_date: registration.birth_date.to_string(),
        version,
        summary: match &patient.merged {
            None => json!({}),
            Some(merged) => json!({ "merged_into": merged.into }),
        }
        .to_string(),
    };
    let facts = fhir::PatientFacts {
        tenant: SINGLE_CLINIC,
        patient: registration.patient,
        registration: Some(registration),
        version,
        updated,
    };
    let mut writes = vec![
        ProjectionWrite::PutPatient(row),
        ProjectionWrite::PutResource(resource_row(fhir::patient(&facts))),
    ];
    writes.extend(likeness_rows(patient, registration, version));
    writes.extend(clinic_outcomes::record_row(
        patient,
        registration.patient,
        version,
    ));
    writes
}

/// The part whose rows find people who may be registered already.
pub const LIKENESS: &str = "likeness";

/// The state of a row by which somebody is found.
pub fn likeness_state(kind: &str, text: &str) -> String {
    format!("{kind} {text}")
}

/// One row for each text by which this person is found; what they no longer have is removed.
fn likeness_rows(
    patient: &Patient,
    registration: &PatientRegistration,
    version: u64,
) -> impl Iterator<Item = ProjectionWrite> {
    let known = keys(Known {
        registration,
        contacts: patient.contacts.as_ref(),
    });
    let patient = registration.patient;
    ["born", "phone", "email"].into_iter().map(move |kind| {
        let id = Uuid::new_v5(&patient.0, kind.as_bytes());
        let part = LIKENESS.to_owned();
        match known.iter().find(|(named, _)| *named == kind) {
            None => ProjectionWrite::RemoveCourse { part, id },
            Some((_, text)) => ProjectionWrite::PutCourse(CourseRow {
                part,
                id,
                patient: Some(patient),
                state: likeness_state(kind, text),
                due: None,
                version,
                summary: "{}".to_owned(),
            }),
        }
    })
}

impl Listed for Patient {
    fn rows(&self, header: &Header) -> Vec<ProjectionWrite> {
        after_patient_event(self, header.stream_version, header.recorded_at)
    }
}

impl Listed for Preparation {
    fn rows(&self, header: &Header) -> Vec<ProjectionWrite> {
        after_preparation(self, header)
    }
}

/// The row of a preparation, under its visit's session: due when the visit begins.
pub fn after_preparation(preparation: &Preparation, header: &Header) -> Vec<ProjectionWrite> {
    let Some(planned) = &preparation.planned else {
        return Vec::new();
    };
    let state = match (preparation.withdrawn, &preparation.checked_in) {
        (true, _) => "withdrawn",
        (false, None) => "open",
        (false, Some(_)) => "here",
    };
    vec![ProjectionWrite::PutCourse(CourseRow {
        part: "preparation".to_owned(),
        id: header.stream.id,
        patient: Some(planned.patient),
        state: state.to_owned(),
        due: Some(planned.starts),
        version: header.stream_version,
        summary: json!({
            "product": planned.product,
            "route": planned.route,
            "answered_at": preparation.answered_at,
        })
        .to_string(),
    })]
}

impl Listed for Outgoing {
    fn rows(&self, header: &Header) -> Vec<ProjectionWrite> {
        after_message(self, header)
    }
}

/// The row of a message: due when it is to be sent, or was.
pub fn after_message(outgoing: &Outgoing, header: &Header) -> Vec<ProjectionWrite> {
    let Some(message) = &outgoing.message else {
        return Vec::new();
    };
    let due = match &outgoing.standing {
        Sending::Waiting { due } => *due,
        Sending::Sent { at } => *at,
        Sending::None | Sending::Failed { .. } | Sending::Withdrawn => header.recorded_at,
    };
    vec![ProjectionWrite::PutCourse(CourseRow {
        part: "message".to_owned(),
        id: header.stream.id,
        patient: Some(message.patient),
        state: outgoing.standing.word().to_owned(),
        due: Some(due),
        version: header.stream_version,
        summary: json!({
            "kind": message.kind,
            "channel": message.channel,
            "session": message.session,
            "tries": outgoing.tries,
            "trouble": outgoing.trouble,
        })
        .to_string(),
    })]
}

impl Listed for DayBook {
    fn rows(&self, header: &Header) -> Vec<ProjectionWrite> {
        after_calendar(self, header.stream_version)
    }
}

/// The rows that change with a day's newest event.
///
/// `visit` has a row for each visit, under its session's id: what stands on another day now is
/// written by that day. `waiting` has one for each entry of the waiting list, `offer` one for each
/// chair that was offered, both under the entry's id.
pub fn after_calendar(day: &DayBook, version: u64) -> Vec<ProjectionWrite> {
    let put = |part: &str, id, patient, state: &str, due, summary| {
        ProjectionWrite::PutCourse(CourseRow {
            part: part.to_owned(),
            id,
            patient: Some(patient),
            state: state.to_owned(),
            due: Some(due),
            version,
            summary,
        })
    };
    let mut writes = Vec::new();
    let visit = day.touched_visit.and_then(|id| day.visits.get(&id));
    if let Some(Booked { visit, standing }) = visit
        && !matches!(standing, Standing::MovedAway { .. })
    {
        let summary = json!({
            "room": visit.place.room,
            "chair": visit.place.chair,
            "treatment_minutes": visit.treatment.minutes(),
            "recovery_minutes": visit.recovery.minutes(),
            "visit": visit,
        })
        .to_string();
        writes.push(put(
            "visit",
            visit.visit.0,
            visit.patient,
            standing.word(),
            visit.starts,
            summary,
        ));
    }
    let waiter = day.touched_entry.and_then(|id| day.waiting.get(&id));
    if let Some(waiter) = waiter {
        let waiting = &waiter.waiting;
        let state = if waiter.waits { "waiting" } else { "ended" };
        let due = waiting.could_come.from;
        let summary = json!({ "waiting": waiting }).to_string();
        let (id, patient) = (waiting.entry.0, waiting.patient);
        writes.push(put("waiting", id, patient, state, due, summary));
        if let Some(offered) = &waiter.offered {
            let taken = day.visits.contains_key(&offered.visit);
            let state = match (offered.declined, waiter.waits) {
                (true, _) => "declined",
                (false, true) => "open",
                (false, false) if taken => "accepted",
                (false, false) => "withdrawn",
            };
            let summary = json!({
                "visit": offered.visit,
                "room": offered.place.room,
                "chair": offered.place.chair,
                "starts": offered.starts,
                "minutes": (waiting.treatment + waiting.recovery).minutes(),
            })
            .to_string();
            writes.push(put("offer", id, patient, state, offered.answer_by, summary));
        }
    }
    writes
}

/// A number is found by itself.
impl Listed for RecordNumber {
    fn rows(&self, _header: &Header) -> Vec<ProjectionWrite> {
        Vec::new()
    }
}

/// Lists show nothing of the clinic itself: it is read whole.
impl Listed for Clinic {
    fn rows(&self, _header: &Header) -> Vec<ProjectionWrite> {
        Vec::new()
    }
}

/// The rows of a person's letters from outside: one for each request, whole.
fn after_clearance(file: &Clearances, header: &Header) -> Vec<ProjectionWrite> {
    let patient = PatientId(header.stream.id);
    let row = |request: &Request| {
        let paper = request.newest();
        let (state, due) = match paper.map(|paper| (&paper.review, paper.dated)) {
            _ if request.withdrawn.is_some() => ("withdrawn", None),
            None => match request.chase_on() {
                Some(on) => ("waiting", midnight(on)),
                None if request.asked.brought => ("to-take-in", Some(request.by.at)),
                None => ("to-send", Some(request.by.at)),
            },
            Some((Some(Review::Rejected { by, .. }), _)) => ("rejected", Some(by.at)),
            Some((Some(Review::Accepted { holds_days, .. }), Some(dated))) => {
                ("accepted", midnight(dated.plus_days(holds_days + 1)))
            }
            Some((None, Some(_))) => ("to-review", paper.map(|paper| paper.by.at)),
            Some((None | Some(Review::Accepted { .. }), None)) => {
                ("undated", paper.map(|paper| paper.by.at))
            }
        };
        let codes: Vec<&str> = request.asked.about.iter().map(Lifts::short).collect();
        CourseRow {
            part: "clearance".to_owned(),
            id: request.id.0,
            patient: Some(patient),
            state: state.to_owned(),
            due,
            version: header.stream_version,
            summary: json!({
                "about": codes,
                "from": request.asked.from,
                "recipient": request.asked.recipient.name,
                "dated": paper.and_then(|paper| paper.dated),
            })
            .to_string(),
        }
    };
    let rows = file.requests.iter().map(row);
    rows.map(ProjectionWrite::PutCourse).collect()
}

/// The beginning of a day, for sorting: which day it is where is said by the page.
fn midnight(day: CivilDate) -> Option<Moment> {
    Moment::parse(&format!("{day}T00:00:00Z")).ok()
}

impl Listed for Clearances {
    fn rows(&self, header: &Header) -> Vec<ProjectionWrite> {
        after_clearance(self, header)
    }
}

/// The part whose rows are containers of controlled drugs.
pub const CONTAINER: &str = "container";

/// The part whose rows are what was drawn into syringes; "open" until all of it is accounted for.
pub const SYRINGE: &str = "syringe";

/// The part whose rows are the lines of the book of controlled drugs, due when they came about.
pub const DRUG_LINE: &str = "drug-line";

/// The rows of a container: itself, its syringes, and the newest line of the book.
fn after_container(container: &Container, header: &Header) -> Vec<ProjectionWrite> {
    let Some(received) = &container.received else {
        return Vec::new();
    };
    let version = header.stream_version;
    let row = |part: &str, id, patient, state: &str, due, summary: String| {
        ProjectionWrite::PutCourse(CourseRow {
            part: part.to_owned(),
            id,
            patient,
            state: state.to_owned(),
            due,
            version,
            summary,
        })
    };
    let shown = ContainerRow::of(container, received);
    let mut rows = vec![row(
        CONTAINER,
        header.stream.id,
        None,
        shown.state(),
        midnight(received.label.expires.plus_days(1)),
        json!(shown).to_string(),
    )];
    rows.extend(container.syringes.iter().map(|syringe| {
        let shown = SyringeRow::of(ContainerId(header.stream.id), received, syringe);
        row(
            SYRINGE,
            syringe.id.0,
            Some(syringe.patient),
            if syringe.is_open() { "open" } else { "closed" },
            Some(syringe.drawn_at),
            json!(shown).to_string(),
        )
    }));
    rows.extend(container.newest.iter().map(|line| {
        row(
            DRUG_LINE,
            header.event_id.0,
            None,
            "line",
            Some(line.at),
            json!(line).to_string(),
        )
    }));
    rows
}

/// The part whose one row says who the registrant is, and when was counted and matched last.
pub const SAFE: &str = "drug-safe";

/// The part whose rows are sessions in which ledger, order and record did not agree.
pub const DRUG_CASE: &str = "drug-case";

/// The part whose rows are inventories.
pub const DRUG_INVENTORY: &str = "drug-inventory";

/// The rows that change with the newest event about everything under lock.
fn after_safe(safe: &Safe, header: &Header) -> Vec<ProjectionWrite> {
    let row = |part: &str, id, patient, state: &str, due, summary: String| {
        ProjectionWrite::PutCourse(CourseRow {
            part: part.to_owned(),
            id,
            patient,
            state: state.to_owned(),
            due,
            version: header.stream_version,
            summary,
        })
    };
    let shown = SafeRow::of(safe);
    let mut rows = vec![row(
        SAFE,
        header.stream.id,
        None,
        "safe",
        None,
        json!(shown).to_string(),
    )];
    let touched = safe.touched.and_then(|case| safe.cases.get(&case));
    rows.extend(touched.map(|case| {
        row(
            DRUG_CASE,
            case.session.0,
            Some(case.patient),
            if case.is_open() { "open" } else { "closed" },
            Some(case.discovered_at),
            json!(case).to_string(),
        )
    }));
    let taken = safe.inventory.as_ref();
    rows.extend(
        taken
            .filter(|taken| taken.event == header.event_id)
            .map(|taken| {
                row(
                    DRUG_INVENTORY,
                    header.event_id.0,
                    None,
                    "taken",
                    Some(taken.at),
                    json!(taken).to_string(),
                )
            }),
    );
    rows
}

impl Listed for Safe {
    fn rows(&self, header: &Header) -> Vec<ProjectionWrite> {
        after_safe(self, header)
    }
}

impl Listed for Container {
    fn rows(&self, header: &Header) -> Vec<ProjectionWrite> {
        after_container(self, header)
    }
}

/// The rows of a person's consents: one for each medicine.
///
/// "given" is due at the end of the last day on which it holds by the rules of the day on which
/// it was signed. Whether it is in force is asked anew: [`crate::consent::standing`].
fn after_consent(consents: &Consents, header: &Header) -> Vec<ProjectionWrite> {
    let patient = PatientId(header.stream.id);
    let row = |consent: &Consent| {
        let minor = consent.guardian.is_some();
        let signature = consent.signature(minor);
        let complete = consent.clinician.is_some() && (!minor || consent.assent.is_some());
        let until = signature.and_then(|known| known.until(known.holds_months));
        let asks = consents.open_questions(consent.product).next().is_some();
        let state = match signature {
            _ if consent.withdrawn => "withdrawn",
            Some(_) if complete => "given",
            _ if asks => "question",
            Some(_) => "to-countersign",
            None => "to-sign",
        };
        CourseRow {
            part: "consent".to_owned(),
            id: Uuid::new_v5(&patient.0, consent.product.word().as_bytes()),
            patient: Some(patient),
            state: state.to_owned(),
            due: until
                .filter(|_| state == "given")
                .and_then(|until| midnight(until.plus_days(1))),
            version: header.stream_version,
            summary: json!({
                "product": consent.product,
                "until": until,
                "questions": consents.open_questions(consent.product).count(),
            })
            .to_string(),
        }
    };
    let known = Product::ALL.iter().copied();
    let touched = known.filter_map(|product| match consents.of(product) {
        Some(consent) => Some(row(consent)),
        // Whoever asks before anything is signed waits for an answer too.
        None => {
            let asked = consents.questions.iter().any(|one| one.product == product);
            asked.then(|| row(&Consent::new(product)))
        }
    });
    touched.map(ProjectionWrite::PutCourse).collect()
}

impl Listed for Consents {
    fn rows(&self, header: &Header) -> Vec<ProjectionWrite> {
        after_consent(self, header)
    }
}

/// The rows of a person's history: how far it is told, and what in it needs a person today.
///
/// `flag` has one row for a person, open while anything called for waits for someone.
fn after_intake(intake: &Intake, header: &Header) -> Vec<ProjectionWrite> {
    let id = header.stream.id;
    let put = |part: &str, state: &str, due, summary: serde_json::Value| {
        ProjectionWrite::PutCourse(CourseRow {
            part: part.to_owned(),
            id,
            patient: Some(PatientId(id)),
            state: state.to_owned(),
            due,
            version: header.stream_version,
            summary: summary.to_string(),
        })
    };
    let state = match (&intake.submitted, intake.is_empty()) {
        (Some(_), _) => "submitted",
        (None, false) => "under-way",
        (None, true) => "not-begun",
    };
    let summary = json!({
        "submitted_at": intake.submitted.as_ref().map(|witness| witness.at),
        "open_questions": intake.open_questions().count(),
    });
    let mut rows = vec![put("intake", state, None, summary)];
    if !intake.attentions.is_empty() {
        let open = intake.open_attentions();
        let says: Vec<&str> = open.iter().map(|one| one.says.as_str()).collect();
        let since = open.iter().map(|one| one.at).min();
        let state = if open.is_empty() { "seen" } else { "open" };
        let urgency = open.first().map(|one| one.urgency);
        rows.push(put(
            "flag",
            state,
            since,
            json!({ "says": says, "urgency": urgency }),
        ));
    }
    rows.extend(clinic_outcomes::history_row(intake, header));
    if header.stream_version.is_multiple_of(KEPT_EVERY) {
        rows.extend(kept_history(intake, header));
    }
    rows
}

/// The part whose rows hold histories as they stood after some event.
pub const KEPT_HISTORY: &str = "history-kept";

/// After so many events of a history it is kept as it stands.
const KEPT_EVERY: u64 = 16;

/// In which shape it is written. Another shape, or another meaning of an event, needs another word
/// here: what was kept in an old one is then read from the events.
const KEPT_SHAPE: &str = "1";

/// The row that holds a history as it stands. It belongs to nobody's list, and is large.
fn kept_history(intake: &Intake, header: &Header) -> Option<ProjectionWrite> {
    Some(ProjectionWrite::PutCourse(CourseRow {
        part: KEPT_HISTORY.to_owned(),
        id: header.stream.id,
        patient: None,
        state: KEPT_SHAPE.to_owned(),
        due: None,
        version: header.stream_version,
        summary: serde_json::to_string(intake).ok()?,
    }))
}

/// What was kept of each person's history; of version 0 where nothing was, or not in the shape of
/// today.
pub async fn kept_histories(
    application: &Application,
    ids: &[PatientId],
) -> Result<Vec<Kept<Intake>>, Fault> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = application
        .store
        .course_rows_named(application.tenant, KEPT_HISTORY, &ids)
        .await
        .context("reading what was kept of histories")?;
    let kept = rows.into_iter().map(|row| {
        let row = row.filter(|row| row.state == KEPT_SHAPE)?;
        let state = serde_json::from_str(&row.summary).ok()?;
        let version = row.version;
        Some(Kept { state, version })
    });
    Ok(kept.map(Option::unwrap_or_default).collect())
}

impl Listed for Intake {
    fn rows(&self, header: &Header) -> Vec<ProjectionWrite> {
        after_intake(self, header)
    }
}

/// The row of a person's acceptance for treatment.
fn after_screening(acceptance: &Acceptance, header: &Header) -> Vec<ProjectionWrite> {
    let Some(latest) = &acceptance.latest else {
        return Vec::new();
    };
    let state = match (&acceptance.decided, acceptance.is_accepted()) {
        (Some(Decided::Declined { .. }), _) => "declined",
        (Some(Decided::Confirmed { .. }), true) => "accepted",
        (Some(Decided::Confirmed { .. }) | None, _) => match latest.level {
            Level::Incomplete => "incomplete",
            level if level.blocks() => "blocked",
            _ => "to-decide",
        },
    };
    let blocking: Vec<&str> = latest.blocking().map(|found| found.rule.short()).collect();
    let until = first_end(latest).filter(|_| state == "accepted");
    vec![ProjectionWrite::PutCourse(CourseRow {
        part: "screening".to_owned(),
        id: header.stream.id,
        patient: Some(PatientId(header.stream.id)),
        state: state.to_owned(),
        due: until.and_then(|until| midnight(until.plus_days(1))),
        version: header.stream_version,
        summary: json!({
            "asked_at": latest.at,
            "product": latest.visit.product,
            "route": latest.visit.route,
            "blocking": blocking,
            "until": until,
            // What asking everybody again compares with, without opening every record.
            "answer": latest.in_short(),
        })
        .to_string(),
    })]
}

impl Listed for Acceptance {
    fn rows(&self, header: &Header) -> Vec<ProjectionWrite> {
        after_screening(self, header)
    }
}

/// The rows that change with a device's newest events.
pub fn after_device_events(device: &Device, version: u64, updated: Moment) -> Vec<ProjectionWrite> {
    let Some(registration) = &device.registration else {
        return Vec::new();
    };
    let row = DeviceRow {
        device: registration.device,
        wire_key: registration.wire_key.clone(),
        name: registration.name.clone(),
        version,
        summary: json!({
            "profile": registration.profile,
            "room": device.room_now(),
            "session": device.session_now(),
        })
        .to_string(),
    };
    let facts = device_facts(registration, version, updated);
    vec![
        ProjectionWrite::PutDevice(row),
        ProjectionWrite::PutResource(resource_row(fhir::device(&facts))),
    ]
}

fn device_facts(registration: &Registration, version: u64, updated: Moment) -> DeviceFacts {
    DeviceFacts {
        tenant: SINGLE_CLINIC,
        device: registration.device,
        wire_key: registration.wire_key.clone(),
        name: registration.name.clone(),
        version,
        updated,
    }
}

/// The clinic's devices, by their key on the wire.
#[derive(Default)]
pub struct KnownDevices(BTreeMap<String, DeviceFacts>);

impl KnownDevices {
    /// Every registered device that this server holds.
    pub fn of(devices: &Devices) -> Self {
        let mut known = Self::default();
        for located in devices.all() {
            let held = located.lock();
            if let Some(registration) = &held.device.registration {
                known.put(registration);
            }
        }
        known
    }

    /// Only what a resource says of a device counts here: who it is, never when it changed.
    fn put(&mut self, registration: &Registration) {
        let epoch = Moment::from_microseconds(0);
        self.0.insert(
            registration.wire_key.clone(),
            device_facts(registration, 0, epoch),
        );
    }
}

fn resource_row(resource: fhir::Resource) -> ResourceRow {
    let tokens = resource
        .tokens
        .iter()
        .map(|token| token_text(token.parameter, &token.value));
    ResourceRow {
        kind: resource.kind.name().to_owned(),
        id: resource.id,
        patient: resource.patient,
        session: resource.session,
        codes: resource.codes.into_iter().chain(tokens).collect(),
        effective: resource.effective,
        effective_until: resource.effective_until,
        updated: resource.updated,
        version: resource.version,
        json: resource.json,
    }
}

/// How a token of another parameter than `code` stands among a resource's tokens.
///
/// A code never holds a tabulator, so that the two kinds never meet.
pub fn token_text(parameter: &str, value: &str) -> String {
    format!("{parameter}\t{value}")
}

/// Empties every projection and makes it again from the log.
///
/// Says how many events it read. The result has the same bytes as the live one:
/// [`store::Store::projection_digest`] tells.
pub async fn rebuild(application: &Application) -> Result<u64, Fault> {
    let (store, tenant) = (&application.store, application.tenant);
    store
        .clear_projections(tenant)
        .await
        .context("emptying the projections")?;
    let mut folds = Folds::default();
    let mut after = 0;
    loop {
        let page = store
            .events(tenant, after, PAGE)
            .await
            .context("reading the log")?;
        let Some(last) = page.last() else {
            return Ok(after);
        };
        after = last.header.position;
        let mut writes = Vec::new();
        for envelope in &page {
            writes.extend(folds.take(envelope)?);
        }
        store
            .write_projections(tenant, writes)
            .await
            .context("writing the projections")?;
    }
}

/// Every stream of one kind, folded as far as the log has been read.
struct Streams<A>(HashMap<Uuid, A>);

impl<A> Default for Streams<A> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<A: Listed> Streams<A> {
    fn take(&mut self, envelope: &Envelope) -> Result<Vec<ProjectionWrite>, Fault> {
        let header = &envelope.header;
        let state = self.0.entry(header.stream.id).or_default();
        state.take(header, &A::Event::read(envelope)?);
        Ok(state.rows(header))
    }
}

/// Every stream, folded as far as the log has been read.
#[derive(Default)]
struct Folds {
    sessions: HashMap<SessionId, Session>,
    patients: Streams<Patient>,
    calendar: Streams<DayBook>,
    acceptances: Streams<Acceptance>,
    clearances: Streams<Clearances>,
    consents: Streams<Consents>,
    intakes: Streams<Intake>,
    messages: Streams<Outgoing>,
    preparations: Streams<Preparation>,
    follow_ups: Streams<FollowUp>,
    outcomes: Streams<Outcomes>,
    integrations: Streams<Integration>,
    reports: Streams<Reporting>,
    containers: Streams<Container>,
    safes: Streams<Safe>,
    devices: HashMap<DeviceId, Device>,
    known: KnownDevices,
}

impl Folds {
    fn take(&mut self, envelope: &Envelope) -> Result<Vec<ProjectionWrite>, Fault> {
        let header = &envelope.header;
        let id = header.stream.id;
        Ok(match header.stream.kind {
            StreamKind::Session => {
                let id = SessionId(id);
                let session = self.sessions.entry(id).or_insert_with(|| Session::new(id));
                session.apply(header, SessionEvent::read(envelope)?);
                let writes = after_session_event(session, &self.known);
                if session.stage == Stage::Signed {
                    self.sessions.remove(&id);
                }
                writes
            }
            StreamKind::Patient => self.patients.take(envelope)?,
            StreamKind::Calendar => self.calendar.take(envelope)?,
            StreamKind::Screening => self.acceptances.take(envelope)?,
            StreamKind::Clearance => self.clearances.take(envelope)?,
            StreamKind::Consent => self.consents.take(envelope)?,
            StreamKind::Intake => self.intakes.take(envelope)?,
            StreamKind::Message => self.messages.take(envelope)?,
            StreamKind::Preparation => self.preparations.take(envelope)?,
            StreamKind::FollowUp => self.follow_ups.take(envelope)?,
            StreamKind::Outcomes => self.outcomes.take(envelope)?,
            StreamKind::Integration => self.integrations.take(envelope)?,
            StreamKind::Reporting => self.reports.take(envelope)?,
            StreamKind::Container => self.containers.take(envelope)?,
            StreamKind::Safe => self.safes.take(envelope)?,
            StreamKind::Device => {
                let device = self.devices.entry(DeviceId(id)).or_default();
                device.apply(&DeviceEvent::read(envelope)?);
                if let Some(registration) = &device.registration {
                    self.known.put(registration);
                }
                after_device_events(device, header.stream_version, header.recorded_at)
            }
            StreamKind::Clinic
            | StreamKind::RecordNumber
            | StreamKind::Wishes
            | StreamKind::Correspondence
            | StreamKind::Escort
            | StreamKind::Keepsakes
            | StreamKind::Notes
            | StreamKind::Prediction
            | StreamKind::PrivateNotes => Vec::new(),
        })
    }
}
