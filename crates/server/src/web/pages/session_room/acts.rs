//! The acts of the room: a bar in fixed places and one panel for each act.

use super::SessionRoom;
use super::doses::{NextDose, PortionFields};
use crate::web::pages::entry_line::{EntryLine, actor_says, identifier_says, vital_signs_say};
use crate::web::pages::gate::GatePanel;
use crate::web::pages::recovery_look::{self, Answers};
use askama::Template;
use clinical::course::screening::person::Product;
use clinical::course::session::{
    Answer, Entry, Identifier, Line, Order, SessionEvent, Stage, Stop, VitalSigns,
};
use clinical::record::CommandId;
use clinical::vital_signs::VitalSign;
use units::Moment;

/// So many of the newest readings can be marked from the panel; older ones by their correction.
const MARKABLE: usize = 4;

/// The bar at the bottom: every act has its place, whatever the stage.
#[derive(Template)]
#[template(path = "session_room/act_bar.html")]
pub(super) struct ActBar<'a> {
    room: &'a SessionRoom<'a>,
    stage: Stage,
    present: bool,
    gate_open: bool,
    may_override: bool,
    person: String,
    /// Where the drug is given dose by dose.
    next: Option<NextDose>,
}

/// The panels that the bar opens.
#[derive(Template)]
#[template(path = "session_room/act_panels.html")]
pub(super) struct ActPanels<'a> {
    room: &'a SessionRoom<'a>,
    stage: Stage,
    name: String,
    person: String,
    gate_open: bool,
    may_override: bool,
    second_clinician: bool,
    next: Option<NextDose>,
    order: Option<OrderWords>,
    fasting: Vec<FastingQuestion>,
    escort: String,
    correcting: Option<CorrectionForm>,
    given: String,
    remaining: String,
    rate_now: String,
    sign_statement: String,
    /// The newest readings, each of which can be marked as an artefact.
    readings: Vec<ReadingWords>,
    /// The panels of the emergency cards.
    /// The panels of the emergency cards, and of the experience.
    cards: String,
}

/// A charted set of which something stands.
struct ReadingWords {
    entry: String,
    at: String,
    from: String,
    /// Each value with its sign's word.
    values: Vec<(&'static str, String)>,
}

struct OrderWords {
    drug: String,
    dose: String,
    /// Strength, volume and rate; or how many doses of how much.
    how: String,
    weight: String,
    made_ready: Option<String>,
    /// Other medicines, and what to do if.
    alongside: Vec<String>,
}

struct FastingQuestion {
    field: &'static str,
    asks: &'static str,
    answer: &'static str,
    time: String,
    yesterday: bool,
}

/// The form that corrects one entry.
struct CorrectionForm {
    line: EntryLine,
    to: &'static str,
    text: String,
    number: String,
    values: [(&'static str, &'static str, String); 6],
    strikable: bool,
    portion: Option<PortionFields>,
}

impl<'a> ActBar<'a> {
    pub(super) fn of(room: &'a SessionRoom<'a>, gate: Option<&GatePanel>) -> Self {
        Self {
            room,
            stage: room.session.stage,
            present: room.session.stage.is_present(),
            gate_open: gate.is_some_and(|gate| gate.open),
            may_override: gate.is_some_and(|gate| gate.may_override),
            person: person(room),
            next: NextDose::of(room, gate),
        }
    }

