//! One line of the session's record in words, with every correction beside what it corrected.

use super::around::role_says;
use super::clock_face::ClockFace;
use clinical::course::session::experience::support_says;
use clinical::course::session::{
    Answer, Correction, Entry, FastingAnswers, Identifier, Monitoring, Order, SessionEvent,
    VitalSigns,
};
use clinical::record::Actor;
use clinical::vital_signs::Source;
use std::collections::BTreeMap;
use units::Moment;

/// A correction in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorrectionLine {
    /// What stands now.
    pub says: String,
    /// Why.
    pub reason: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: String,
}

/// An entry in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryLine {
    /// Its identity, for the correction's link.
    pub id: String,
    /// Its place in the record.
    pub version: u64,
    /// When it happened: `13:12`.
    pub at: String,
    /// For the `datetime` attribute.
    pub at_machine: String,
    /// When it was recorded, where that was more than a minute later.
    pub charted_late: Option<String>,
    /// How it reached the record, where that was later than it happened.
    pub later: Option<LaterLine>,
    /// The kind in words: `Vital signs`.
    pub kind: &'static str,
    /// The class of the mark beside it.
    pub mark: &'static str,
    /// What was charted at the time.
    pub says: String,
    /// Who charted it.
    pub by: String,
    /// Corrections, oldest first; the first text is then shown struck through.
    pub corrections: Vec<CorrectionLine>,
    /// A correction of it can be made.
    pub correctable: bool,
}

/// What is said of an entry that was recorded offline, or on paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaterLine {
    /// `recorded offline`.
    pub says: &'static str,
    /// Why the rules would have said no.
    pub against: Option<String>,
    /// What somebody decided of it.
    pub decided: Option<String>,
    /// Nobody has looked at it, and somebody should.
    pub waits: bool,
}

impl LaterLine {
    /// Of an entry, if it was recorded later.
    pub fn of(entry: &Entry, clock: &ClockFace<'_>) -> Option<Self> {
        let later = entry.later.as_ref()?;
        let against = match &entry.event {
            SessionEvent::ActHeld { because, .. } => Some(because.clone()),
            _other => later.against.clone(),
        };
        Some(Self {
            says: later.how.says(),
            against,
            decided: entry.review.as_ref().map(|review| {
                let by = actor_says(&review.actor, &MonitorNames::new());
                let said = with_words(review.outcome.says(), &review.note);
                format!("{said} · {by}, {}", clock.when(review.at))
            }),
            waits: entry.waits_for_review(),
        })
    }
}

impl EntryLine {
    /// Of an entry.
    pub fn of(entry: &Entry, clock: &ClockFace<'_>, monitors: &MonitorNames) -> Self {
        let (kind, mark, says) = words(&entry.event, clock);
        let late = entry.recorded_at - entry.occurred_at > units::Span::from_minutes(1);
        Self {
            id: entry.event_id.to_string(),
            version: entry.version,
            at: clock.when(entry.occurred_at),
            at_machine: clock.machine(entry.occurred_at),
            charted_late: late.then(|| clock.when(entry.recorded_at)),
            later: LaterLine::of(entry, clock),
            kind,
            mark,
            says,
            by: actor_says(&entry.actor, monitors),
            corrections: entry
                .corrections
                .iter()
                .map(|corrected| CorrectionLine {
                    says: correction_says(&corrected.correction),
                    reason: corrected.reason.clone(),
                    by: actor_says(&corrected.actor, monitors),
                    at: clock.when(corrected.at),
                })
                .collect(),
            correctable: clinical::course::session::state::fits(&entry.event, &Correction::Struck)
                || matches!(entry.event, SessionEvent::DosingStarted { .. }),
        }
    }
}

/// What staff call the monitors that charted, by their keys on the wire.
pub type MonitorNames = BTreeMap<String, String>;

/// Who, in words.
pub fn actor_says(actor: &Actor, monitors: &MonitorNames) -> String {
    match actor {
        Actor::Person { name, role, .. } => format!("{name}, {}", role_says(*role)),
        Actor::Device { name } if name == clinical::course::session::signal::AUTHOR => {
            "the patient, with the signal".to_owned()
        }
        Actor::Device { name: key } => monitors
            .get(key)
            .map_or_else(|| format!("monitor {key}"), Clone::clone),
        Actor::System { .. } => "Evenkeel, by the clinic's rules".to_owned(),
    }
}

