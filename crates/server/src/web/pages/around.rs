//! What stands around every page: clinic, viewer, theme, ribbon, footer.

use super::clock_face::ClockFace;
use clinical::clinic::Drill;
use clinical::record::{CommandId, Role};
use jiff::tz::TimeZone;
use units::Moment;
use uuid::Uuid;

/// The two themes. Kept for each device, never switched by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Theme {
    /// Light surfaces.
    #[default]
    Day,
    /// Warm near-black surfaces, for the treatment room.
    Dim,
}

impl Theme {
    /// The word in the cookie and in `data-theme`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Dim => "dim",
        }
    }

    /// The theme for a word of the cookie.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Day, Self::Dim]
            .into_iter()
            .find(|theme| theme.word() == word)
    }

    /// The other one.
    pub const fn other(self) -> Self {
        match self {
            Self::Day => Self::Dim,
            Self::Dim => Self::Day,
        }
    }
}

/// Which part of the house the page is in, for the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Here {
    /// The clinic board.
    Board,
    /// The clinic's book.
    Calendar,
    /// Who is ready for their visit.
    Ready,
    /// A session room.
    Session,
    /// People under treatment.
    Patients,
    /// The time after sessions: warning signs, who answered, who is silent.
    FollowUp,
    /// The outcomes of everybody.
    Outcomes,
    /// Contacts of integration: who is due, groups.
    Integration,
    /// Reviews that are open, and letters from outside.
    Reviews,
    /// Monitors and where they stand.
    Devices,
    /// Data that belong to nobody yet.
    Unassigned,
    /// Frames that could not be read.
    Quarantine,
    /// Controlled drugs.
    Drugs,
    /// The clinic's rules.
    Rules,
    /// None of them.
    Elsewhere,
}

impl Here {
    /// The entry of the navigation that it stands under.
    const fn under(self) -> Self {
        match self {
            Self::Unassigned | Self::Quarantine => Self::Devices,
            other => other,
        }
    }
}

/// Who is signed in.
#[derive(Clone, Copy, Debug)]
pub struct Viewer<'a> {
    /// Their name.
    pub name: &'a str,
    /// Their role.
    pub role: Role,
}

/// What every page is given.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    /// When the page is made.
    pub now: Moment,
    /// The clinic's zone.
    pub zone: &'a TimeZone,
    /// The device's theme.
    pub theme: Theme,
    /// Who is signed in; `None` on the sign-in page.
    pub viewer: Option<Viewer<'a>>,
    /// The form token of this sign-in.
    pub csrf: &'a str,
    /// One fresh random id for this page; each form's command id is derived from it.
    pub fresh_id: CommandId,
    /// The clinic's name.
    pub clinic: &'a str,
    /// True where a browser takes the connection for a safe one: by HTTPS, or on the very machine.
    pub secure: bool,
    /// True in the demo clinic: its people are invented.
    pub demo: bool,
    /// True when what is shown on this page was simulated.
    pub simulated: bool,
    /// The page's own path, for the way back after the theme is switched.
    pub path: &'a str,
    /// The version of styles and scripts, for `?v=`; empty is allowed.
    pub assets: &'a str,
    /// Which part of the house this is.
    pub here: Here,
    /// The drill that is practised now; patients' pages show none.
    pub drill: Option<&'a Drill>,
}

/// A drill in words.
pub struct Practised {
    /// Its number.
    pub number: u32,
    /// The room.
    pub room: String,
    /// What is practised.
    pub says: &'static str,
    /// When it ends by itself: `13:25`.
    pub ends: String,
    /// The same in milliseconds since 1970.
    pub ends_at: i64,
    /// Who came first, and when.
    pub answered: Option<String>,
}

/// A link of the navigation.
pub struct Link {
    /// Where to.
    pub to: &'static str,
    /// In words.
    pub says: &'static str,
    /// True on the page itself.
    pub here: bool,
}

impl Viewer<'_> {
    /// They act in rooms, and their tablet keeps what they chart while it has no contact.
    pub const fn acts_in_rooms(&self) -> bool {
        matches!(
            self.role,
            Role::Nurse | Role::Prescriber | Role::Therapist | Role::MedicalDirector
        )
    }

    /// They may read what was charted in sessions.
    pub const fn reads_charts(&self) -> bool {
        matches!(
            self.role,
            Role::Nurse
                | Role::Prescriber
                | Role::Therapist
                | Role::MedicalDirector
                | Role::Auditor
        )
    }

    /// The role in words.
    pub const fn role_says(&self) -> &'static str {
        role_says(self.role)
    }
}