    fn command_id(&self, form: &str) -> CommandId {
        self.room.around.command_id(form)
    }
}

pub(super) fn person(room: &SessionRoom<'_>) -> String {
    room.session
        .patient
        .map(|person| person.to_string())
        .unwrap_or_default()
}

impl<'a> ActPanels<'a> {
    pub(super) fn of(room: &'a SessionRoom<'a>, gate: Option<&GatePanel>, cards: String) -> Self {
        let session = room.session;
        let infusion = session.infusion();
        let now = room.around.now;
        Self {
            room,
            cards,
            stage: session.stage,
            name: room.strip().name,
            person: person(room),
            gate_open: gate.is_some_and(|gate| gate.open),
            may_override: gate.is_some_and(|gate| gate.may_override),
            second_clinician: gate.is_some_and(|gate| gate.second_clinician),
            next: NextDose::of(room, gate),
            order: session.order.as_ref().map(|order| OrderWords {
                drug: order.drug.clone(),
                dose: order.dose.to_string(),
                how: order.way.doses_say().unwrap_or_else(|| {
                    format!(
                        "{} in {} · {}",
                        order.concentration, order.volume, order.rate
                    )
                }),
                alongside: alongside(order),
                weight: order.dosing_weight.to_string(),
                made_ready: order.made_ready(),
            }),
            readings: readings(room),
            fasting: fasting_questions(room),
            escort: session.escort.clone().unwrap_or_default(),
            correcting: room.correcting.and_then(|id| {
                session
                    .entries
                    .iter()
                    .find(|entry| entry.event_id == id)
                    .and_then(|entry| correction_form(entry, room))
            }),
            given: room.live.delivered.as_ref().map_or_else(
                || "nothing".to_owned(),
                |given| format!("{}\u{a0}mg", given.mg),
            ),
            remaining: infusion.as_ref().map_or_else(
                || "not known".to_owned(),
                |infusion| infusion.remaining(now).rounded(1).to_string(),
            ),
            rate_now: infusion.as_ref().map_or_else(
                || "not running".to_owned(),
                |infusion| infusion.rate(now).to_string(),
            ),
            sign_statement: match session.stage {
                Stage::Cancelled => {
                    "I have read this record. The visit ended without drug.".to_owned()
                }
                Stage::NotPlanned
                | Stage::Planned
                | Stage::Preparation
                | Stage::Infusion
                | Stage::Paused
                | Stage::Stopped
                | Stage::Observation
                | Stage::Discharged
                | Stage::Signed => {
                    "I have read this record and it is complete and true.".to_owned()
                }
            },
        }
    }

    fn command_id(&self, form: &str) -> CommandId {
        self.room.around.command_id(form)
    }

    fn identifiers(&self) -> [(&'static str, &'static str); 5] {
        [
            ("full-name", identifier_says(Identifier::FullName)),
            ("birth-date", identifier_says(Identifier::BirthDate)),
            ("record-number", identifier_says(Identifier::RecordNumber)),
            ("photo", identifier_says(Identifier::Photo)),
            ("address", identifier_says(Identifier::Address)),
        ]
    }

    fn time_out_lines(&self) -> Vec<(String, &'static str)> {
        let way = self.room.session.way();
        Line::ALL
            .into_iter()
            .map(|line| (kebab(&line), line.said(&way)))
            .collect()
    }

    fn stops(&self) -> Vec<(String, &'static str)> {
        [
            Stop::Completed,
            Stop::Safety,
            Stop::PersonAsked,
            Stop::Other,
        ]
        .into_iter()
        .map(|why| (kebab(&why), why.says()))
        .collect()
    }

    fn sedation_scale(&self) -> Vec<(u8, &'static str)> {
        (0..=5)
            .rev()
            .filter_map(|points| {
                let score = clinical::course::session::SedationScore::try_from(points).ok()?;
                Some((points, score.says()))
            })
            .collect()
    }

    /// The person is watched after the drug.
    fn asks_recovery(&self) -> bool {
        matches!(self.stage, Stage::Stopped | Stage::Observation)
    }

    /// The product's programme asks whether the person is stable.
    fn asks_stable(&self) -> bool {
        self.room.session.product() == Product::Esketamine
    }

    /// The checks that stand: when, and both scores in words.
    fn recoveries(&self) -> Vec<(String, String, String)> {
        let clock = self.room.around.clock();
        self.room
            .recoveries
            .iter()
            .map(|known| {
                (
                    clock.time(known.at),
                    known.aldrete.says(),
                    known.padss.says(),
                )
            })
            .collect()
    }

    fn orientations(&self) -> Answers {
        recovery_look::orientations()
    }

