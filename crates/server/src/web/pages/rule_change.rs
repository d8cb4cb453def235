//! A change of a policy before it is adopted: what differs, whom it would affect, the signature.

use super::around::Around;
use super::clock_face::civil_date;
use askama::Template;
use clinical::course::screening::Level;
use clinical::course::screening::person::Product;
use clinical::patient::CivilDate;
use clinical::policy::{AdoptedPolicy, Quantity};
use clinical::record::PatientId;
use std::collections::BTreeMap;

/// A change that somebody thinks of.
pub struct RuleChange<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// The policy as it is in force.
    pub policy: &'a AdoptedPolicy,
    /// Its own values as they would be.
    pub values: &'a BTreeMap<String, Quantity>,
    /// This page's own address, for looking again.
    pub address: &'a str,
    /// Whom it would affect, as far as known.
    pub looked: Looked<'a>,
    /// Why signing did not work.
    pub refused: Option<String>,
    /// The statement as it was typed, if it was.
    pub statement: Option<&'a str>,
}

/// How far looking at everybody has come.
pub enum Looked<'a> {
    /// So many of so many.
    Running {
        /// How many people were asked about.
        done: usize,
        /// How many there are.
        total: usize,
    },
    /// It failed; adopting is not offered on what nobody has seen.
    Failed,
    /// Everybody was asked about.
    Done {
        /// How many.
        total: usize,
        /// Whose answer would change, gravest first.
        affected: Vec<AffectedLine<'a>>,
        /// How many are affected beyond those that are shown.
        more: usize,
        /// Whose consent would no longer be in force, by name.
        consents: Vec<ConsentLine<'a>>,
        /// How many beyond those that are shown.
        more_consents: usize,
    },
}

/// Somebody whose consent would no longer be in force.
pub struct ConsentLine<'a> {
    /// Who.
    pub patient: PatientId,
    /// `MORENO, Ana`.
    pub name: &'a str,
    /// The clinic's number.
    pub record_number: &'a str,
    /// Birth date.
    pub born: Option<CivilDate>,
    /// For which medicine.
    pub product: Product,
    /// What would stand against it, in sentences.
    pub reasons: Vec<&'static str>,
}

/// Somebody whose answer would change.
pub struct AffectedLine<'a> {
    /// Who.
    pub patient: PatientId,
    /// `MORENO, Ana`.
    pub name: &'a str,
    /// The clinic's number.
    pub record_number: &'a str,
    /// Birth date.
    pub born: Option<CivilDate>,
    /// The answer by the rules in force.
    pub from: Level,
    /// The answer by the changed rules.
    pub to: Level,
    /// Why, in sentences.
    pub reasons: &'a [String],
}

#[derive(Template)]
#[template(path = "rule_change.html")]
struct Page<'a> {
    around: Around<'a>,
    id: &'a str,
    title: &'a str,
    version: u32,
    address: &'a str,
    changes: Vec<String>,
    counts_from: &'static str,
    running: Option<(usize, usize)>,
    failed: bool,
    done: Option<usize>,
    lines: Vec<Line<'a>>,
    more: usize,
    consents: Vec<Unsigned<'a>>,
    more_consents: usize,
    refused: Option<String>,
    signer: &'a str,
    statement: String,
    before: String,
    values: Vec<(String, String)>,
}

struct Line<'a> {
    link: String,
    name: &'a str,
    number: &'a str,
    born: String,
    from: &'static str,
    to: &'static str,
    reasons: &'a [String],
}

struct Unsigned<'a> {
    link: String,
    name: &'a str,
    number: &'a str,
    born: String,
    medicine: &'static str,
    reasons: &'a [&'static str],
}

/// What an answer of screening comes to, in words.
pub const fn level_says(level: Level) -> &'static str {
    match level {
        Level::Clear => "nothing found",
        Level::Info => "nothing that needs action",
        Level::Caution => "eligible, with a caution",
        Level::HoldToday => "blocked: held",
        Level::Incomplete => "blocked: an answer is missing",
        Level::Clearance => "blocked until cleared",
        Level::Exclude => "blocked: excluded",
    }
}