/// Vital signs as one line: `168/96 mmHg · heart rate 88 /min`.
pub fn vital_signs_say(values: &VitalSigns) -> String {
    let mut parts = Vec::new();
    match (values.systolic, values.diastolic) {
        (Some(systolic), Some(diastolic)) => {
            parts.push(format!("{}/{diastolic}", systolic.value()))
        }
        (Some(systolic), None) => parts.push(format!("systolic {systolic}")),
        (None, Some(diastolic)) => parts.push(format!("diastolic {diastolic}")),
        (None, None) => {}
    }
    parts.extend(values.mean.map(|mean| format!("mean {mean}")));
    parts.extend(values.heart_rate.map(|rate| format!("heart rate {rate}")));
    parts.extend(
        values
            .oxygen_saturation
            .map(|saturation| format!("SpO₂ {saturation}")),
    );
    parts.extend(
        values
            .respiratory_rate
            .map(|rate| format!("breathing {rate}")),
    );
    parts.extend(
        values
            .end_tidal_carbon_dioxide
            .map(|pressure| format!("end-tidal CO₂ {pressure}")),
    );
    parts.extend(
        values
            .temperature
            .map(|temperature| temperature.to_string()),
    );
    if parts.is_empty() {
        "no value".to_owned()
    } else {
        parts.join(" · ")
    }
}

/// One fasting answer: `13:05`, `none`, `not sure`, `not asked`.
pub fn answer_says(answer: &Answer<Moment>, clock: &ClockFace<'_>) -> String {
    match answer {
        Answer::NotAsked => "not asked".to_owned(),
        Answer::NotSure => "not sure".to_owned(),
        Answer::NoneSuch => "none".to_owned(),
        Answer::Is(at) => clock.when(*at),
    }
}

fn fasting_says(fasting: &FastingAnswers, clock: &ClockFace<'_>) -> String {
    format!(
        "clear liquid: {} · light meal: {} · heavy meal: {}",
        answer_says(&fasting.clear_liquid, clock),
        answer_says(&fasting.light_meal, clock),
        answer_says(&fasting.heavy_meal, clock)
    )
}

/// An identifier in words.
pub const fn identifier_says(identifier: Identifier) -> &'static str {
    match identifier {
        Identifier::FullName => "full name, said by the person",
        Identifier::BirthDate => "date of birth, said by the person",
        Identifier::RecordNumber => "record number, read from card or wristband",
        Identifier::Photo => "photo compared with the face",
        Identifier::Address => "address, said by the person",
    }
}

/// How vital signs arrive, in words.
pub const fn monitoring_says(monitoring: Monitoring) -> &'static str {
    match monitoring {
        Monitoring::Monitor => "from the bedside monitor",
        Monitoring::ByHand => "by hand",
    }
}

fn correction_says(correction: &Correction) -> String {
    match correction {
        Correction::Struck => "struck: this entry does not stand".to_owned(),
        Correction::Artefact { signs } => format!(
            "artefact, left out: {}",
            signs
                .iter()
                .map(|sign| sign.says())
                .collect::<Vec<_>>()
                .join(", ")
        ),
        Correction::VitalSigns { values } => vital_signs_say(values),
        Correction::Sedation { score } => {
            format!("MOAA/S {} of 5: {}", score.points(), score.says())
        }
        Correction::Distress { score } => format!("distress {} of 10", score.points()),
        Correction::Rating { rating } => format!("{} of 10", rating.points()),
        Correction::Text { text } => text.clone(),
        Correction::Rate { rate } => rate.to_string(),
        Correction::Bolus { amount } => amount.to_string(),
        Correction::Dose { amount, portion } => format!("{amount}, {}", portion.says()),
    }
}

fn with_words(says: impl Into<String>, words: &str) -> String {
    let says = says.into();
    if words.trim().is_empty() {
        says
    } else {
        format!("{says}: {}", words.trim())
    }
}

/// An order in one line.
pub fn order_says(order: &Order) -> String {
    format!("{}{}", order.says(), order_adds(order))
}

