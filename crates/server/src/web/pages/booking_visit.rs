//! One visit: when and where, how it is moved or cancelled, and the prescriber's order for it.

use super::around::Around;
use super::booking_course::places;
use super::clock_face::today;
use super::day_view::{drug_says, place_value};
use super::entry_line::order_says;
use crate::book::BookedVisit;
use askama::Template;
use clinical::clinic::Room;
use clinical::course::booking::Warning;
use clinical::course::session::{Order, Session, Stage};
use clinical::patient::BodyWeight;
use clinical::record::{PatientId, SessionId};
use units::Moment;

/// A visit, as the page is given it.
pub struct VisitPage<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// The visit.
    pub booked: &'a BookedVisit,
    /// The person's name.
    pub name: &'a str,
    /// When they were born, and their number.
    pub about: &'a str,
    /// What is to be said about it.
    pub warnings: &'a [Warning],
    /// The clinic's rooms.
    pub rooms: &'a [Room],
    /// The session that was planned for it.
    pub session: Option<&'a Session>,
    /// The newest weighing.
    pub weight: Option<&'a BodyWeight>,
    /// The viewer books.
    pub may_book: bool,
    /// The viewer reads charts: the order is shown.
    pub may_read: bool,
    /// The viewer orders.
    pub may_order: bool,
}

#[derive(Template)]
#[template(path = "booking_visit.html")]
struct Page<'a> {
    around: Around<'a>,
    id: SessionId,
    patient: PatientId,
    name: &'a str,
    about: &'a str,
    when: String,
    date: String,
    time: String,
    place: String,
    at: String,
    what: String,
    lasts: String,
    stands: String,
    warnings: Vec<String>,
    session: Option<String>,
    may_change: bool,
    may_arrange: bool,
    may_miss: bool,
    places: Vec<(String, String)>,
    order: Option<String>,
    maths: Option<String>,
    change: Option<String>,
    may_order: bool,
    weighed: String,
}

impl VisitPage<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let clock = self.around.clock();
        let visit = &self.booked.visit;
        let day = |at: Moment| format!("{}, {}", clock.weekday(at), clock.time(at));
        let stage = self.session.map(|session| session.stage);
        let begun = !matches!(stage, None | Some(Stage::NotPlanned | Stage::Planned));
        let order = self
            .session
            .and_then(|session| session.order.as_ref())
            .filter(|_| self.may_read);
        let open = self.booked.is_booked() && !begun;
        super::written(&Page {
            around: self.around,
            id: visit.visit,
            patient: visit.patient,
            name: self.name,
            about: self.about,
            when: format!("{} to {}", day(visit.starts), clock.time(visit.ends())),
            date: today(visit.starts, self.around.zone)
                .map_or_else(String::new, |date| date.to_string()),
            time: clock.time(visit.starts),
            place: format!("Room {}", visit.place.name_in(self.rooms)),
            at: place_value(&visit.place),
            what: drug_says(visit),
            lasts: format!(
                "{} until the drug has ended, {} of recovery",
                visit.treatment, visit.recovery
            ),
            stands: self.stands(stage),
            warnings: self.warnings.iter().map(|one| one.says(day)).collect(),
            session: stage
                .filter(|_| self.may_read)
                .map(|_| format!("/sessions/{}", visit.visit)),
            may_change: self.may_book && open,
            may_arrange: self.may_book,
            may_miss: visit.starts <= self.around.now,
            places: places(self.rooms),
            order: order.map(order_says),
            maths: order.and_then(maths),
            change: (self.may_order && matches!(stage, Some(Stage::Planned | Stage::Preparation)))
                .then(|| format!("/sessions/{}/order", visit.visit)),
            may_order: self.may_order && open && stage.is_none(),
            weighed: match self.weight {
                None => "This person was never weighed here.".to_owned(),
                Some(weight) => format!(
                    "Weighed on {}: {}.",
                    clock.date(weight.at),
                    weight.kilograms
                ),
            },
        })
    }

    fn stands(&self, stage: Option<Stage>) -> String {
        match (self.booked.state.as_str(), stage) {
            ("booked", None | Some(Stage::NotPlanned)) => {
                "Booked. No order yet: the session cannot begin without one.".to_owned()
            }
            ("booked", Some(stage)) => format!("Booked. Session: {}.", stage.says()),
            ("cancelled", _) => "Cancelled.".to_owned(),
            ("missed", _) => "The person did not come.".to_owned(),
            ("done", _) => "Took place.".to_owned(),
            (other, _) => other.to_owned(),
        }
    }
}

/// The dose by weight, with its reckoning.
fn maths(order: &Order) -> Option<String> {
    let by_weight = order
        .dose
        .value()
        .checked_div(order.dosing_weight.value())?
        .round_dp(2)
        .normalize();
    Some(format!(
        "{} ÷ {} = {by_weight}\u{a0}mg/kg",
        order.dose, order.dosing_weight
    ))
}

#[cfg(test)]
mod tests {
    use super::super::day_view::sample;
    use super::*;
    use clinical::course::session::{Alongside, Way};
    use units::{
        Decimal, Kilograms, Milligrams, MilligramsPerMillilitre, Millilitres, MillilitresPerHour,
    };

    fn html(may_order: bool) -> String {
        let rooms = [Room {
            name: "1".to_owned(),
            position: 1,
            chairs: 1,
        }];
        VisitPage {
            around: super::super::around::sample::around("/visits/x"),
            booked: &BookedVisit {
                visit: sample::visit(),
                state: "booked".to_owned(),
                version: 1,
            },
            name: "MORENO, Ana",
            about: "born 14 Mar 1985 · No. 0042-118",
            warnings: &[],
            rooms: &rooms,
            session: None,
            weight: None,
            may_book: true,
            may_read: may_order,
            may_order,
        }
        .html()
    }

    #[test]
    fn prescribers_are_led_to_the_order_and_nobody_else() {
        assert!(!html(false).contains("/order\""));
        let html = html(true);
        assert!(html.contains("Write the order"));
        assert!(html.contains("never weighed here"));
    }

    #[test]
    fn the_dose_by_weight_is_shown_with_its_reckoning() {
        // Source: clinical reference 3.7, second example: 31 mg for 62 kg.
        let number = |value: i64| Decimal::from(value);
        let order = Order {
            drug: "ketamine".to_owned(),
            dose: Milligrams::new(number(31)).unwrap(),
            concentration: MilligramsPerMillilitre::new(Decimal::new(62, 2)).unwrap(),
            volume: Millilitres::new(number(50)).unwrap(),
            rate: MillilitresPerHour::new(number(75)).unwrap(),
            dosing_weight: Kilograms::new(number(62)).unwrap(),
            weight_kind: None,
            prescriber: "Dr Lee".to_owned(),
            beyond: None,
            reckoned: None,
            way: Way::default(),
            alongside: Alongside::default(),
            grounds: None,
        };
        assert_eq!(
            maths(&order).unwrap(),
            "31\u{a0}mg ÷ 62\u{a0}kg = 0.5\u{a0}mg/kg"
        );
    }
}
