//! The emergency equipment of the rooms.

use super::around::Around;
use super::clock_face::civil_date;
use crate::web::form::Fields;
use askama::Template;
use clinical::clinic::{Clinic, EquipmentList, equipment_paper};
use clinical::patient::CivilDate;
use clinical::policy::Outcome;
use clinical::record::{CommandId, SessionId};
use units::Span;

/// The rooms, and the list of one of them.
pub struct EquipmentPage<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// What is looked for.
    pub list: &'a EquipmentList,
    /// What was found.
    pub clinic: &'a Clinic,
    /// The clinic's date.
    pub today: CivilDate,
    /// For how long a look counts.
    pub holds: Option<Span>,
    /// The room that is looked at; empty: none.
    pub room: &'a str,
    /// The session to go back to.
    pub session: Option<SessionId>,
    /// What was typed.
    pub typed: Option<&'a Fields>,
    /// Why it was not saved.
    pub refused: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "equipment.html")]
struct Page<'a> {
    around: Around<'a>,
    list: &'a EquipmentList,
    rooms: Vec<Line>,
    room: Option<&'a str>,
    session: String,
    lines: Vec<Looked<'a>>,
    good_until: String,
    note: String,
    refused: Option<&'a str>,
}

struct Line {
    room: String,
    met: bool,
    says: String,
    when: String,
}

struct Looked<'a> {
    id: &'a str,
    says: &'a str,
    must: bool,
    expires: bool,
    ticked: bool,
}

impl EquipmentPage<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let clock = self.around.clock();
        let rooms = self.clinic.rooms.iter().map(|room| {
            let look = self.clinic.equipment.get(&room.name);
            let paper = equipment_paper(self.list, look, self.holds, self.around.now, self.today);
            Line {
                room: room.name.clone(),
                met: paper.outcome == Outcome::Met,
                says: match look {
                    Some(_) => paper.says,
                    None => "nobody has looked".to_owned(),
                },
                when: look.map_or_else(String::new, |look| {
                    format!(
                        "{}, everything in date until {}",
                        clock.when(look.at),
                        civil_date(look.good_until)
                    )
                }),
            }
        });
        let known = self.clinic.rooms.iter().find(|room| room.name == self.room);
        let ticked = |id: &str| {
            self.typed
                .is_some_and(|typed| typed.all("there").any(|there| there == id))
        };
        // The last day of before is offered: what has not been replaced has not changed.
        let before = self.clinic.equipment.get(self.room);
        let good_until = match (self.typed, before) {
            (Some(typed), _) => typed.text("good_until").to_owned(),
            (None, Some(look)) => look.good_until.to_string(),
            (None, None) => String::new(),
        };
        super::written(&Page {
            around: self.around,
            list: self.list,
            rooms: rooms.collect(),
            room: known.map(|room| room.name.as_str()),
            session: self
                .session
                .map(|session| session.to_string())
                .unwrap_or_default(),
            lines: self
                .list
                .items
                .iter()
                .map(|item| Looked {
                    id: &item.id,
                    says: &item.says,
                    must: item.must,
                    expires: item.expires,
                    ticked: ticked(&item.id),
                })
                .collect(),
            good_until,
            note: self
                .typed
                .map(|typed| typed.text("note").to_owned())
                .unwrap_or_default(),
            refused: self.refused,
        })
    }
}

impl Page<'_> {
    fn command_id(&self) -> CommandId {
        self.around.command_id("equipment")
    }
}
