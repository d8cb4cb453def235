//! A session's drug: what is drawn for it, what the patient got, and what is wasted.

use super::around::Around;
use super::clock_face::civil_date;
use super::entry_line::order_says;
use super::identity_strip::IdentityStrip;
use crate::ledger::{ContainerRow, Shown, SyringeRow, delivered};
use crate::web::form::Fields;
use askama::Template;
use clinical::course::session::{Session, Stage};
use clinical::ledger::{Method, Products, Strength, Visit};
use clinical::patient::CivilDate;
use clinical::patient::Patient;
use clinical::record::SessionId;
use rust_decimal::RoundingStrategy;
use std::collections::BTreeSet;
use units::{Decimal, Micrograms};

/// So many containers are named: those that are to be taken first.
const SHOWN: usize = 6;

/// The page, as it is given what it shows.
pub struct SessionDrug<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// The session.
    pub session: &'a Session,
    /// The person.
    pub patient: &'a Patient,
    /// What was ordered, and what was drawn before.
    pub visit: Option<Visit>,
    /// What was drawn for it.
    pub syringes: Vec<Shown<SyringeRow>>,
    /// What is in stock.
    pub stock: Vec<Shown<ContainerRow>>,
    /// Today, at the clinic: nothing is drawn after its last day.
    pub today: CivilDate,
    /// Whoever looks may handle it.
    pub may_handle: bool,
    /// Why something was not saved.
    pub refused: Option<&'a str>,
    /// What was typed.
    pub typed: Option<&'a Fields>,
}

#[derive(Template)]
#[template(path = "session_drug.html")]
struct Page<'a> {
    around: Around<'a>,
    strip: IdentityStrip,
    session: SessionId,
    patient: String,
    order: Option<String>,
    fitting: Vec<Fitting>,
    issued: Vec<Fitting>,
    to_draw: Option<String>,
    all_drawn: bool,
    may_draw: bool,
    syringes: Vec<Line>,
    by_record: Option<String>,
    methods: [Method; 2],
    may_handle: bool,
    refused: Option<&'a str>,
    typed: Option<&'a Fields>,
}

/// A container that fits the order.
struct Fitting {
    mark: String,
    says: String,
}

struct Line {
    id: String,
    hidden: bool,
    corrected: bool,
    drawn: String,
    given_told: Option<String>,
    checked_by: Option<String>,
    says: String,
    open: bool,
    accounted: String,
    given: String,
    given_known: bool,
    rest: String,
    nothing_left: bool,
}

impl Line {
    /// A name of the form that corrects it, of its own on the page.
    fn drawn_id(&self) -> String {
        format!("correct {}", self.id)
    }
}

impl Page<'_> {
    fn value(&self, name: &str) -> String {
        self.typed
            .map_or_else(String::new, |fields| fields.text(name).to_owned())
    }

    fn value_or(&self, name: &str, otherwise: &str) -> String {
        let typed = self.value(name);
        if typed.is_empty() {
            otherwise.to_owned()
        } else {
            typed
        }
    }
}

