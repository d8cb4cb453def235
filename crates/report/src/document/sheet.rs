//! The record as the template reads it: words and numbers as they are printed.

use crate::chart::reading::{self, Sign};
use crate::chart::words::{actor, clock, role_says};
use clinical::course::note::{self, Notes};
use clinical::course::session::experience::support_says;
use clinical::course::session::state::{Advisory, Corrected};
use clinical::course::session::{
    Answer, Correction, Entry, FastingAnswers, Identifier, Monitoring, Override, Session,
    SessionEvent, Stage, VitalSigns,
};
use clinical::patient::{CivilDate, Patient, Sex};
use clinical::policy::{Gate, Outcome, Verdict};
use clinical::record::Recorded as _;
use jiff::tz::TimeZone;
use serde::Serialize;
use std::borrow::Cow;
use units::Moment;

/// Everything on the sheets.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Sheet {
    pub clinic: String,
    pub session: String,
    pub software: String,
    pub version: u64,
    pub hash: String,
    pub signed: bool,
    pub stage: String,
    pub as_of: String,
    pub day: (i32, u8, u8),
    pub person: Person,
    pub visit: Vec<(String, String)>,
    pub order: Vec<(String, String)>,
    pub gates: Vec<GatePassed>,
    pub chart: String,
    pub chart_says: String,
    /// What stands under the chart of what was predicted; empty where nothing was shown.
    pub predicted: Vec<String>,
    pub drug: Option<Drug>,
    pub course: Vec<Happened>,
    pub vital_signs: Vec<SetOfSigns>,
    pub scores: Vec<Happened>,
    pub remarks: Vec<Happened>,
    pub advisories: Vec<Raised>,
    pub corrections: Vec<Change>,
    pub notes: Vec<Written>,
    pub signatures: Vec<Signature>,
}

/// What a clinician wrote and signed, or added afterwards.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Written {
    pub heading: String,
    pub lines: Vec<String>,
    pub struck: bool,
    pub means: String,
    pub by: String,
    pub at: String,
    pub digest: String,
}

/// The banner.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Person {
    pub name: String,
    pub record_number: String,
    pub born: String,
    pub sex: String,
    pub weight: String,
    pub allergies: String,
}

/// A gate's answer, and who passed it although closed.
#[derive(Clone, Debug, Serialize)]
pub(super) struct GatePassed {
    pub gate: &'static str,
    pub at: String,
    pub overridden: Option<String>,
    pub findings: Vec<(String, String, String, String)>,
}

/// What was given.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Drug {
    pub name: String,
    pub total: String,
    pub per_kilogram: String,
    pub ordered: String,
    pub from: String,
    pub to: String,
    pub stretches: Vec<(String, String, String, String)>,
}

/// One line: when, what, what it said before, by whom.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Happened {
    pub number: String,
    pub at: String,
    pub what: String,
    pub value: String,
    pub struck: Vec<String>,
    pub by: String,
}

/// A set of vital signs, each sign in its column.
#[derive(Clone, Debug, Serialize)]
pub(super) struct SetOfSigns {
    pub at: String,
    pub columns: Vec<Cell>,
    pub source: String,
    pub by: String,
}

/// A value and what stood there before.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Cell {
    pub value: String,
    pub struck: Vec<String>,
}

/// An advisory.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Raised {
    pub number: u32,
    pub at: String,
    pub priority: String,
    pub says: String,
    pub seen: String,
    pub ended: String,
}

/// A correction with both values.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Change {
    pub of: String,
    pub what: &'static str,
    pub wrong: String,
    pub right: String,
    pub reason: String,
    pub by: String,
    pub at: String,
}

/// A signature.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Signature {
    pub statement: String,
    pub by: String,
    pub at: String,
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// `2 Mar 1984`.
fn day(date: CivilDate) -> String {
    let month = MONTHS
        .get(usize::from(date.month()).saturating_sub(1))
        .unwrap_or(&"");
    format!("{} {month} {}", date.day(), date.year())
}

/// `3 Nov 2026, 10:04`.
fn stamp(at: Moment, zone: &TimeZone) -> String {
    let zoned = at.timestamp().to_zoned(zone.clone());
    zoned.strftime("%-d %b %Y, %H:%M").to_string()
}

fn civil(at: Moment, zone: &TimeZone) -> Option<CivilDate> {
    let zoned = at.timestamp().to_zoned(zone.clone());
    CivilDate::new(
        zoned.year(),
        zoned.month().unsigned_abs(),
        zoned.day().unsigned_abs(),
    )
    .ok()
}