/// How an order is made ready, and why it goes beyond a limit, after the rest of its line.
fn order_adds(order: &Order) -> String {
    let medicines = order.alongside.medicines.iter();
    let what_if = order.alongside.what_if.iter();
    [order.made_ready(), order.beyond_says()]
        .into_iter()
        .flatten()
        .chain(medicines.map(|one| format!("also {}", one.says())))
        .chain(what_if.map(|line| format!("if {}", line.says())))
        .map(|says| format!("; {says}"))
        .collect()
}

/// Kind, mark and words of an event.
pub fn words(event: &SessionEvent, clock: &ClockFace<'_>) -> (&'static str, &'static str, String) {
    match event {
        SessionEvent::SessionPlanned {
            room,
            planned_for,
            order,
            ..
        } => (
            "Planned",
            "course",
            format!(
                "{} {} {}, room {}, for {}, by {}{}",
                order.drug,
                order.dose,
                order
                    .way
                    .doses_say()
                    .map_or_else(|| format!("at {}", order.rate), |says| format!("as {says}")),
                room,
                clock.when(*planned_for),
                order.prescriber,
                order_adds(order)
            ),
        ),
        SessionEvent::SessionMoved { room, planned_for } => (
            "Moved",
            "course",
            format!("room {room}, for {}", clock.when(*planned_for)),
        ),
        SessionEvent::OrderChanged {
            order,
            instead_of,
            because,
        } => (
            "Order changed",
            "course",
            format!(
                "{}; before: {}; why: {because}",
                order_says(order),
                order_says(instead_of)
            ),
        ),
        SessionEvent::PatientCheckedIn { fasting, escort } => (
            "Checked in",
            "course",
            format!(
                "{} · taken home by: {}",
                fasting_says(fasting, clock),
                escort.as_deref().unwrap_or("not said")
            ),
        ),
        SessionEvent::FastingAnswered { fasting } => {
            ("Fasting", "course", fasting_says(fasting, clock))
        }
        SessionEvent::IdentityConfirmed { identifiers } => (
            "Identity",
            "course",
            identifiers
                .iter()
                .map(|one| identifier_says(*one))
                .collect::<Vec<_>>()
                .join(" · "),
        ),
        SessionEvent::VitalSignsCharted { values, source, .. } => (
            "Vital signs",
            "vital",
            match source {
                Source::Hand => format!("{} · by hand", vital_signs_say(values)),
                Source::Device { .. } => vital_signs_say(values),
            },
        ),
        SessionEvent::SedationScored { score } => (
            "Responsiveness",
            "vital",
            format!("MOAA/S {} of 5: {}", score.points(), score.says()),
        ),
        SessionEvent::DistressScored { score } => {
            ("Distress", "vital", format!("{} of 10", score.points()))
        }
        SessionEvent::RecoveryChecked { check } => ("Recovery", "vital", check.says()),
        SessionEvent::TimeOutCompleted { lines, monitoring } => (
            "Time-out",
            "course",
            format!(
                "{} lines confirmed · vital signs {}",
                lines.len(),
                monitoring_says(*monitoring)
            ),
        ),
        SessionEvent::DosingStarted {
            rate, overridden, ..
        } if rate.value().is_zero() => (
            "Dosing started",
            "drug",
            match overridden {
                None => "every requirement met".to_owned(),
                Some(passed) => overridden_says("although requirements were open", passed),
            },
        ),
        SessionEvent::DosingStarted {
            rate, overridden, ..
        } => (
            "Infusion started",
            "drug",
            match overridden {
                None => rate.to_string(),
                Some(passed) => overridden_says(&rate.to_string(), passed),
            },
        ),
        SessionEvent::InfusionRateChanged {
            rate,
            reason,
            overridden,
            ..
        } => (
            "Rate",
            "drug",
            match overridden {
                None => with_words(rate.to_string(), reason),
                Some(passed) => overridden_says(&with_words(rate.to_string(), reason), passed),
            },
        ),
        SessionEvent::BolusGiven { amount } => ("Bolus", "drug", amount.to_string()),
        SessionEvent::DoseGiven {
            number,
            amount,
            portion,
            overridden,
            ..
        } => {
            let says = format!("{number}: {amount}, {}", portion.says());
            (
                portion.kind(),
                "drug",
                match overridden {
                    None => says,
                    Some(passed) => overridden_says(&says, passed),
                },
            )
        }
        SessionEvent::DosingEnded { why, note } => {
            ("Dosing ended", "drug", with_words(why.says(), note))
        }
        SessionEvent::InfusionPaused { reason } => {
            ("Paused", "drug", with_words("pump paused", reason))
        }
        SessionEvent::InfusionResumed {} => ("Resumed", "drug", "at the last rate".to_owned()),
        SessionEvent::InfusionStopped { why, note } => {
            ("Infusion ended", "drug", with_words(why.says(), note))
        }
        SessionEvent::NoteWritten { text } => ("Note", "note", text.clone()),
        SessionEvent::SupportGiven { kind, note, detail } => {
            ("Support", "note", support_says(*kind, detail, note))
        }
        SessionEvent::SupportEffectSeen { .. }
        | SessionEvent::MomentMarked { .. }
        | SessionEvent::ExperienceRated { .. }
        | SessionEvent::TouchSaid { .. }
        | SessionEvent::MedicineGiven { .. }
        | SessionEvent::RoomTaken { .. } => {
            // Each of the six says something.
            let (kind, says) = event.experience_says().unwrap_or_default();
            (kind, "note", says)
        }
        SessionEvent::AdvisoryRaised { advisory, notice } => (
            "Notice",
            "advisory",
            format!("{advisory}, {}: {}", notice.priority.word(), notice.says),
        ),
        SessionEvent::AdvisoryAcknowledged { advisory } => {
            ("Notice", "advisory", format!("{advisory} acknowledged"))
        }
        SessionEvent::AdvisoryEscalated { advisory } => (
            "Notice",
            "advisory",
            format!("{advisory} not acknowledged: a second person was told"),
        ),
        SessionEvent::AdvisoryResolved { advisory, how } => {
            ("Notice", "advisory", format!("{advisory} ended: {how}"))
        }
        SessionEvent::StartChecked { check } => {
            let (kind, says) = check.says();
            (kind, "course", says)
        }
        SessionEvent::SignalNoted { happened } => {
            let (kind, says) = happened.says();
            (kind, "signal", says)
        }
        SessionEvent::CardOpened { .. }
        | SessionEvent::CardStepDone { .. }
        | SessionEvent::CardMedicineGiven { .. }
        | SessionEvent::CardClosed { .. }
        | SessionEvent::AdverseEventRecorded { .. } => {
            // Each of the five says something.
            let (kind, says) = event.card_says(|at| clock.time(at)).unwrap_or_default();
            (kind, "emergency", says)
        }
        SessionEvent::EntryCorrected {
            correction, reason, ..
        } => (
            "Correction",
            "course",
            format!("{} · why: {reason}", correction_says(correction)),
        ),
        SessionEvent::ActHeld { act, .. } => {
            let (kind, _, says) = words(act, clock);
            (
                "Held for a person",
                "held",
                with_words(kind.to_lowercase(), &says),
            )
        }
        SessionEvent::RecordedLater {
            how,
            tablet,
            tablet_at,
            ..
        } => (
            "Recorded later",
            "course",
            match tablet_at {
                Some(at) => format!(
                    "the entry before this one: {}, tablet {}, at {} by its clock",
                    how.says(),
                    tablet.get(..8).unwrap_or(tablet),
                    clock.time_with_seconds(*at)
                ),
                None => format!("the entry before this one: {}", how.says()),
            },
        ),
        SessionEvent::LateEntryReviewed { outcome, note, .. } => {
            ("Looked at", "course", with_words(outcome.says(), note))
        }
        SessionEvent::ObservationBegun {} => (
            "Observation",
            "course",
            "watched until fit to leave".to_owned(),
        ),
        SessionEvent::PatientDischarged {
            escort, overridden, ..
        } => (
            "Left the clinic",
            "course",
            match overridden {
                None => format!("taken home by {escort}"),
                Some(passed) => overridden_says(&format!("taken home by {escort}"), passed),
            },
        ),
        SessionEvent::SessionCancelled { reason } => ("Cancelled", "course", reason.clone()),
        SessionEvent::SessionSigned { statement } => ("Signed", "course", statement.clone()),
    }
}

fn overridden_says(what: &str, passed: &clinical::course::session::Override) -> String {
    let second = passed
        .second_clinician
        .as_ref()
        .map_or_else(String::new, |name| format!(", with {name}"));
    format!(
        "{what} · rule overridden by {}{second}: {}",
        role_says(passed.role),
        passed.reason
    )
}