impl SessionDrug<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let order = self.session.order.as_ref();
        // Who was sent home before the start got nothing.
        let by_record = match self.session.stage {
            Stage::Cancelled => Some(Micrograms::ZERO),
            _other => delivered(self.session),
        };
        super::written(&Page {
            around: self.around,
            strip: IdentityStrip::of(self.patient, self.around.now, self.around.zone),
            session: self.session.id,
            patient: self
                .session
                .patient
                .map_or_else(String::new, |patient| patient.to_string()),
            order: order.map(order_says),
            fitting: self.fitting(),
            issued: self
                .stock
                .iter()
                .filter(|one| one.row.issued == Some(self.session.id))
                .map(|one| Fitting {
                    mark: one.row.mark.clone(),
                    says: format!("{} in it, in {}", one.row.remaining, one.row.place),
                })
                .collect(),
            to_draw: self.to_draw(),
            all_drawn: self
                .visit
                .as_ref()
                .is_some_and(|visit| visit.drawn >= visit.ordered),
            may_draw: self
                .visit
                .as_ref()
                .is_some_and(|visit| visit.may_be_drawn_for),
            syringes: self.lines(by_record),
            by_record: by_record.map(|amount| amount.to_string()),
            methods: Method::ALL,
            may_handle: self.may_handle,
            refused: self.refused,
            typed: self.typed,
        })
    }

    /// Containers that may be drawn from: of the order's drug and strength, in date, opened first.
    ///
    /// Each with what is to be drawn from it: strengths differ tenfold.
    fn fitting(&self) -> Vec<Fitting> {
        let Some(visit) = &self.visit else {
            return Vec::new();
        };
        let mut fitting: Vec<&ContainerRow> = self
            .stock
            .iter()
            .map(|one| &one.row)
            .filter(|row| row.drug == visit.drug && !row.remaining.is_zero())
            .filter(|row| {
                visit
                    .strength
                    .is_none_or(|strength| row.strength.is(strength))
            })
            .filter(|row| row.apart.is_none() && row.difference_since.is_none())
            .filter(|row| row.expires >= self.today)
            .collect();
        fitting.sort_by_key(|row| (row.opened_at.is_none(), row.expires));
        let left = visit.ordered.less(visit.drawn).unwrap_or_default();
        let clock = self.around.clock();
        let to_draw_from = |row: &ContainerRow| {
            let strength = Decimal::from(row.strength.milligrams_per_millilitre());
            if left.is_zero() {
                String::new()
            } else {
                format!(" {} mL to draw.", to_draw(left, strength))
            }
        };
        let says = |row: &ContainerRow| Fitting {
            mark: row.mark.clone(),
            says: format!(
                "{} {}:{} {}, lot {}, last day {}, {} in it, {}",
                row.drug.says(),
                row.strength,
                to_draw_from(row),
                row.opened_at.map_or_else(
                    || "Sealed".to_owned(),
                    |at| format!("Opened {}", clock.when(at))
                ),
                row.lot,
                civil_date(row.expires),
                row.remaining,
                row.place
            ),
        };
        fitting.into_iter().take(SHOWN).map(says).collect()
    }

    /// What is still to be drawn, in millilitres of the strength that the order was worked out for.
    fn to_draw(&self) -> Option<String> {
        let visit = self.visit.as_ref()?;
        let left = visit.ordered.less(visit.drawn)?;
        let strength = visit.strength.filter(|strength| !strength.is_zero())?;
        let ordered = self
            .session
            .order
            .as_ref()
            .and_then(|order| order.reckoned.as_ref())
            .filter(|_| visit.drawn.is_zero());
        let volume = ordered.map_or_else(|| to_draw(left, strength), |known| known.drawn.value());
        (volume > Decimal::ZERO).then(|| volume.normalize().to_string())
    }

    fn lines(&self, by_record: Option<Micrograms>) -> Vec<Line> {
        let clock = self.around.clock();
        // What the record says was given is taken from the syringes in the order of their drawing.
        let mut to_give = by_record;
        let told: Micrograms = self.syringes.iter().filter_map(|one| one.row.given).sum();
        to_give = to_give.map(|amount| amount.less(told).unwrap_or_default());
        let mut lines = Vec::new();
        for one in &self.syringes {
            let row = &one.row;
            let given = row.given.or_else(|| {
                let share = to_give?.min(row.drawn);
                to_give = to_give.and_then(|amount| amount.less(share));
                Some(share)
            });
            let rest = given.and_then(|given| row.drawn.less(given));
            let rest = match row.given {
                Some(_) => Some(row.left),
                None => rest,
            };
            lines.push(Line {
                id: one.id.to_string(),
                // Until the second person has entered what they see, or nothing waits for them.
                // Hazard: H19
                hidden: row.checked_by.is_none()
                    && one.state == "open"
                    && self.session.stage == Stage::Preparation,
                corrected: row.corrected,
                drawn: row.volume.large().to_string(),
                given_told: row.given.map(|amount| amount.large().to_string()),
                checked_by: row.checked_by.clone(),
                says: format!(
                    "{} ({}) of {} {} from {}, by {} at {}",
                    row.volume,
                    row.drawn,
                    row.drug.says(),
                    row.strength,
                    row.mark,
                    row.drawn_by,
                    one.at.map(|at| clock.when(at)).unwrap_or_default()
                ),
                open: one.state == "open",
                accounted: accounted(row),
                given: given
                    .map(|amount| amount.large().to_string())
                    .unwrap_or_default(),
                given_known: row.given.is_some(),
                rest: rest
                    .map(|amount| amount.large().to_string())
                    .unwrap_or_default(),
                nothing_left: rest.is_some_and(Micrograms::is_zero),
            });
        }
        lines
    }
}

/// As many millilitres of a strength as hold an amount, to a hundredth.
fn to_draw(amount: Micrograms, strength: Decimal) -> Decimal {
    let volume = amount
        .large()
        .checked_div(strength)
        .unwrap_or(Decimal::ZERO);
    volume
        .round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
        .normalize()
}

fn accounted(row: &SyringeRow) -> String {
    let given = row
        .given
        .map_or_else(String::new, |amount| format!("{amount} given"));
    match &row.wasted {
        Some((amount, witness)) => format!("{given}, {amount} wasted before {witness}"),
        None => given,
    }
}

/// The page of the second person: what is ordered, and nothing of what was entered first.
pub struct DrugCheck<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// The session.
    pub session: &'a Session,
    /// The person.
    pub patient: &'a Patient,
    /// What was drawn for it.
    pub syringes: Vec<Shown<SyringeRow>>,
    /// Every strength that there is.
    pub products: &'a Products,
    /// Why something was not saved.
    pub refused: Option<&'a str>,
    /// What was typed.
    pub typed: Option<&'a Fields>,
}

#[derive(Template)]
#[template(path = "session_drug_check.html")]
struct CheckPage<'a> {
    around: Around<'a>,
    strip: IdentityStrip,
    session: SessionId,
    patient: String,
    order: Option<String>,
    open: Vec<(String, String)>,
    strengths: Vec<Strength>,
    refused: Option<&'a str>,
    typed: Option<&'a Fields>,
}

impl CheckPage<'_> {
    fn value(&self, id: &str, name: &str) -> String {
        let of_this = self.typed.filter(|fields| fields.text("syringe") == id);
        of_this.map_or_else(String::new, |fields| fields.text(name).to_owned())
    }
}

impl DrugCheck<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let clock = self.around.clock();
        let strengths = self.products.all().iter().map(|one| one.strength);
        let strengths: BTreeSet<Strength> = strengths.collect();
        super::written(&CheckPage {
            around: self.around,
            strip: IdentityStrip::of(self.patient, self.around.now, self.around.zone),
            session: self.session.id,
            patient: self
                .session
                .patient
                .map_or_else(String::new, |patient| patient.to_string()),
            order: self.session.order.as_ref().map(order_says),
            open: self
                .syringes
                .iter()
                .filter(|one| one.state == "open" && one.row.checked_by.is_none())
                .map(|one| {
                    let when = one.at.map(|at| clock.when(at)).unwrap_or_default();
                    let says = format!("Drawn by {} at {when}", one.row.drawn_by);
                    (one.id.to_string(), says)
                })
                .collect(),
            strengths: strengths.into_iter().collect(),
            refused: self.refused,
            typed: self.typed,
        })
    }
}