pub(super) fn sheet(
    session: &Session,
    (patient, notes): (&Patient, &Notes),
    leaf: &[u8; 32],
    clinic: &str,
    zone: &TimeZone,
    at: Moment,
    chart: String,
) -> Sheet {
    let today = civil(at, zone);
    let mut entries: Vec<&Entry> = session.entries.iter().collect();
    entries.sort_by_key(|entry| (entry.occurred_at, entry.version));
    let chart_says = chart
        .split_once("<desc id=\"chart-desc\">")
        .and_then(|(_, rest)| rest.split_once("</desc>"))
        .map_or_else(String::new, |(says, _)| {
            says.replace('\u{a0}', " ").replace("&amp;", "&")
        });
    Sheet {
        clinic: clinic.to_owned(),
        session: session.id.to_string(),
        software: format!("Evenkeel {}", env!("CARGO_PKG_VERSION")),
        version: session.version,
        hash: leaf.iter().map(|byte| format!("{byte:02x}")).collect(),
        signed: session.stage == Stage::Signed,
        stage: session.stage_says().to_owned(),
        as_of: stamp(at, zone),
        day: today.map_or((1970, 1, 1), |today| {
            (i32::from(today.year()), today.month(), today.day())
        }),
        person: person(patient, today, zone),
        visit: visit(session, &entries, zone),
        order: order(session),
        gates: entries
            .iter()
            .filter_map(|entry| gate(entry, zone))
            .collect(),
        chart,
        chart_says,
        predicted: Vec::new(),
        drug: drug(session, &entries, at, zone),
        course: entries
            .iter()
            .filter_map(|entry| course(entry, zone))
            .collect(),
        vital_signs: entries
            .iter()
            .filter_map(|entry| set_of_signs(entry, zone))
            .collect(),
        scores: entries
            .iter()
            .filter_map(|entry| score(entry, zone))
            .collect(),
        remarks: remarks(&entries, zone),
        advisories: raised(session, zone),
        corrections: entries
            .iter()
            .flat_map(|entry| changes(entry, zone))
            .collect(),
        notes: written(notes, zone),
        signatures: entries
            .iter()
            .filter_map(|entry| match &entry.event {
                SessionEvent::SessionSigned { statement } => Some(Signature {
                    statement: statement.clone(),
                    by: charted_by(entry),
                    at: stamp(entry.occurred_at, zone),
                }),
                _other => None,
            })
            .collect(),
    }
}

/// The signed notes, each with what was added to it.
fn written(notes: &Notes, zone: &TimeZone) -> Vec<Written> {
    let one = |heading: String, text: &str, struck: bool, signature: &note::Signature| Written {
        heading,
        lines: text.lines().map(str::to_owned).collect(),
        struck,
        means: signature.means.clone(),
        by: format!("{} ({})", signature.name, role_says(signature.role)),
        at: stamp(signature.at, zone),
        digest: signature.digest.clone(),
    };
    notes
        .signed()
        .filter_map(|note| Some((note, note.signed.as_ref()?)))
        .flat_map(|(note, (signature, _))| {
            let own = one(
                format!("Note by {}", note.name),
                &note.text,
                note.is_struck(),
                signature,
            );
            let addenda = note.addenda.iter().map(|addendum| {
                let what = if addendum.strikes {
                    "Taken back"
                } else {
                    "Addendum"
                };
                let heading = format!("{what}: note by {}", note.name);
                one(heading, &addendum.text, false, &addendum.signature)
            });
            std::iter::once(own).chain(addenda).collect::<Vec<_>>()
        })
        .collect()
}

fn person(patient: &Patient, today: Option<CivilDate>, zone: &TimeZone) -> Person {
    let unknown = || "not registered".to_owned();
    let who = patient.registration.as_ref();
    let age = today.and_then(|today| patient.age(today));
    Person {
        name: patient.banner_name().unwrap_or_else(unknown),
        record_number: who.map_or_else(unknown, |who| who.record_number.clone()),
        born: who.map_or_else(unknown, |who| {
            let born = day(who.birth_date);
            age.map_or_else(|| born.clone(), |age| format!("{born} ({age} y)"))
        }),
        sex: who
            .map_or("not known", |who| match who.sex {
                Sex::Female => "female",
                Sex::Male => "male",
                Sex::Other => "other",
                Sex::Unknown => "not known",
            })
            .to_owned(),
        weight: patient.body_weight().map_or_else(
            || "not measured".to_owned(),
            |weight| {
                format!(
                    "{}, measured {} by {}",
                    weight.kilograms,
                    stamp(weight.at, zone),
                    weight.by
                )
            },
        ),
        // "None known" and "not asked" stay different words on paper. Hazard: H24
        allergies: patient.allergies.to_string(),
    }
}