impl<'a> RuleChange<'a> {
    /// The page.
    pub fn html(&self) -> String {
        let policy = self.policy;
        let changes = super::rule::changes(policy, policy.own(), self.values);
        let mut page = Page {
            around: self.around,
            id: policy.id(),
            title: &policy.policy().title,
            version: policy.version(),
            address: self.address,
            running: None,
            failed: false,
            done: None,
            lines: Vec::new(),
            more: 0,
            consents: Vec::new(),
            more_consents: 0,
            refused: self.refused.clone(),
            signer: self.around.viewer.map_or("", |viewer| viewer.name),
            statement: self.statement.map_or_else(
                || statement(&policy.policy().title, &changes),
                str::to_owned,
            ),
            changes,
            counts_from: super::rule::counts_from(policy.id()),
            before: serde_json::to_string(policy.own()).unwrap_or_default(),
            values: self
                .values
                .iter()
                .map(|(name, value)| (name.clone(), value.value.normalize().to_string()))
                .collect(),
        };
        match &self.looked {
            Looked::Running { done, total } => page.running = Some((*done, *total)),
            Looked::Failed => page.failed = true,
            Looked::Done {
                total,
                affected,
                more,
                consents,
                more_consents,
            } => {
                page.consents = consents.iter().map(Unsigned::of).collect();
                page.more_consents = *more_consents;
                page.done = Some(*total);
                page.more = *more;
                page.lines = affected.iter().map(Line::of).collect();
            }
        }
        super::written(&page)
    }
}

/// The words that are offered for signing.
fn statement(title: &str, changes: &[String]) -> String {
    if changes.is_empty() {
        format!("I adopt “{title}” as shipped, for this clinic.")
    } else {
        format!(
            "I adopt this change of “{title}” for this clinic: {}.",
            changes.join("; ")
        )
    }
}

fn born_says(born: Option<CivilDate>) -> String {
    born.map_or_else(|| "not recorded".to_owned(), civil_date)
}

impl<'a> Unsigned<'a> {
    fn of(line: &'a ConsentLine<'a>) -> Self {
        Self {
            link: format!("/patients/{}/consent", line.patient),
            name: line.name,
            number: line.record_number,
            born: born_says(line.born),
            medicine: line.product.word(),
            reasons: &line.reasons,
        }
    }
}

impl<'a> Line<'a> {
    fn of(affected: &AffectedLine<'a>) -> Self {
        Self {
            link: format!("/patients/{}", affected.patient),
            name: affected.name,
            number: affected.record_number,
            born: born_says(affected.born),
            from: level_says(affected.from),
            to: level_says(affected.to),
            reasons: affected.reasons,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clinical::course::screening::ScreeningRules;
    use clinical::policy::Unit;
    use uuid::Uuid;

    fn page(looked: Looked<'_>) -> String {
        let rules = ScreeningRules::shipped().unwrap();
        let policy = rules
            .policies()
            .iter()
            .find(|known| known.id() == "eligibility")
            .unwrap();
        let age = Quantity {
            value: 21.into(),
            unit: Unit::Years,
        };
        RuleChange {
            around: super::super::rule::sample(policy).around,
            policy,
            values: &BTreeMap::from([("minimum_age".to_owned(), age)]),
            address: "/rules/eligibility/change?minimum_age=21",
            looked,
            refused: None,
            statement: None,
        }
        .html()
    }

    #[test]
    fn nothing_can_be_signed_before_everybody_was_asked_about() {
        // Hazard: H27
        let running = page(Looked::Running { done: 5, total: 9 });
        assert!(running.contains("5 of 9"));
        assert!(!running.contains("/adopt\""));
        assert!(!page(Looked::Failed).contains("/adopt\""));
        let done = page(Looked::Done {
            total: 9,
            affected: Vec::new(),
            more: 0,
            consents: Vec::new(),
            more_consents: 0,
        });
        assert!(done.contains("/adopt\""));
    }

    #[test]
    fn each_affected_person_is_named_with_both_answers_and_the_reason() {
        // Hazard: H27
        let reasons = ["At least 21 years old. Found: 19 years.".to_owned()];
        let html = page(Looked::Done {
            total: 2,
            affected: vec![AffectedLine {
                patient: PatientId(Uuid::from_u128(1)),
                name: "MORENO, Ana",
                record_number: "0042-118",
                born: CivilDate::new(2007, 3, 2).ok(),
                from: Level::Clear,
                to: Level::Exclude,
                reasons: &reasons,
            }],
            more: 0,
            consents: vec![ConsentLine {
                patient: PatientId(Uuid::from_u128(2)),
                name: "NOVAK, Jo",
                record_number: "0042-119",
                born: None,
                product: Product::Racemic,
                reasons: vec!["The text of the consent has changed since it was signed."],
            }],
            more_consents: 3,
        });
        for words in [
            "MORENO, Ana",
            "nothing found",
            "blocked: excluded",
            "Found: 19 years",
            "NOVAK, Jo",
            "The text of the consent has changed",
            "4 consents would no longer be in force",
            "18\u{a0}years → 21\u{a0}years",
        ] {
            assert!(html.contains(words), "{words}");
        }
    }
}
