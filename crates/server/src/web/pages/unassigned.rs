//! Data that belong to nobody yet: kept, shown, and claimed knowingly with a reason.

use super::around::Around;
use super::devices::OpenSession;
use super::identity_strip::IdentityStrip;
use askama::Template;
use clinical::record::CommandId;
use units::Moment;

/// What a device sent while it served nobody.
pub struct UnassignedRow<'a> {
    /// The device as it stands in the route: percent-encoded where needed.
    pub route: &'a str,
    /// Its key on the wire.
    pub device_key: &'a str,
    /// Its name as staff say it; `None`: nobody has registered it.
    pub name: Option<&'a str>,
    /// How many frames.
    pub frames: u64,
    /// The first of them.
    pub first_at: Moment,
    /// The last of them.
    pub last_at: Moment,
    /// The last frame's number.
    pub last: u64,
}

/// The second step: whose data of which time.
pub struct Claiming<'a> {
    /// The device as it stands in the route.
    pub route: &'a str,
    /// Its key on the wire.
    pub device_key: &'a str,
    /// For whom.
    pub session: OpenSession<'a>,
    /// From when the data are.
    pub first_at: Moment,
    /// Until when the data are.
    pub last_at: Moment,
}

/// The page of unassigned data.
pub struct Unassigned<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// One row for each device.
    pub rows: Vec<UnassignedRow<'a>>,
    /// Sessions that data may be claimed for.
    pub sessions: Vec<OpenSession<'a>>,
    /// The second step, if the first has been taken.
    pub claiming: Option<Claiming<'a>>,
    /// Those who may claim.
    pub may_claim: bool,
    /// Why the last act was not done.
    pub refused: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "unassigned.html")]
struct Page<'a> {
    around: Around<'a>,
    lines: Vec<Line<'a>>,
    choices: Vec<(String, String)>,
    claiming: Option<Claim<'a>>,
    may_claim: bool,
    refused: Option<&'a str>,
}

struct Line<'a> {
    row: &'a UnassignedRow<'a>,
    first: String,
    last: String,
}

struct Claim<'a> {
    route: &'a str,
    device_key: &'a str,
    strip: IdentityStrip,
    session: String,
    patient: String,
    command_id: CommandId,
    from: String,
    until: String,
    from_says: String,
    until_says: String,
}

impl Unassigned<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let clock = self.around.clock();
        let lines = self
            .rows
            .iter()
            .map(|row| Line {
                row,
                first: clock.when(row.first_at),
                last: clock.when(row.last_at),
            })
            .collect();
        let choices = self
            .sessions
            .iter()
            .map(|open| {
                let name = open
                    .patient
                    .banner_name()
                    .unwrap_or_else(|| "Name not recorded".to_owned());
                (
                    open.session.id.to_string(),
                    format!("{}: {name}", open.session.room),
                )
            })
            .collect();
        let claiming = self.claiming.as_ref().map(|step| Claim {
            route: step.route,
            device_key: step.device_key,
            strip: IdentityStrip::of(step.session.patient, self.around.now, self.around.zone),
            session: step.session.session.id.to_string(),
            patient: step
                .session
                .session
                .patient
                .map(|id| id.to_string())
                .unwrap_or_default(),
            command_id: self.around.command_id("claim"),
            from: clock.time(step.first_at),
            // The last minute belongs to the claim: it ends where the next one begins.
            until: clock.time(step.last_at + units::Span::from_minutes(1)),
            from_says: clock.when(step.first_at),
            until_says: clock.when(step.last_at),
        });
        super::written(&Page {
            around: self.around,
            lines,
            choices,
            claiming,
            may_claim: self.may_claim,
            refused: self.refused,
        })
    }
}

/// One device without a session.
pub fn sample() -> Unassigned<'static> {
    let now = super::around::sample::NOW;
    Unassigned {
        around: Around {
            here: super::around::Here::Unassigned,
            ..super::around::sample::around("/unassigned")
        },
        rows: vec![UnassignedRow {
            route: "MON-7",
            device_key: "MON-7",
            name: None,
            frames: 312,
            first_at: now - units::Span::from_minutes(9),
            last_at: now,
            last: 4_711,
        }],
        sessions: Vec::new(),
        claiming: None,
        may_claim: true,
        refused: None,
    }
}