impl<'a> Around<'a> {
    /// The clinic's clock.
    pub const fn clock(&self) -> ClockFace<'a> {
        ClockFace {
            zone: self.zone,
            now: self.now,
        }
    }

    /// The command id of one form of this page: never two alike on a page.
    pub fn command_id(&self, form: &str) -> CommandId {
        CommandId(Uuid::new_v5(&self.fresh_id.0, form.as_bytes()))
    }

    /// `13:12`.
    pub fn time(&self) -> String {
        self.clock().time(self.now)
    }

    /// `13:12:45`.
    pub fn time_with_seconds(&self) -> String {
        self.clock().time_with_seconds(self.now)
    }

    /// `Sat 22 Nov 2025`.
    pub fn weekday(&self) -> String {
        self.clock().weekday(self.now)
    }

    /// The clinic's zone by its name, for the page's scripts.
    pub fn zone_name(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }

    /// The moment of the page in milliseconds since 1970.
    pub const fn milliseconds(&self) -> i64 {
        self.now.milliseconds()
    }

    /// The query that names the version of styles and scripts.
    pub fn asset_query(&self) -> String {
        if self.assets.is_empty() {
            String::new()
        } else {
            format!("?v={}", self.assets)
        }
    }

    /// What a drill practises, for its strip: shown to staff alone.
    pub fn practised(&self) -> Option<Practised> {
        let drill = self.drill.filter(|_| self.viewer.is_some())?;
        Some(Practised {
            number: drill.number,
            room: drill.room.clone(),
            says: drill.condition.says(),
            ends: self.clock().time(drill.ends_at),
            ends_at: drill.ends_at.milliseconds(),
            answered: drill
                .answered
                .as_ref()
                .map(|(by, at)| format!("{by} at {}", self.clock().time_with_seconds(*at))),
        })
    }

    /// The links that this viewer's role has a use for.
    pub fn links(&self) -> Vec<Link> {
        let Some(viewer) = &self.viewer else {
            return Vec::new();
        };
        let all = [
            (Here::Board, "/board", "Board"),
            (Here::Calendar, "/calendar", "Calendar"),
            (Here::Ready, "/ready", "Ready?"),
            (Here::Patients, "/patients", "People"),
            (Here::FollowUp, "/follow-up", "Follow-up"),
            (Here::Outcomes, "/outcomes", "Outcomes"),
            (Here::Integration, "/integration", "Integration"),
            (Here::Reviews, "/review", "Reviews"),
            (Here::Devices, "/devices", "Monitors"),
            (Here::Drugs, "/drugs", "Drugs"),
            (Here::Rules, "/rules", "Rules"),
        ];
        // What has no entry of its own is reached from the follow-up: the house keeps to one line.
        let here = match self.here {
            place @ (Here::Outcomes | Here::Integration) if !opens(viewer.role, place) => {
                Here::FollowUp
            }
            here => here.under(),
        };
        all.into_iter()
            .filter(|(place, _, _)| opens(viewer.role, *place))
            .map(|(place, to, says)| Link {
                to,
                says,
                here: place == here,
            })
            .collect()
    }

    /// The pages about monitors and what they send.
    pub fn device_links(&self) -> [Link; 3] {
        [
            (Here::Devices, "/devices", "Monitors"),
            (Here::Unassigned, "/unassigned", "Unassigned data"),
            (Here::Quarantine, "/quarantine", "Quarantine"),
        ]
        .map(|(place, to, says)| Link {
            to,
            says,
            here: place == self.here,
        })
    }
}

/// A role in words.
pub const fn role_says(role: Role) -> &'static str {
    match role {
        Role::Patient => "patient",
        Role::FrontDesk => "front desk",
        Role::Nurse => "nurse",
        Role::Prescriber => "prescriber",
        Role::Therapist => "therapist",
        Role::MedicalDirector => "medical director",
        Role::Owner => "owner",
        Role::Auditor => "auditor",
        Role::IntegrationClient => "connected program",
    }
}

/// What the navigation offers; the routes themselves decide who may enter.
const fn opens(role: Role, place: Here) -> bool {
    match role {
        Role::Patient | Role::IntegrationClient => false,
        Role::FrontDesk => matches!(
            place,
            Here::Board
                | Here::Ready
                | Here::Patients
                | Here::Calendar
                | Here::Integration
                | Here::Rules
        ),
        Role::Owner => {
            matches!(
                place,
                Here::Board
                    | Here::Calendar
                    | Here::Outcomes
                    | Here::Devices
                    | Here::Drugs
                    | Here::Rules
            )
        }
        Role::Therapist => matches!(
            place,
            Here::Board
                | Here::Ready
                | Here::Calendar
                | Here::Patients
                | Here::FollowUp
                | Here::Integration
                | Here::Reviews
                | Here::Rules
        ),
        Role::Auditor => !matches!(place, Here::Ready | Here::Outcomes | Here::Integration),
        // As many as fit on one line of a tablet.
        Role::Nurse | Role::Prescriber | Role::MedicalDirector => {
            !matches!(place, Here::Outcomes | Here::Integration)
        }
    }
}

/// Samples that the pages' own samples start from.
pub mod sample {
    use super::{Around, Here, Theme, Viewer};
    use clinical::record::{CommandId, Role};
    use jiff::tz::TimeZone;
    use units::Moment;
    use uuid::Uuid;

    /// 20 November 2025, 13:12:40 UTC.
    pub const NOW: Moment = Moment::from_microseconds(1_763_644_360_000_000);

    static ZONE: TimeZone = TimeZone::UTC;

    /// A nurse at a tablet in the demo clinic.
    pub fn around(path: &'static str) -> Around<'static> {
        Around {
            drill: None,
            now: NOW,
            zone: &ZONE,
            theme: Theme::Day,
            viewer: Some(Viewer {
                name: "Nora Quist",
                role: Role::Nurse,
            }),
            csrf: "sample-form-token",
            fresh_id: CommandId(Uuid::from_u128(0x5a_0e)),
            clinic: "Harbour Street Clinic",
            secure: true,
            demo: true,
            simulated: false,
            path,
            assets: "",
            here: Here::Elsewhere,
        }
    }
}