    fn recovery_questions(&self) -> [(&'static str, &'static str, Answers); 10] {
        recovery_look::questions()
    }

    fn distress_scale(&self) -> std::ops::RangeInclusive<u8> {
        0..=10
    }
}

/// Other medicines, and what to do if, a line each.
pub(super) fn alongside(order: &Order) -> Vec<String> {
    let medicines = order.alongside.medicines.iter().map(|one| one.says());
    let what_if = order.alongside.what_if.iter();
    medicines
        .chain(what_if.map(|line| format!("If {}", line.says())))
        .collect()
}

/// The newest sets that stand, newest first.
fn readings(room: &SessionRoom<'_>) -> Vec<ReadingWords> {
    let clock = room.around.clock();
    let mut sets: Vec<(&Entry, VitalSigns)> = room
        .session
        .entries
        .iter()
        .filter_map(|entry| Some((entry, entry.vital_signs()?)))
        .collect();
    sets.sort_by_key(|(entry, _)| std::cmp::Reverse((entry.occurred_at, entry.version)));
    sets.iter()
        .take(MARKABLE)
        .map(|(entry, values)| ReadingWords {
            entry: entry.event_id.to_string(),
            at: clock.time(entry.occurred_at),
            from: actor_says(&entry.actor, room.monitors),
            values: values
                .signs()
                .into_iter()
                // One cuff cycle is one reading: it is marked as a whole.
                .filter(|sign| !matches!(sign, VitalSign::Diastolic | VitalSign::MeanPressure))
                .map(|sign| (sign.word(), one_says(values, sign)))
                .collect(),
        })
        .filter(|reading| !reading.values.is_empty())
        .collect()
}

/// One sign of a set in words, as the whole set says it.
fn one_says(values: &VitalSigns, sign: VitalSign) -> String {
    let others = VitalSign::ALL
        .into_iter()
        .filter(|known| {
            let pressure = |sign: VitalSign| {
                matches!(
                    sign,
                    VitalSign::Systolic | VitalSign::Diastolic | VitalSign::MeanPressure
                )
            };
            *known != sign && !(pressure(sign) && pressure(*known))
        })
        .collect();
    values
        .without(&others)
        .map_or_else(String::new, |one| vital_signs_say(&one))
}

/// The word of a closed list's member, as forms and the record write it.
pub fn kebab(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(_) | Err(_) => String::new(),
    }
}

fn fasting_questions(room: &SessionRoom<'_>) -> Vec<FastingQuestion> {
    let clock = room.around.clock();
    let question = |field, asks, answer: &Answer<Moment>| {
        let (word, time, yesterday) = match answer {
            Answer::NotAsked => ("not-asked", String::new(), false),
            Answer::NotSure => ("not-sure", String::new(), false),
            Answer::NoneSuch => ("none", String::new(), false),
            Answer::Is(at) => (
                "at",
                clock.time(*at),
                clock.date(*at) != clock.date(clock.now),
            ),
        };
        FastingQuestion {
            field,
            asks,
            answer: word,
            time,
            yesterday,
        }
    };
    let fasting = &room.session.fasting;
    vec![
        question(
            "clear_liquid",
            "Last clear liquid: water, juice without pulp, tea or coffee without milk",
            &fasting.clear_liquid,
        ),
        question(
            "light_meal",
            "Last light meal, milk or formula; milk in tea counts",
            &fasting.light_meal,
        ),
        question(
            "heavy_meal",
            "Last fried or fatty food, or meat",
            &fasting.heavy_meal,
        ),
    ]
}

