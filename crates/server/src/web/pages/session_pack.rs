//! The printed session pack: who, the order with its arithmetic, a grid for what is due, lines for
//! the pump, and every emergency card.

use super::around::Around;
use super::emergency_cards::{NOT_APPROVED, parts};
use super::entry_line::order_says;
use super::identity_strip::IdentityStrip;
use askama::Template;
use clinical::clinic::Clinic;
use clinical::course::session::infusion::contents;
use clinical::course::session::{Line, Order, Session};
use clinical::emergency::{Card, Cards, Step};
use clinical::policy::Rules;
use units::Decimal;

/// Minutes of grid that are printed for the infusion, and after its end.
const DURING: i64 = 60;
const AFTER: i64 = 120;

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
    made_ready: Option<String>,
    beyond: Option<String>,
    arithmetic: Vec<Reckoning>,
    time_out: Vec<&'static str>,
    interval_says: String,
    during: Vec<String>,
    after: Vec<String>,
    cards: Vec<CardView<'a>>,
}

/// A line of arithmetic that somebody else can do again.
struct Reckoning {
    what: &'static str,
    formula: String,
    result: String,
}

struct CardView<'a> {
    card: &'a Card,
    parts: Vec<(&'static str, Vec<&'a Step>)>,
    warning: Option<&'static str>,
}

impl SessionPack<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let session = self.session;
        let clock = self.around.clock();
        let order = session.order.as_ref();
        let minutes = |parameter: &str| {
            self.rules
                .value("monitoring-schedule", parameter)
                .and_then(|value| value.span())
                .map(|span| span.minutes())
        };
        let early = session.earlier_sessions < 3;
        let during = minutes(if early { "during" } else { "during_later" });
        let after = minutes("after");
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
            made_ready: order.and_then(Order::made_ready),
            beyond: order.and_then(Order::beyond_says),
            arithmetic: order.map(arithmetic).unwrap_or_default(),
            time_out: Line::ALL.into_iter().map(|line| line.says()).collect(),
            interval_says: interval_says(during, after),
            during: grid(during, DURING, "T"),
            after: grid(after, AFTER, "E"),
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

fn interval_says(during: Option<i64>, after: Option<i64>) -> String {
    let says = |minutes: Option<i64>| {
        minutes.map_or_else(
            || "as the clinic’s schedule says".to_owned(),
            |minutes| format!("every {minutes} minutes"),
        )
    };
    format!(
        "While the drug runs {}; after its end {}. More often whenever it is not as it should be.",
        says(during),
        says(after)
    )
}

/// `T+0`, `T+5` …: minutes from the start, or from the end.
fn grid(every: Option<i64>, until: i64, from: &str) -> Vec<String> {
    let Some(every) = every.filter(|every| *every > 0) else {
        return vec![String::new(); 12];
    };
    (0..=until / every)
        .map(|mark| format!("{from}+{}", mark * every))
        .collect()
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
    fn a_schedule_of_five_minutes_gives_thirteen_lines_for_an_hour() {
        assert_eq!(grid(Some(5), 60, "T").len(), 13);
        assert_eq!(
            grid(Some(15), 60, "T").last().map(String::as_str),
            Some("T+60")
        );
        // Without a schedule the lines are empty, and somebody writes the time.
        assert!(grid(None, 60, "T").iter().all(String::is_empty));
    }
}
