//! The printed session pack: who, the order with its arithmetic, a grid for what is due, lines for
//! the pump, and every emergency card.

use super::around::Around;
use super::emergency_cards::{NOT_APPROVED, parts};
use super::entry_line::{MonitorNames, order_says};
use super::identity_strip::IdentityStrip;
use super::recovery_look::{self, Answers};
use super::session_room::held::{Line, wish_lines};
use askama::Template;
use clinical::clinic::Clinic;
use clinical::course::session::infusion::contents;
use clinical::course::session::{Check, CountedFrom, Line as TimeOutLine, Order, Session, marks};
use clinical::course::wishes::Wishes;
use clinical::emergency::{Card, Cards, Step};
use clinical::policy::Rules;
use units::{Decimal, Span};

/// How long the printed grids are. A visit that goes on longer goes on below, on empty lines; an
/// infusion is never cut short by its grid.
const DURING: Span = Span::from_minutes(60);
const BY_DOSE: Span = Span::from_minutes(120);
const AFTER: Span = Span::from_minutes(120);

/// The pack.
pub struct SessionPack<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Who this is.
    pub strip: IdentityStrip,
    /// The session.
    pub session: &'a Session,
    /// The rules that it keeps.
    pub rules: &'a Rules,
    /// What the person wishes.
    pub wishes: &'a Wishes,
    /// The emergency cards.
    pub cards: &'a Cards,
    /// Who approved which of them.
    pub clinic: &'a Clinic,
}

#[derive(Template)]
#[template(path = "session_pack.html")]
struct PackTemplate<'a> {
    around: Around<'a>,
    strip: IdentityStrip,
    session: String,
    room: &'a str,
    stage: &'static str,
    version: u64,
    planned_for: String,
    escort: String,
    order: Option<String>,
    arithmetic: Vec<Reckoning>,
    touch: String,
    wishes: Vec<Line>,
    time_out: Vec<&'static str>,
    pumped: bool,
    during: Vec<Mark>,
    after: Vec<Mark>,
    cards: Vec<CardView<'a>>,
}

/// A line of arithmetic that somebody else can do again.
struct Reckoning {
    what: &'static str,
    formula: String,
    result: String,
}

/// A line of the grid: when, and what is read then.
struct Mark {
    at: String,
    what: String,
}

struct CardView<'a> {
    card: &'a Card,
    parts: Vec<(&'static str, Vec<&'a Step>)>,
    warning: Option<&'static str>,
}

impl PackTemplate<'_> {
    fn oriented(&self) -> String {
        let says: Vec<&str> = recovery_look::orientations()
            .into_iter()
            .map(|(_, says)| says)
            .collect();
        says.join(" · ")
    }

    fn recovery_questions(&self) -> [(&'static str, &'static str, Answers); 10] {
        recovery_look::questions()
    }
}

impl SessionPack<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let session = self.session;
        let clock = self.around.clock();
        let order = session.order.as_ref();
        let way = session.way();
        let pumped = way.is_infusion();
        let marks = |from, until| grid(marks(session, self.rules, from, until), from);
        let during = match order.filter(|_| pumped) {
            Some(order) => DURING.max(lasts(order)),
            None => BY_DOSE,
        };
        super::written(&PackTemplate {
            around: self.around,
            strip: self.strip.clone(),
            session: session.id.to_string(),
            room: &session.room,
            stage: session.stage.says(),
            version: session.version,
            planned_for: session
                .planned_for
                .map_or_else(|| "not known".to_owned(), |at| clock.full(at)),
            escort: session
                .escort
                .clone()
                .unwrap_or_else(|| "not said".to_owned()),
            order: order.map(order_says),
            arithmetic: order.map(arithmetic).unwrap_or_default(),
            touch: self.wishes.touch().map_or_else(
                || "nobody has asked".to_owned(),
                |said| format!("{}, said {}", said.what.says(), clock.when(said.at)),
            ),
            wishes: wish_lines(self.wishes, &clock, &MonitorNames::new()),
            time_out: TimeOutLine::ALL
                .into_iter()
                .map(|line| line.said(&way))
                .collect(),
            pumped,
            during: marks(CountedFrom::FirstDrug, during),
            after: if pumped {
                marks(CountedFrom::End, AFTER)
            } else {
                Vec::new()
            },
            cards: self
                .cards
                .all()
                .iter()
                .map(|card| CardView {
                    card,
                    parts: parts(card),
                    warning: self.clinic.approval(card).is_none().then_some(NOT_APPROVED),
                })
                .collect(),
        })
    }
}

