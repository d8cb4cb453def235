//! The start on one screen: what is open first, each with its act beside it; what is met folded.
//!
//! Requirements that one act answers stand together as one step, and the steps keep their order,
//! so that a thing is always found in its place.

use super::SessionRoom;
use super::acts::{kebab, person};
use crate::web::pages::gate::{FindingLine, GatePanel};
use askama::Template;
use clinical::course::session::signal::Given;
use clinical::course::session::{DayLine, Present, Stage};
use clinical::record::{CommandId, Role};

/// A step of the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Accepted,
    Consent,
    Prepared,
    Fasting,
    WayHome,
    Identity,
    Drug,
    Equipment,
    Staff,
    Monitor,
    VitalSigns,
    Signal,
    Sound,
    TimeOut,
    Other,
}

impl Step {
    /// The step that a requirement belongs to.
    fn of(requirement: &str) -> Self {
        match requirement {
            "acceptance-holds" => Self::Accepted,
            "consent-in-force" => Self::Consent,
            "prepared-for-today" => Self::Prepared,
            "escort-named" => Self::WayHome,
            "identity-confirmed" => Self::Identity,
            "drug-issued" | "drug-double-checked" => Self::Drug,
            "equipment-checked" => Self::Equipment,
            "staff-in-room" | "prescriber-in-house" | "prescriber-on-site" => Self::Staff,
            "monitor-real" => Self::Monitor,
            "signal-tested" => Self::Signal,
            "sound-heard" => Self::Sound,
            "time-out-complete" => Self::TimeOut,
            other if other.starts_with("baseline-") || other.starts_with("pre-dose-") => {
                Self::VitalSigns
            }
            other if other.starts_with("fasting-") => Self::Fasting,
            _ => Self::Other,
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Accepted => "Accepted",
            Self::Consent => "Consent",
            Self::Prepared => "Prepared",
            Self::Fasting => "Fasting",
            Self::WayHome => "Way home",
            Self::Identity => "Identity",
            Self::Drug => "Drug",
            Self::Equipment => "Equipment",
            Self::Staff => "Staff",
            Self::Monitor => "Monitor",
            Self::VitalSigns => "Vital signs",
            Self::Signal => "Patient’s signal",
            Self::Sound => "Sound",
            Self::TimeOut => "Time-out",
            Self::Other => "Other",
        }
    }
}

/// The panel.
#[derive(Template)]
#[template(path = "session_room/start_gate.html")]
pub(super) struct StartGate<'a> {
    room: &'a SessionRoom<'a>,
    panel: &'a GatePanel,
    open: Vec<OpenStep<'a>>,
    met: Vec<(&'static str, String)>,
    person: String,
    signal: SignalStands,
    in_room: Option<String>,
    in_house: Vec<String>,
    staff_says: String,
}

struct OpenStep<'a> {
    step: Step,
    title: &'static str,
    unknown: bool,
    first: &'a FindingLine,
    more: Vec<&'a FindingLine>,
}

/// Where the signal's own step stands.
enum SignalStands {
    NotConnected,
    NotHeard,
    NotTested,
    Waiting,
    Arrived(Given),
}

/// The panels that the steps open.
#[derive(Template)]
#[template(path = "session_room/start_panels.html")]
pub(super) struct StartPanels<'a> {
    room: &'a SessionRoom<'a>,
    name: String,
    person: String,
    day: Vec<(String, &'static str)>,
    staff: Vec<StaffChoice>,
    escort: String,
    preparing: bool,
    has_signal: bool,
}

struct StaffChoice {
    value: String,
    says: String,
    in_room: bool,
    in_house: bool,
}

impl<'a> StartGate<'a> {
    pub(super) fn of(room: &'a SessionRoom<'a>, panel: &'a GatePanel) -> Self {
        let mut open: Vec<OpenStep<'a>> = Vec::new();
        for line in &panel.missing {
            let step = Step::of(&line.requirement);
            match open.iter_mut().find(|known| known.step == step) {
                Some(known) => {
                    known.unknown = known.unknown && line.outcome == "unknown";
                    known.more.push(line);
                }
                None => open.push(OpenStep {
                    step,
                    title: step.title(),
                    unknown: line.outcome == "unknown",
                    first: line,
                    more: Vec::new(),
                }),
            }
        }
        open.sort_by_key(|known| known.step);
        let mut met: Vec<(Step, Vec<&str>)> = Vec::new();
        for line in &panel.met {
            let step = Step::of(&line.requirement);
            if open.iter().any(|known| known.step == step) {
                continue;
            }
            match met.iter_mut().find(|(known, _)| *known == step) {
                Some((_, found)) => found.push(&line.found),
                None => met.push((step, vec![&line.found])),
            }
        }
        met.sort_by_key(|(step, _)| *step);
        let proposed = Proposed::of(room);
        Self {
            room,
            panel,
            open,
            met: met
                .into_iter()
                .map(|(step, found)| (step.title(), found.join(" · ")))
                .collect(),
            person: person(room),
            signal: signal_stands(room),
            staff_says: proposed.says(),
            in_room: proposed.in_room.map(|one| value(&one)),
            in_house: proposed.in_house.iter().map(value).collect(),
        }
    }