fn pair(name: &str, value: impl Into<String>) -> (String, String) {
    (name.to_owned(), value.into())
}

fn answer(answer: Answer<Moment>, zone: &TimeZone) -> String {
    match answer {
        Answer::NotAsked => "not asked".to_owned(),
        Answer::NotSure => "asked, not sure".to_owned(),
        Answer::NoneSuch => "none".to_owned(),
        Answer::Is(at) => stamp(at, zone),
    }
}

fn fasting(fasting: &FastingAnswers, zone: &TimeZone) -> String {
    format!(
        "clear liquid: {}; light meal: {}; heavy meal: {}",
        answer(fasting.clear_liquid, zone),
        answer(fasting.light_meal, zone),
        answer(fasting.heavy_meal, zone)
    )
}

const fn identifier(identifier: Identifier) -> &'static str {
    match identifier {
        Identifier::FullName => "full name",
        Identifier::BirthDate => "date of birth",
        Identifier::RecordNumber => "record number",
        Identifier::Photo => "photo",
        Identifier::Address => "address",
    }
}

fn visit(session: &Session, entries: &[&Entry], zone: &TimeZone) -> Vec<(String, String)> {
    let mut lines = vec![
        pair("Room", session.room.clone()),
        pair(
            "Planned for",
            session
                .planned_for
                .map_or_else(|| "not planned".to_owned(), |at| stamp(at, zone)),
        ),
        pair("Sessions before", session.earlier_sessions.to_string()),
        pair("Last ate and drank", fasting(&session.fasting, zone)),
        pair(
            "Goes home with",
            session
                .escort
                .clone()
                .unwrap_or_else(|| "not known".to_owned()),
        ),
    ];
    let way = session.way();
    for entry in entries {
        match &entry.event {
            SessionEvent::IdentityConfirmed { identifiers } => {
                let named: Vec<&str> = identifiers.iter().map(|known| identifier(*known)).collect();
                lines.push(pair(
                    "Identity confirmed",
                    format!(
                        "{}: {}, {}",
                        clock(entry.occurred_at, zone),
                        named.join(", "),
                        actor(&entry.actor)
                    ),
                ));
            }
            SessionEvent::TimeOutCompleted {
                lines: read,
                monitoring,
            } => {
                let how = match monitoring {
                    Monitoring::Monitor => "vital signs from the bedside monitor",
                    Monitoring::ByHand => "vital signs by hand",
                };
                let words: Vec<&str> = read.iter().map(|line| line.said(&way)).collect();
                lines.push(pair(
                    "Time-out",
                    format!(
                        "{}, {}; {how}. {}",
                        clock(entry.occurred_at, zone),
                        actor(&entry.actor),
                        words.join(" ")
                    ),
                ));
            }
            _other => {}
        }
    }
    let rules = session
        .rules
        .iter()
        .map(|rule| format!("{} version {}", rule.policy, rule.version))
        .collect::<Vec<_>>()
        .join(", ");
    if !rules.is_empty() {
        lines.push(pair("Rules kept", rules));
    }
    lines
}

fn order(session: &Session) -> Vec<(String, String)> {
    let Some(order) = &session.order else {
        return vec![pair("Order", "none")];
    };
    let each = order
        .dose
        .per_kilogram(order.dosing_weight)
        .map_or_else(|_| String::new(), |each| format!(" ({each})"));
    let mut pairs = vec![
        pair("Drug", order.drug.clone()),
        pair("Ordered dose", format!("{}{each}", order.dose)),
        pair("Dosing weight", order.dosing_weight.to_string()),
    ];
    match order.way.doses_say() {
        None => pairs.extend([
            pair(
                "Prepared",
                format!("{} in {}", order.concentration, order.volume),
            ),
            pair("Rate at the start", order.rate.to_string()),
        ]),
        Some(doses) => pairs.push(pair("Given as", doses)),
    }
    pairs.push(pair("Prescriber", order.prescriber.clone()));
    pairs.extend(order.made_ready().map(|says| pair("Made ready", says)));
    pairs.extend(order.beyond_says().map(|says| pair("Why so ordered", says)));
    let medicines = &order.alongside.medicines;
    pairs.extend(medicines.iter().map(|one| pair("Also ordered", one.says())));
    let lines = &order.alongside.what_if;
    pairs.extend(lines.iter().map(|line| pair("What to do if", line.says())));
    pairs
}