/// `T+5`, `E+15` …: minutes from the first drug, or from the end, each with what is read then.
/// Without a schedule the lines are empty, and somebody writes the time.
fn grid(marks: Vec<(Span, Vec<Check>)>, from: CountedFrom) -> Vec<Mark> {
    if marks.is_empty() {
        let empty = || Mark {
            at: String::new(),
            what: String::new(),
        };
        return std::iter::repeat_with(empty).take(12).collect();
    }
    let letter = match from {
        CountedFrom::FirstDrug => 'T',
        CountedFrom::End => 'E',
    };
    marks
        .into_iter()
        .map(|(at, checks)| Mark {
            at: format!("{letter}+{}", at.minutes()),
            what: checks
                .iter()
                .map(|check| check.says().to_lowercase())
                .collect::<Vec<_>>()
                .join(", "),
        })
        .collect()
}

/// How long the bag lasts at the ordered rate.
fn lasts(order: &Order) -> Span {
    let minutes = (order.volume.value() * Decimal::from(60)).checked_div(order.rate.value());
    minutes
        .and_then(|minutes| i64::try_from(minutes.ceil()).ok())
        .map_or(Span::ZERO, Span::from_minutes)
}

/// The order worked out anew, each line with its formula and inputs.
fn arithmetic(order: &Order) -> Vec<Reckoning> {
    let mut lines = Vec::new();
    if let Ok(per_weight) = order.dose.per_kilogram(order.dosing_weight) {
        lines.push(Reckoning {
            what: "Dose for the weight",
            formula: format!("{} ÷ {}", order.dose, order.dosing_weight),
            result: per_weight.to_string(),
        });
    }
    // What a syringe or a device holds stands in the order itself.
    if !order.way.is_infusion() {
        return lines;
    }
    lines.push(Reckoning {
        what: "What the bag holds",
        formula: format!("{} × {}", order.concentration, order.volume),
        result: contents(order).to_string(),
    });
    let per_hour = order.concentration.value() * order.rate.value();
    lines.push(Reckoning {
        what: "What is given in an hour at this rate",
        formula: format!("{} × {}", order.concentration, order.rate),
        result: format!("{} mg/h", per_hour.round_dp(2).normalize()),
    });
    let minutes = (order.volume.value() * Decimal::from(60)).checked_div(order.rate.value());
    if let Some(minutes) = minutes {
        lines.push(Reckoning {
            what: "How long the bag lasts",
            formula: format!("{} ÷ {} × 60", order.volume, order.rate),
            result: format!("{} min", minutes.round_dp(1).normalize()),
        });
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::super::session_room::sample;
    use super::*;

    #[test]
    fn the_arithmetic_of_the_order_is_written_with_its_inputs() {
        // By hand: 36 mg ÷ 72 kg = 0.5 mg/kg; 0.72 mg/mL × 50 mL = 36 mg;
        // 0.72 mg/mL × 75 mL/h = 54 mg/h; 50 mL ÷ 75 mL/h × 60 = 40 min.
        let lines = arithmetic(&sample::order().unwrap());
        let results: Vec<String> = lines
            .iter()
            .map(|line| line.result.replace('\u{a0}', " "))
            .collect();
        assert_eq!(results, ["0.5 mg/kg", "36 mg", "54 mg/h", "40 min"]);
        assert!(lines[3].formula.contains("÷"));
    }

    #[test]
    fn the_grid_says_what_is_read_at_each_mark_and_is_empty_without_a_schedule() {
        let mark = (
            Span::from_minutes(20),
            vec![Check::VitalSigns, Check::Distress],
        );
        let lines = grid(vec![mark], CountedFrom::End);
        assert_eq!(lines[0].at, "E+20");
        assert_eq!(lines[0].what, "vital signs, distress");
        let empty = grid(Vec::new(), CountedFrom::FirstDrug);
        assert!(empty.len() > 1 && empty.iter().all(|line| line.at.is_empty()));
    }

    #[test]
    fn an_infusion_is_never_cut_short_by_its_grid() {
        // By hand: 50 mL ÷ 75 mL/h × 60 = 40 min.
        assert_eq!(lasts(&sample::order().unwrap()), Span::from_minutes(40));
    }
}
