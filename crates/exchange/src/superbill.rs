//! What a payer in the United States reads of a visit: numbers of procedures and drugs, worked out
//! from what was charted.
//!
//! The table is data (`codes/superbill.toml`). Its minutes are those that the pump ran by the
//! record; nothing is rounded up, and what is not known has no line.

use crate::codes::embedded;
use clinical::course::screening::person::{Product, Route};
use clinical::course::session::Session;
use clinical::patient::CivilDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;
use units::{Milligrams, Moment};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    infusion: InfusionCodes,
    push: Code,
    injection: Code,
    drug: Vec<DrugCode>,
    bundle: Vec<Bundle>,
    diagnosis: Vec<Diagnosis>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InfusionCodes {
    from_minutes: i64,
    first: Code,
    beyond_minutes: i64,
    further: Code,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Code {
    code: String,
    says: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Counts {
    Once,
    Milligrams,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DrugCode {
    product: Product,
    code: String,
    counts: Counts,
    from: Option<CivilDate>,
    says: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bundle {
    product: Product,
    code: String,
    at_most_mg: Option<Decimal>,
    says: String,
}

/// A diagnosis that may be chosen.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Diagnosis {
    /// Its number.
    pub code: String,
    /// In our own words.
    pub says: String,
    /// What is said of the row itself: `unverified`.
    pub mark: Option<String>,
}

static FILE: LazyLock<File> =
    LazyLock::new(|| embedded(include_str!("../../../codes/superbill.toml")));

/// The diagnoses that may be chosen.
pub fn diagnoses() -> &'static [Diagnosis] {
    &FILE.diagnosis
}

/// The version of the table.
pub fn version() -> u32 {
    FILE.version
}

/// What was charted of a visit, as far as a payer asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// What was given.
    pub product: Product,
    /// By which way.
    pub route: Route,
    /// Whole minutes that the pump ran; none where nothing was pumped.
    pub minutes: Option<i64>,
    /// How many doses, injections or devices; the boluses, where a pump ran.
    pub doses: usize,
    /// How much went in; none where it is not known, or nothing did.
    pub given: Option<Milligrams>,
    /// The clinic's day.
    pub day: CivilDate,
    /// The drug has ended.
    pub ended: bool,
}

impl Service {
    /// From a session's chart; `at` is now, and `day` the clinic's day of the first drug.
    pub fn of(session: &Session, day: CivilDate, at: Moment) -> Self {
        let way = session.way();
        let infusion = session.infusion();
        let ended = session.drug_ended_at();
        let until = ended.unwrap_or(at);
        let pumped = infusion.as_ref().filter(|_| way.is_infusion()).map(|one| {
            let stretches = one.stretches();
            let ends = stretches
                .iter()
                .skip(1)
                .map(|next| next.from)
                .chain(std::iter::once(until));
            stretches
                .iter()
                .zip(ends)
                .filter(|(stretch, _)| stretch.rate != units::MillilitresPerHour::ZERO)
                .map(|(stretch, end)| (end - stretch.from).seconds().max(0))
                .sum::<i64>()
                / 60
        });
        Self {
            product: way.product,
            route: way.route,
            minutes: pumped,
            doses: infusion.as_ref().map_or(0, |one| one.boluses().len()),
            given: session.given(until),
            day,
            ended: ended.is_some(),
        }
    }
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The number.
    pub code: &'static str,
    /// How often.
    pub units: Decimal,
    /// In our own words.
    pub says: &'static str,
    /// What it rests on.
    pub because: String,
}

/// What may be billed of a visit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Superbill {
    /// The lines.
    pub lines: Vec<Line>,
    /// The one line that some payers read in place of all of them.
    pub instead: Option<Line>,
    /// What cannot be said, in sentences.
    pub open: Vec<String>,
}

/// The lines of a visit. What is not known has none, and is said.
pub fn superbill(service: &Service) -> Superbill {
    let mut bill = Superbill::default();
    if !service.ended {
        bill.open
            .push("The drug has not ended: wait until it has.".to_owned());
        return bill;
    }
    if service.doses == 0 && service.minutes.unwrap_or(0) == 0 {
        bill.open
            .push("No drug was given: nothing of it is billed.".to_owned());
        return bill;
    }
    giving(service, &mut bill);
    match service.given {
        Some(given) => drug(service, given, &mut bill),
        None => bill
            .open
            .push("How much went in is not known: the drug has no line.".to_owned()),
    }
    bill
}