/// The correction form of an entry, filled with what stands now; `None` where none can be made.
fn correction_form(entry: &Entry, room: &SessionRoom<'_>) -> Option<CorrectionForm> {
    let line = EntryLine::of(entry, &room.around.clock(), room.monitors);
    if !line.correctable {
        return None;
    }
    let standing = entry.standing();
    let standing = standing.as_deref().unwrap_or(&entry.event);
    let none = || {
        [
            ("", "", String::new()),
            ("", "", String::new()),
            ("", "", String::new()),
            ("", "", String::new()),
            ("", "", String::new()),
            ("", "", String::new()),
        ]
    };
    let (to, text, number, values) = match &standing {
        SessionEvent::VitalSignsCharted { values, .. } => {
            let fields = [
                (
                    "systolic",
                    "Systolic, mmHg",
                    values.systolic.map(|v| v.value()),
                ),
                (
                    "diastolic",
                    "Diastolic, mmHg",
                    values.diastolic.map(|v| v.value()),
                ),
                (
                    "heart_rate",
                    "Heart rate, /min",
                    values.heart_rate.map(|v| v.value()),
                ),
                (
                    "oxygen_saturation",
                    "Oxygen saturation, %",
                    values.oxygen_saturation.map(|v| v.value()),
                ),
                (
                    "respiratory_rate",
                    "Respiratory rate, /min",
                    values.respiratory_rate.map(|v| v.value()),
                ),
                (
                    "temperature",
                    "Temperature, °C",
                    values.temperature.map(|v| v.value()),
                ),
            ]
            .map(|(field, label, value)| {
                (
                    field,
                    label,
                    value.map(|v| v.to_string()).unwrap_or_default(),
                )
            });
            (
                "vital-signs",
                vital_signs_say(values),
                String::new(),
                fields,
            )
        }
        SessionEvent::SedationScored { score } => (
            "sedation",
            String::new(),
            score.points().to_string(),
            none(),
        ),
        SessionEvent::DistressScored { score } => (
            "distress",
            String::new(),
            score.points().to_string(),
            none(),
        ),
        SessionEvent::ExperienceRated { rating, .. } => {
            ("rating", String::new(), rating.points().to_string(), none())
        }
        SessionEvent::NoteWritten { text }
        | SessionEvent::SupportGiven { note: text, .. }
        | SessionEvent::MomentMarked { note: text } => {
            ("text", text.clone(), String::new(), none())
        }
        SessionEvent::DosingStarted { rate, .. }
        | SessionEvent::InfusionRateChanged { rate, .. } => {
            ("rate", String::new(), rate.value().to_string(), none())
        }
        SessionEvent::BolusGiven { amount } => {
            ("bolus", String::new(), amount.value().to_string(), none())
        }
        SessionEvent::DoseGiven { amount, .. } => {
            ("dose", String::new(), amount.value().to_string(), none())
        }
        // What was ticked or given by mistake is struck; nothing else can stand in its place.
        SessionEvent::CardStepDone { .. }
        | SessionEvent::CardMedicineGiven { .. }
        | SessionEvent::MedicineGiven { .. }
        | SessionEvent::RecoveryChecked { .. }
        | SessionEvent::SupportEffectSeen { .. } => {
            ("struck", String::new(), String::new(), none())
        }
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
        | SessionEvent::TouchSaid { .. }
        | SessionEvent::RoomTaken { .. }
        | SessionEvent::AdvisoryRaised { .. }
        | SessionEvent::AdvisoryAcknowledged { .. }
        | SessionEvent::AdvisoryEscalated { .. }
        | SessionEvent::AdvisoryResolved { .. }
        | SessionEvent::CardOpened { .. }
        | SessionEvent::CardClosed { .. }
        | SessionEvent::AdverseEventRecorded { .. }
        | SessionEvent::EntryCorrected { .. }
        | SessionEvent::RecordedLater { .. }
        | SessionEvent::ActHeld { .. }
        | SessionEvent::LateEntryReviewed { .. }
        | SessionEvent::ObservationBegun {}
        | SessionEvent::PatientDischarged { .. }
        | SessionEvent::SessionCancelled { .. }
        | SessionEvent::SessionSigned { .. } => return None,
    };
    let strikable = !matches!(standing, SessionEvent::DosingStarted { .. });
    Some(CorrectionForm {
        line,
        to,
        text,
        number,
        values,
        strikable,
        portion: PortionFields::of_entry(room, entry),
    })
}