    /// The same act stands in a panel of its own below, with another number.
    // Hazard: H02
    fn command_id(&self, form: &str) -> CommandId {
        self.room.around.command_id(&format!("gate-{form}"))
    }

    fn patient_path(&self, page: &str) -> String {
        format!("/patients/{}/{page}", self.person)
    }

    fn equipment_path(&self) -> String {
        let name: String = self
            .room
            .clinic
            .room_of(&self.room.session.room)
            .bytes()
            .map(|byte| format!("%{byte:02X}"))
            .collect();
        format!("/equipment?room={name}&session={}", self.room.session.id)
    }
}

impl<'a> StartPanels<'a> {
    pub(super) fn of(room: &'a SessionRoom<'a>) -> Self {
        let proposed = Proposed::of(room);
        let is_in = |list: &[Present], one: &Present| list.contains(one);
        let (in_room, in_house) = room.session.checks.staff.clone().unwrap_or_else(|| {
            (
                proposed.in_room.into_iter().collect(),
                proposed.in_house.clone(),
            )
        });
        Self {
            room,
            name: room.strip().name,
            person: person(room),
            day: DayLine::ALL
                .into_iter()
                .map(|line| (kebab(&line), line.says()))
                .collect(),
            staff: room
                .staff
                .iter()
                .map(|one| StaffChoice {
                    value: value(one),
                    says: says(one),
                    in_room: is_in(&in_room, one),
                    in_house: is_in(&in_house, one),
                })
                .collect(),
            escort: room.session.escort.clone().unwrap_or_default(),
            preparing: room.session.stage == Stage::Preparation,
            has_signal: room.session.signal.device.is_some(),
        }
    }

    fn command_id(&self, form: &str) -> CommandId {
        self.room.around.command_id(form)
    }
}

/// Who is most likely there: whoever looks at this page, and the prescriber of the order.
struct Proposed {
    in_room: Option<Present>,
    in_house: Vec<Present>,
}

impl Proposed {
    fn of(room: &SessionRoom<'_>) -> Self {
        let viewer = room.around.viewer;
        let in_room = room
            .staff
            .iter()
            .find(|one| {
                viewer.is_some_and(|viewer| one.name == viewer.name && one.role == viewer.role)
                    && one.role != Role::Therapist
            })
            .cloned();
        let ordered_by = room.session.order.as_ref().map(|order| &order.prescriber);
        let in_house = room
            .staff
            .iter()
            .filter(|one| ordered_by == Some(&one.name) && in_room.as_ref() != Some(*one))
            .cloned()
            .collect();
        Self { in_room, in_house }
    }

    fn says(&self) -> String {
        match (&self.in_room, self.in_house.first()) {
            (Some(_), Some(other)) => {
                format!("I am in the room; {} is in the house", other.name)
            }
            (Some(_), None) => "I am in the room".to_owned(),
            (None, _) => String::new(),
        }
    }
}

fn value(one: &Present) -> String {
    format!("{}: {}", kebab(&one.role), one.name)
}

fn says(one: &Present) -> String {
    format!(
        "{}, {}",
        one.name,
        crate::web::pages::around::role_says(one.role)
    )
}

fn signal_stands(room: &SessionRoom<'_>) -> SignalStands {
    let signal = &room.session.signal;
    if signal.device.is_none() {
        return SignalStands::NotConnected;
    }
    if let Some(given) = signal.test_arrived() {
        return SignalStands::Arrived(given);
    }
    if signal.lost.is_some() {
        return SignalStands::NotHeard;
    }
    match signal.test_asked {
        Some(_) => SignalStands::Waiting,
        None => SignalStands::NotTested,
    }
}