fn giving(service: &Service, bill: &mut Superbill) {
    let line = |code: &'static Code, units: i64, because: String| Line {
        code: &code.code,
        units: Decimal::from(units),
        says: &code.says,
        because,
    };
    match (service.route, service.minutes) {
        (Route::Intravenous, Some(minutes)) => {
            let codes = &FILE.infusion;
            let because = format!("the pump ran {minutes} min by the record");
            if minutes < codes.from_minutes {
                bill.lines.push(line(&FILE.push, 1, because));
            } else {
                bill.lines.push(line(&codes.first, 1, because.clone()));
                // The second hour begins to count beyond 60 + 30 minutes, the third beyond 120 + 30.
                let further = (minutes - codes.beyond_minutes - 1) / 60;
                if further > 0 {
                    bill.lines.push(line(&codes.further, further, because));
                }
            }
        }
        (Route::Intravenous, None) => {
            let because = format!("doses into a vein: {}", service.doses);
            bill.lines.push(line(&FILE.push, 1, because));
            if service.doses > 1 {
                bill.open.push(
                    "Further doses into a vein are not in the list; ask the payer.".to_owned(),
                );
            }
        }
        (Route::Intramuscular | Route::Subcutaneous, _) => {
            let because = format!("injections: {}", service.doses);
            let count = i64::try_from(service.doses).unwrap_or(i64::MAX);
            bill.lines.push(line(&FILE.injection, count, because));
        }
        (Route::Intranasal | Route::Oral | Route::Sublingual, _) => {
            // The nasal device is in the drug's own line, or in the bundle.
            if service.product == Product::Racemic {
                bill.open
                    .push("No number is known here for giving a drug by this route.".to_owned());
            }
        }
    }
}

fn drug(service: &Service, given: Milligrams, bill: &mut Superbill) {
    let because = format!("{} given by the record", given.rounded(2));
    let in_force = FILE.drug.iter().find(|row| {
        row.product == service.product && row.from.is_none_or(|from| service.day >= from)
    });
    match in_force {
        Some(row) => bill.lines.push(Line {
            code: &row.code,
            units: match row.counts {
                Counts::Once => Decimal::ONE,
                Counts::Milligrams => given.rounded(2).value().normalize(),
            },
            says: &row.says,
            because: because.clone(),
        }),
        None => bill
            .open
            .push("No number is known here for this drug on this day.".to_owned()),
    }
    bill.instead = FILE
        .bundle
        .iter()
        .filter(|row| row.product == service.product)
        .find(|row| row.at_most_mg.is_none_or(|most| given.value() <= most))
        .map(|row| Line {
            code: &row.code,
            units: Decimal::ONE,
            says: &row.says,
            because,
        });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Case {
        says: String,
        product: Product,
        route: Route,
        minutes: Option<i64>,
        #[serde(default)]
        doses: usize,
        given: Option<Milligrams>,
        day: CivilDate,
        expect: Vec<String>,
        bundle: Option<String>,
        #[serde(default)]
        open: Vec<String>,
    }

    #[derive(Deserialize)]
    struct Cases {
        case: Vec<Case>,
    }

    #[test]
    fn every_case_that_was_worked_out_by_hand() {
        let cases: Cases =
            toml::from_str(include_str!("../../../codes/superbill.cases.toml")).unwrap();
        assert!(cases.case.len() > 10);
        for case in cases.case {
            let bill = superbill(&Service {
                product: case.product,
                route: case.route,
                minutes: case.minutes,
                doses: case.doses,
                given: case.given,
                day: case.day,
                ended: true,
            });
            let short = |line: &Line| format!("{} {}", line.code, line.units);
            let lines: Vec<String> = bill.lines.iter().map(short).collect();
            assert_eq!(lines, case.expect, "{}", case.says);
            assert_eq!(
                bill.instead.as_ref().map(short),
                case.bundle,
                "{}",
                case.says
            );
            assert_eq!(bill.open, case.open, "{}", case.says);
        }
    }

    #[test]
    fn while_the_drug_runs_there_is_no_line() {
        let bill = superbill(&Service {
            product: Product::Racemic,
            route: Route::Intravenous,
            minutes: Some(40),
            doses: 0,
            given: None,
            day: CivilDate::new(2026, 11, 20).unwrap(),
            ended: false,
        });
        assert!(bill.lines.is_empty() && bill.instead.is_none());
        assert_eq!(bill.open.len(), 1);
    }
}