fn gate(entry: &Entry, zone: &TimeZone) -> Option<GatePassed> {
    let (verdict, overridden) = match &entry.event {
        SessionEvent::DosingStarted {
            verdict,
            overridden,
            ..
        }
        | SessionEvent::PatientDischarged {
            verdict,
            overridden,
            ..
        } => (verdict, overridden),
        SessionEvent::InfusionRateChanged {
            verdict: Some(verdict),
            overridden,
            ..
        }
        | SessionEvent::DoseGiven {
            verdict: Some(verdict),
            overridden,
            ..
        } => (verdict, overridden),
        _other => return None,
    };
    Some(GatePassed {
        gate: match verdict.gate {
            Gate::AcceptForTreatment => "Acceptance for treatment",
            Gate::DayOfSession => "The day of the visit",
            Gate::StartInfusion => "Start of the infusion",
            Gate::Order => "Order",
            Gate::NextDose => "A further dose",
            Gate::RaiseRate => "Faster rate",
            Gate::Discharge => "Discharge",
        },
        at: clock(verdict.at, zone),
        overridden: overridden
            .as_ref()
            .map(|passed| passed_over(passed, &actor(&entry.actor))),
        findings: findings(verdict),
    })
}

fn passed_over(passed: &Override, by: &str) -> String {
    let second = passed
        .second_clinician
        .as_ref()
        .map_or_else(String::new, |second| format!("; second clinician {second}"));
    format!(
        "Passed although closed, as {}, by {by}: {}{second}",
        role_says(passed.role),
        passed.reason
    )
}

fn findings(verdict: &Verdict) -> Vec<(String, String, String, String)> {
    verdict
        .findings
        .iter()
        .map(|finding| {
            let outcome = match finding.outcome {
                Outcome::Met => "met",
                Outcome::Unmet => "NOT MET",
                Outcome::Unknown => "NOT KNOWN",
            };
            (
                finding.says.clone(),
                finding.found.clone(),
                outcome.to_owned(),
                format!("{} v{}", finding.policy, finding.version),
            )
        })
        .collect()
}

fn drug(session: &Session, entries: &[&Entry], at: Moment, zone: &TimeZone) -> Option<Drug> {
    let (order, infusion) = (session.order.as_ref()?, session.infusion()?);
    let amount = infusion.delivered(at).amount;
    // Dose by dose nothing runs, and nothing is paused.
    let stretches = if order.way.is_infusion() {
        infusion.stretches()
    } else {
        &[]
    };
    let mut lines: Vec<(Moment, (String, String, String, String))> = stretches
        .iter()
        .enumerate()
        .filter_map(|(index, stretch)| {
            let stopped = infusion
                .stopped_at()
                .filter(|_| index + 1 == stretches.len());
            let to = stretches.get(index + 1).map_or(at, |next| next.from);
            if stopped.is_some() || to == stretch.from {
                return None;
            }
            let given = infusion.delivered(to).amount.value()
                - infusion.delivered(stretch.from).amount.value()
                - infusion
                    .boluses()
                    .iter()
                    .filter(|(moment, _)| *moment > stretch.from && *moment <= to)
                    .map(|(_, amount)| amount.value())
                    .sum::<units::Decimal>();
            let rate = if stretch.rate.value().is_zero() {
                "paused".to_owned()
            } else {
                stretch.rate.to_string()
            };
            Some((
                stretch.from,
                (
                    clock(stretch.from, zone),
                    clock(to, zone),
                    rate,
                    format!("{}\u{a0}mg", given.round_dp(2).normalize()),
                ),
            ))
        })
        .collect();
    for entry in entries {
        if let Some((Some(amount), _)) = reading::bolus(entry) {
            let time = clock(entry.occurred_at, zone);
            lines.push((
                entry.occurred_at,
                (time.clone(), time, at_once(entry), amount.to_string()),
            ));
        }
    }
    lines.sort_by_key(|(from, _)| *from);
    Some(Drug {
        name: order.drug.clone(),
        total: amount.rounded(2).to_string(),
        per_kilogram: amount
            .per_kilogram(order.dosing_weight)
            .map_or_else(|_| "not known".to_owned(), |each| each.to_string()),
        ordered: order.dose.to_string(),
        from: infusion
            .started_at()
            .map_or_else(String::new, |from| clock(from, zone)),
        to: infusion
            .stopped_at()
            .map_or_else(|| "not ended".to_owned(), |to| clock(to, zone)),
        stretches: lines.into_iter().map(|(_, line)| line).collect(),
    })
}

