//! Everybody to whom a contact of integration is owed: late first; and groups.

use super::around::Around;
use super::integration_write::{Choice, risks};
use crate::integration::Listed;
use askama::Template;
use clinical::course::integration::{Note, Planned, Prompts, Standing};
use clinical::record::PatientId;
use units::Moment;
use uuid::Uuid;

/// Everybody.
#[derive(Template)]
#[template(path = "integration_list.html")]
pub struct IntegrationList<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Everybody who is listed.
    pub listed: &'a [Listed],
    /// The reader opens the plan; without it they read that a visit is due, and no word more.
    pub may_read: bool,
    /// The reader agrees groups and writes.
    pub may_write: bool,
    /// Why the last form was not saved.
    pub refused: Option<String>,
}

/// A person on the list.
pub struct PersonShown {
    name: String,
    to: String,
    says: String,
    soft: String,
}

/// A group.
pub struct GroupShown {
    group: Uuid,
    at: String,
    people: String,
}

/// A name as lists show it.
pub(super) fn name(listed: &Listed) -> String {
    listed
        .person
        .banner_name()
        .unwrap_or_else(|| "not registered".to_owned())
}

impl IntegrationList<'_> {
    fn address(&self, patient: PatientId) -> String {
        if self.may_read {
            format!("/patients/{patient}/integration")
        } else {
            format!("/patients/{patient}/course")
        }
    }

    fn shown(&self, one: &Listed, planned: &Planned, says: String, soft: String) -> PersonShown {
        PersonShown {
            name: name(one),
            to: self.address(one.patient),
            says: if self.may_read {
                format!("{}: {says}", planned.owed.kind.says())
            } else {
                format!("visit {says}")
            },
            soft,
        }
    }

    /// Those of one standing, the earliest first.
    fn of(
        &self,
        when: impl Fn(&Planned) -> Option<Moment>,
        says: impl Fn(&Planned) -> (String, String),
    ) -> Vec<PersonShown> {
        let mut found: Vec<(Moment, PersonShown)> = Vec::new();
        for one in self.listed {
            for planned in &one.plan {
                if let Some(at) = when(planned) {
                    let (text, soft) = says(planned);
                    found.push((at, self.shown(one, planned, text, soft)));
                }
            }
        }
        found.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.name.cmp(&b.1.name)));
        found.into_iter().map(|(_, shown)| shown).collect()
    }

    /// Each person once, by the newest contact that is late; whoever is late for the longest first.
    fn late(&self) -> Vec<PersonShown> {
        let clock = self.around.clock();
        let mut found: Vec<(Moment, PersonShown)> = Vec::new();
        for one in self.listed {
            let late: Vec<&Planned> = one
                .plan
                .iter()
                .filter(|planned| planned.standing == Standing::Late)
                .collect();
            let Some(newest) = late.iter().max_by_key(|planned| planned.owed.aim) else {
                continue;
            };
            let closed = newest.owed.closes.unwrap_or(newest.owed.aim);
            let more = match late.len() - 1 {
                0 => String::new(),
                1 => " · 1 earlier one too".to_owned(),
                count => format!(" · {count} earlier ones too"),
            };
            let says = format!("late since {}", clock.full(closed));
            let soft = format!("{}{more}", clock.ago(closed));
            found.push((closed, self.shown(one, newest, says, soft)));
        }
        found.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.name.cmp(&b.1.name)));
        found.into_iter().map(|(_, shown)| shown).collect()
    }

    fn due(&self) -> Vec<PersonShown> {
        let clock = self.around.clock();
        self.of(
            |one| (one.standing == Standing::Due).then_some(one.owed.aim),
            |one| {
                let soft = one
                    .owed
                    .closes
                    .filter(|closes| *closes > one.owed.aim)
                    .map_or_else(String::new, |closes| {
                        format!("late from {}", clock.full(closes))
                    });
                (format!("due by {}", clock.full(one.owed.aim)), soft)
            },
        )
    }

    fn agreed(&self) -> Vec<PersonShown> {
        let clock = self.around.clock();
        self.of(
            |one| match one.standing {
                Standing::Booked { at, .. } => Some(at),
                Standing::Held { .. }
                | Standing::Missed { .. }
                | Standing::Ahead
                | Standing::Due
                | Standing::Late => None,
            },
            |one| match one.standing {
                Standing::Booked { at, .. } => {
                    (format!("agreed for {}", clock.full(at)), String::new())
                }
                Standing::Held { .. }
                | Standing::Missed { .. }
                | Standing::Ahead
                | Standing::Due
                | Standing::Late => (String::new(), String::new()),
            },
        )
    }

    fn ahead(&self) -> Vec<PersonShown> {
        let clock = self.around.clock();
        self.of(
            |one| (one.standing == Standing::Ahead).then_some(one.owed.opens),
            |one| {
                (
                    format!("from {}", clock.full(one.owed.opens)),
                    String::new(),
                )
            },
        )
    }

    /// Groups that are agreed, or whose notes are not all written.
    fn groups(&self) -> Vec<GroupShown> {
        let clock = self.around.clock();
        let mut groups: Vec<(Moment, Uuid, Vec<String>)> = Vec::new();
        for one in self.listed {
            for day in &one.known.bookings {
                let Some(group) = day.group.filter(|_| day.cancelled.is_none()) else {
                    continue;
                };
                match groups.iter_mut().find(|known| known.1 == group) {
                    Some(known) => known.2.push(name(one)),
                    None => groups.push((day.at, group, vec![name(one)])),
                }
            }
        }
        groups.sort_by_key(|(at, ..)| std::cmp::Reverse(*at));
        groups
            .into_iter()
            .map(|(at, group, people)| GroupShown {
                group,
                at: clock.full(at),
                people: people.join("; "),
            })
            .collect()
    }

    /// Those who can be asked into a group.
    fn people(&self) -> Vec<(PatientId, String)> {
        let mut people: Vec<(PatientId, String)> = self
            .listed
            .iter()
            .map(|one| (one.patient, name(one)))
            .collect();
        people.sort_by(|a, b| a.1.cmp(&b.1));
        people
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

/// One person's part of a group.
pub struct GroupPart {
    /// Whose.
    pub patient: PatientId,
    /// Their name, for staff alone.
    pub name: String,
    /// What is written so far; none where nothing is.
    pub written: Option<Note>,
    /// It is signed, or somebody else writes it: it is not on this form any more.
    pub closed: Option<String>,
}

/// One entry for a group: what it did together, and each one's own part.
#[derive(Template)]
#[template(path = "integration_group.html")]
pub struct GroupNote<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Which.
    pub group: Uuid,
    /// When it was, or is to be.
    pub at: Moment,
    /// It is in the future: nothing can be written yet.
    pub ahead: bool,
    /// What the group did.
    pub together: String,
    /// The people.
    pub parts: Vec<GroupPart>,
    /// The themes.
    pub prompts: &'a Prompts,
    /// What was not saved, and why.
    pub refused: Vec<String>,
}

impl GroupNote<'_> {
    fn when(&self) -> String {
        self.around.clock().full(self.at)
    }

    fn held_at(&self) -> String {
        self.around.clock().date_time_local(self.at)
    }

    /// The themes of one person: what moved somebody else of the group stands in that one's record.
    // Hazard: H68
    fn themes(&self, part: &GroupPart) -> Vec<Choice> {
        let chosen = part.written.as_ref();
        self.prompts
            .themes
            .iter()
            .map(|theme| {
                let is_chosen = chosen.is_some_and(|note| note.themes.contains(&theme.id));
                (theme.id.clone(), theme.says.clone(), is_chosen)
            })
            .collect()
    }

    fn account(part: &GroupPart) -> String {
        part.written
            .as_ref()
            .map_or_else(String::new, |note| note.account.clone())
    }

    fn is_private(part: &GroupPart) -> bool {
        part.written
            .as_ref()
            .is_some_and(|note| note.account_private)
    }

    fn homework(part: &GroupPart) -> String {
        part.written
            .as_ref()
            .map_or_else(String::new, |note| note.homework.join("\n"))
    }

    fn risks(part: &GroupPart) -> Vec<Choice> {
        risks(part.written.as_ref().and_then(|note| note.risk))
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}