/// What was given at once, in words.
fn at_once(entry: &Entry) -> String {
    match entry.standing().as_deref() {
        Some(SessionEvent::DoseGiven {
            number, portion, ..
        }) => format!("{} {number}, {}", portion.kind(), portion.says()),
        _other => "bolus".to_owned(),
    }
}

fn with(words: &str, more: &str) -> String {
    match (words.is_empty(), more.is_empty()) {
        (_, true) => words.to_owned(),
        (true, false) => more.to_owned(),
        (false, false) => format!("{words}: {more}"),
    }
}

/// Steps of the visit, and what was done to the pump.
fn course(entry: &Entry, zone: &TimeZone) -> Option<Happened> {
    let struck = |old: Vec<units::MillilitresPerHour>| {
        old.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let old_rates = reading::rate(entry)
        .map(|(_, old)| struck(old))
        .unwrap_or_default();
    let charted = entry.standing();
    let stands = charted.is_some();
    // A held act stays shown as one, whatever was decided of it.
    let event = match &entry.event {
        held @ SessionEvent::ActHeld { .. } => held,
        event => charted.as_deref().unwrap_or(event),
    };
    let (what, value, struck) = match event {
        SessionEvent::PatientCheckedIn { .. } => ("Checked in", String::new(), Vec::new()),
        SessionEvent::OrderChanged {
            order,
            instead_of,
            because,
        } => (
            "Order changed",
            with(&order.says(), because),
            vec![instead_of.says()],
        ),
        SessionEvent::FastingAnswered { fasting: answers } => {
            ("Fasting answered", fasting(answers, zone), Vec::new())
        }
        SessionEvent::DosingStarted { rate, .. } if rate.value().is_zero() => {
            ("Dosing started", String::new(), Vec::new())
        }
        SessionEvent::DosingStarted { rate, .. } => {
            ("Infusion started", rate.to_string(), old_rates)
        }
        SessionEvent::InfusionRateChanged { rate, reason, .. } => {
            let value = if stands {
                with(&rate.to_string(), reason)
            } else {
                String::new()
            };
            ("Rate changed", value, old_rates)
        }
        SessionEvent::BolusGiven { .. } => {
            let (standing, old) = reading::bolus(entry)?;
            (
                "Bolus",
                standing
                    .map(|amount| amount.to_string())
                    .unwrap_or_default(),
                old.iter().map(ToString::to_string).collect(),
            )
        }
        SessionEvent::DoseGiven {
            number, portion, ..
        } => {
            let (standing, old) = reading::bolus(entry)?;
            let how = standing.map_or_else(String::new, |amount| {
                format!("{number}: {amount}, {}", portion.says())
            });
            let old = old.iter().map(ToString::to_string).collect();
            (portion.kind(), how, old)
        }
        SessionEvent::DosingEnded { why, note } => {
            ("Dosing ended", with(why.says(), note), Vec::new())
        }
        SessionEvent::InfusionPaused { reason } => ("Paused", reason.clone(), Vec::new()),
        SessionEvent::InfusionResumed {} => ("Resumed", String::new(), Vec::new()),
        SessionEvent::InfusionStopped { why, note } => {
            ("Infusion ended", with(why.says(), note), Vec::new())
        }
        SessionEvent::ActHeld { act, because } => {
            ("Held", held(entry, act, because, zone), Vec::new())
        }
        SessionEvent::RecordedLater {
            against: Some(against),
            ..
        } => (
            "Recorded later",
            format!("the rules would have said: {against}"),
            Vec::new(),
        ),
        SessionEvent::LateEntryReviewed { outcome, note, .. } => {
            ("Looked at", with(outcome.says(), note), Vec::new())
        }
        SessionEvent::ObservationBegun {} => ("Observation begun", String::new(), Vec::new()),
        SessionEvent::PatientDischarged { escort, .. } => {
            ("Discharged", format!("went home with {escort}"), Vec::new())
        }
        SessionEvent::RoomTaken { .. } => {
            let (what, says) = event.experience_says()?;
            (what, says, Vec::new())
        }
        SessionEvent::SessionCancelled { reason } => {
            ("Cancelled without drug", reason.clone(), Vec::new())
        }
        SessionEvent::StartChecked { check } => {
            let (what, says) = check.says();
            (what, says, Vec::new())
        }
        SessionEvent::SignalNoted { happened } => {
            let (what, says) = happened.says();
            (what, says, Vec::new())
        }
        SessionEvent::CardOpened { .. }
        | SessionEvent::CardStepDone { .. }
        | SessionEvent::CardMedicineGiven { .. }
        | SessionEvent::CardClosed { .. }
        | SessionEvent::AdverseEventRecorded { .. } => {
            let (what, says) = event.card_says(|at| stamp(at, zone))?;
            if stands {
                (what, says, Vec::new())
            } else {
                (what, String::new(), vec![says])
            }
        }
        SessionEvent::SessionPlanned { .. }
        | SessionEvent::SessionMoved { .. }
        | SessionEvent::IdentityConfirmed { .. }
        | SessionEvent::VitalSignsCharted { .. }
        | SessionEvent::SedationScored { .. }
        | SessionEvent::DistressScored { .. }
        | SessionEvent::RecoveryChecked { .. }
        | SessionEvent::TimeOutCompleted { .. }
        | SessionEvent::NoteWritten { .. }
        | SessionEvent::SupportGiven { .. }
        | SessionEvent::SupportEffectSeen { .. }
        | SessionEvent::MomentMarked { .. }
        | SessionEvent::ExperienceRated { .. }
        | SessionEvent::TouchSaid { .. }
        | SessionEvent::MedicineGiven { .. }
        | SessionEvent::AdvisoryRaised { .. }
        | SessionEvent::AdvisoryAcknowledged { .. }
        | SessionEvent::AdvisoryEscalated { .. }
        | SessionEvent::AdvisoryResolved { .. }
        | SessionEvent::EntryCorrected { .. }
        | SessionEvent::RecordedLater { against: None, .. }
        | SessionEvent::SessionSigned { .. } => return None,
    };
    Some(Happened {
        number: String::new(),
        at: clock(entry.occurred_at, zone),
        what: what.to_owned(),
        value,
        struck,
        by: charted_by(entry),
    })
}

/// Who charted it, and that it was recorded later, where it was.
fn charted_by(entry: &Entry) -> String {
    let by = actor(&entry.actor);
    match &entry.later {
        Some(later) => format!("{by}, {}", later.how.says()),
        None => by,
    }
}

/// An act that is held, as it would stand in the course of the visit.
fn held(entry: &Entry, act: &SessionEvent, because: &str, zone: &TimeZone) -> String {
    let alone = Entry {
        event: act.clone(),
        ..entry.clone()
    };
    let what = course(&alone, zone).map_or_else(
        || act.name().to_owned(),
        |happened| with(&happened.what, &happened.value),
    );
    let decided = entry.review.as_ref().map_or_else(
        || "nobody has decided yet".to_owned(),
        |review| {
            let said = with(review.outcome.says(), &review.note);
            format!(
                "{said} ({}, {})",
                actor(&review.actor),
                stamp(review.at, zone)
            )
        },
    );
    format!("{what}. {because} {decided}")
}

fn pressure(values: &VitalSigns) -> Option<String> {
    Some(format!(
        "{}/{}",
        values.systolic?.value(),
        values.diastolic?.value()
    ))
}

fn set_of_signs(entry: &Entry, zone: &TimeZone) -> Option<SetOfSigns> {
    const COLUMNS: [Sign; 6] = [
        Sign::Mean,
        Sign::Pulse,
        Sign::Saturation,
        Sign::Breathing,
        Sign::CarbonDioxide,
        Sign::Temperature,
    ];
    let (standing, struck) = reading::vital_signs(entry)?;
    let number =
        |sign: Sign| move |values: &VitalSigns| sign.of(values).map(|value| value.to_string());
    let mut columns = vec![cell(standing.as_ref(), &struck, pressure)];
    columns.extend(
        COLUMNS
            .into_iter()
            .map(|sign| cell(standing.as_ref(), &struck, number(sign))),
    );
    Some(SetOfSigns {
        at: clock(entry.occurred_at, zone),
        columns,
        source: reading::device(entry)
            .map_or_else(|| "by hand".to_owned(), |_| "device".to_owned()),
        by: charted_by(entry),
    })
}

fn cell(
    standing: Option<&VitalSigns>,
    struck: &[VitalSigns],
    written: impl Fn(&VitalSigns) -> Option<String>,
) -> Cell {
    let value = standing.and_then(&written);
    let mut old: Vec<String> = Vec::new();
    for before in struck.iter().filter_map(&written) {
        if value.as_ref() != Some(&before) && !old.contains(&before) {
            old.push(before);
        }
    }
    Cell {
        value: value.unwrap_or_default(),
        struck: old,
    }
}

fn score(entry: &Entry, zone: &TimeZone) -> Option<Happened> {
    if let SessionEvent::RecoveryChecked { check } = entry.counted() {
        let standing = entry.standing().map(|_| check.says());
        return Some(Happened {
            number: String::new(),
            at: clock(entry.occurred_at, zone),
            what: "Recovery".to_owned(),
            struck: standing
                .is_none()
                .then(|| check.says())
                .into_iter()
                .collect(),
            value: standing.unwrap_or_default(),
            by: charted_by(entry),
        });
    }
    let (what, outof, standing, old) = if let Some((standing, old)) = reading::sedation(entry) {
        ("MOAA/S", 5, standing, old)
    } else if let Some((side, standing, old)) = reading::felt(entry) {
        (side.says(), 10, standing, old)
    } else {
        let (standing, old) = reading::distress(entry)?;
        ("Distress", 10, standing, old)
    };
    let anchor = match entry.standing().as_deref() {
        Some(SessionEvent::SedationScored { score }) => format!(", {}", score.says()),
        _other => String::new(),
    };
    Some(Happened {
        number: String::new(),
        at: clock(entry.occurred_at, zone),
        what: what.to_owned(),
        value: standing
            .map(|points| format!("{points} of {outof}{anchor}"))
            .unwrap_or_default(),
        struck: old
            .iter()
            .map(|points| format!("{points} of {outof}"))
            .collect(),
        by: charted_by(entry),
    })
}

fn remarks(entries: &[&Entry], zone: &TimeZone) -> Vec<Happened> {
    entries
        .iter()
        .filter_map(|entry| Some((entry, reading::remark(entry)?)))
        .enumerate()
        .map(|(index, (entry, (standing, struck)))| Happened {
            number: (index + 1).to_string(),
            at: clock(entry.occurred_at, zone),
            what: reading::remark_kind(&entry.event).to_owned(),
            value: standing.unwrap_or_default(),
            struck,
            by: charted_by(entry),
        })
        .collect()
}

/// Who saw a notice, and when a second person was told because nobody had.
fn seen(advisory: &Advisory, zone: &TimeZone) -> String {
    let seen = advisory.acknowledged.as_ref().map_or_else(
        || "NOT ACKNOWLEDGED".to_owned(),
        |(who, at)| format!("{} {}", clock(*at, zone), actor(who)),
    );
    match advisory.escalated {
        Some(at) => format!("second person told {}; {seen}", clock(at, zone)),
        None => seen,
    }
}

fn raised(session: &Session, zone: &TimeZone) -> Vec<Raised> {
    session
        .advisories
        .values()
        .map(|advisory| {
            let notice = &advisory.notice;
            let kind = if notice.technical { ", technical" } else { "" };
            let mut says = notice.says.clone();
            if let Some(measured) = &notice.measured {
                says.push_str(&format!("; measured {measured}"));
            }
            if let Some(limit) = &notice.limit {
                says.push_str(&format!("; limit {limit}"));
            }
            Raised {
                number: advisory.number,
                at: clock(advisory.raised_at, zone),
                priority: format!("{}{kind}", notice.priority.word()),
                says,
                seen: seen(advisory, zone),
                ended: advisory.resolved.as_ref().map_or_else(
                    || "not ended".to_owned(),
                    |(how, at)| format!("{} {how}", clock(*at, zone)),
                ),
            }
        })
        .collect()
}

/// What the entry said after this many corrections.
fn version(entry: &Entry, corrections: usize) -> String {
    let mut earlier = entry.clone();
    earlier.corrections.truncate(corrections);
    let Some(event) = earlier.standing().map(Cow::into_owned) else {
        return "struck out".to_owned();
    };
    match event {
        SessionEvent::VitalSignsCharted { values, .. } => crate::chart::written(&values),
        SessionEvent::SedationScored { score } => format!("MOAA/S {} of 5", score.points()),
        SessionEvent::DistressScored { score } => format!("distress {} of 10", score.points()),
        SessionEvent::RecoveryChecked { check } => check.says(),
        SessionEvent::DosingStarted { rate, .. }
        | SessionEvent::InfusionRateChanged { rate, .. } => rate.to_string(),
        SessionEvent::BolusGiven { amount } => amount.to_string(),
        SessionEvent::DoseGiven {
            amount, portion, ..
        } => format!("{amount}, {}", portion.says()),
        SessionEvent::NoteWritten { text } => text,
        SessionEvent::SupportGiven { kind, note, detail } => support_says(kind, &detail, &note),
        SessionEvent::MomentMarked { .. }
        | SessionEvent::ExperienceRated { .. }
        | SessionEvent::SupportEffectSeen { .. }
        | SessionEvent::TouchSaid { .. }
        | SessionEvent::MedicineGiven { .. }
        | SessionEvent::RoomTaken { .. } => event
            .experience_says()
            .map_or_else(String::new, |(_, says)| says),
        SessionEvent::SessionPlanned { .. }
        | SessionEvent::SessionMoved { .. }
        | SessionEvent::OrderChanged { .. }
        | SessionEvent::PatientCheckedIn { .. }
        | SessionEvent::FastingAnswered { .. }
        | SessionEvent::IdentityConfirmed { .. }
        | SessionEvent::TimeOutCompleted { .. }
        | SessionEvent::StartChecked { .. }
        | SessionEvent::SignalNoted { .. }
        | SessionEvent::InfusionPaused { .. }
        | SessionEvent::InfusionResumed {}
        | SessionEvent::InfusionStopped { .. }
        | SessionEvent::DosingEnded { .. }
        | SessionEvent::AdvisoryRaised { .. }
        | SessionEvent::AdvisoryAcknowledged { .. }
        | SessionEvent::AdvisoryEscalated { .. }
        | SessionEvent::AdvisoryResolved { .. }
        | SessionEvent::EntryCorrected { .. }
        | SessionEvent::CardOpened { .. }
        | SessionEvent::CardStepDone { .. }
        | SessionEvent::CardMedicineGiven { .. }
        | SessionEvent::CardClosed { .. }
        | SessionEvent::AdverseEventRecorded { .. }
        | SessionEvent::RecordedLater { .. }
        | SessionEvent::ActHeld { .. }
        | SessionEvent::LateEntryReviewed { .. }
        | SessionEvent::ObservationBegun {}
        | SessionEvent::PatientDischarged { .. }
        | SessionEvent::SessionCancelled { .. }
        | SessionEvent::SessionSigned { .. } => "as charted".to_owned(),
    }
}

fn changes(entry: &Entry, zone: &TimeZone) -> Vec<Change> {
    let what = match &entry.event {
        SessionEvent::VitalSignsCharted { .. } => "vital signs",
        SessionEvent::SedationScored { .. } | SessionEvent::DistressScored { .. } => "score",
        SessionEvent::RecoveryChecked { .. } => "recovery",
        SessionEvent::ExperienceRated { side, .. } => side.says(),
        SessionEvent::MomentMarked { .. }
        | SessionEvent::SupportEffectSeen { .. }
        | SessionEvent::MedicineGiven { .. } => reading::remark_kind(&entry.event),
        SessionEvent::BolusGiven { .. } => "bolus",
        SessionEvent::DoseGiven { .. } => "dose",
        SessionEvent::DosingStarted { .. } | SessionEvent::InfusionRateChanged { .. } => "rate",
        SessionEvent::SupportGiven { .. } => "support",
        SessionEvent::CardStepDone { .. } | SessionEvent::CardMedicineGiven { .. } => "emergency",
        _other => "note",
    };
    let change = |(index, corrected): (usize, &Corrected)| Change {
        of: clock(entry.occurred_at, zone),
        what,
        wrong: version(entry, index),
        right: match corrected.correction {
            Correction::Struck => "struck out".to_owned(),
            Correction::Artefact { .. } => {
                format!("artefact, left out; stands: {}", version(entry, index + 1))
            }
            Correction::VitalSigns { .. }
            | Correction::Sedation { .. }
            | Correction::Distress { .. }
            | Correction::Rating { .. }
            | Correction::Text { .. }
            | Correction::Rate { .. }
            | Correction::Bolus { .. }
            | Correction::Dose { .. } => version(entry, index + 1),
        },
        reason: corrected.reason.clone(),
        by: actor(&corrected.actor),
        at: clock(corrected.at, zone),
    };
    entry.corrections.iter().enumerate().map(change).collect()
}
