//! Everything under lock together: cases, inventories, and the papers an authority asks for.

use super::around::Around;
use super::clock_face::civil_date;
use crate::ledger::{ContainerRow, DepartedRow, Shown};
use crate::safe::SafeRow;
use crate::web::form::Fields;
use askama::Template;
use clinical::ledger::Finding;
use clinical::ledger::loss::Deadlines;
use clinical::ledger::safe::{
    Case, CaseStands, Hour, Inventory, InventoryKind, LastMatch, Registrant,
};
use clinical::patient::CivilDate;
use clinical::record::PatientId;
use std::collections::BTreeMap;
use units::{Micrograms, Moment};

fn value(typed: Option<&Fields>, act: &str, name: &str) -> String {
    let of_this = typed.filter(|fields| fields.text("act") == act);
    of_this.map_or_else(String::new, |fields| fields.text(name).to_owned())
}

/// What the last match has found, in one sentence.
pub fn match_says(around: &Around<'_>, last: Option<LastMatch>) -> String {
    let Some(last) = last else {
        return "Ledger, orders and records have not been matched yet.".to_owned();
    };
    let sessions = |count: u32, one: &str, several: &str| match count {
        1 => format!("1 session {one}"),
        count => format!("{count} sessions {several}"),
    };
    format!(
        "Matched with orders and records {}: {} to the microgram, {}, {}.",
        around.clock().full(last.at),
        sessions(last.agree, "agrees", "agree"),
        sessions(last.differ, "differs", "differ"),
        sessions(last.under_way, "is under way", "are under way"),
    )
}

/// How a case stands, in a few words.
fn stands(around: &Around<'_>, case: &Case) -> String {
    let clock = around.clock();
    match &case.stands {
        CaseStands::Open => "open".to_owned(),
        CaseStands::Settled => "settled: all three agree since".to_owned(),
        CaseStands::Explained {
            explanation,
            by,
            at,
        } => format!("explained by {by}, {}: {explanation}", clock.full(*at)),
        CaseStands::Lost {
            note, told, filed, ..
        } => {
            let part = |what: &str, known: &Option<(String, Moment)>| match known {
                Some((words, at)) => format!("{what} {}: {words}", clock.full(*at)),
                None => format!("not {what} yet"),
            };
            let (told, filed) = (part("told", told), part("filed", filed));
            format!("called a loss: {note}; {told}; {filed}")
        }
    }
}

fn found(case: &Case) -> String {
    let all: Vec<String> = case.findings.iter().map(Finding::says).collect();
    all.join("; ")
}

/// Every case.
pub struct CasesPage<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// What the last match has found.
    pub matched: Option<LastMatch>,
    /// The cases, oldest first.
    pub cases: Vec<Case>,
    /// The names, for whoever may read them.
    pub names: BTreeMap<PatientId, String>,
    /// Whoever looks may have it matched now.
    pub may_match: bool,
}

#[derive(Template)]
#[template(path = "drug_cases.html")]
struct CasesTemplate<'a> {
    around: Around<'a>,
    matched: String,
    open: Vec<CaseLine>,
    closed: Vec<CaseLine>,
    may_match: bool,
}

struct CaseLine {
    link: String,
    who: String,
    when: String,
    found: String,
    stands: String,
}

impl CasesPage<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let clock = self.around.clock();
        let line = |case: &Case| CaseLine {
            link: format!("/drugs/cases/{}", case.session),
            who: self
                .names
                .get(&case.patient)
                .cloned()
                .unwrap_or_else(|| "one session".to_owned()),
            when: clock.full(case.discovered_at),
            found: found(case),
            stands: stands(&self.around, case),
        };
        let (open, closed): (Vec<&Case>, Vec<&Case>) =
            self.cases.iter().partition(|case| case.is_open());
        super::written(&CasesTemplate {
            around: self.around,
            matched: match_says(&self.around, self.matched),
            open: open.into_iter().map(line).collect(),
            closed: closed.into_iter().rev().map(line).collect(),
            may_match: self.may_match,
        })
    }
}

/// One case.
pub struct CasePage<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// The case.
    pub case: &'a Case,
    /// Whose session it is, for whoever may read it.
    pub name: Option<String>,
    /// By when it must be told and filed if something is missing.
    pub deadlines: Deadlines,
    /// Whoever looks may explain it.
    pub may_explain: bool,
    /// Why something was not saved.
    pub refused: Option<&'a str>,
    /// What was typed.
    pub typed: Option<&'a Fields>,
}

#[derive(Template)]
#[template(path = "drug_case.html")]
struct CaseTemplate<'a> {
    around: Around<'a>,
    id: String,
    name: String,
    found: Vec<String>,
    discovered: String,
    told_by: String,
    filed_by: String,
    stands: String,
    open: bool,
    lost: bool,
    to_tell: bool,
    to_file: bool,
    may_explain: bool,
    refused: Option<&'a str>,
    typed: Option<&'a Fields>,
}

impl CaseTemplate<'_> {
    fn value(&self, act: &str, name: &str) -> String {
        value(self.typed, act, name)
    }
}

impl CasePage<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let case = self.case;
        let (to_tell, to_file) = match &case.stands {
            CaseStands::Lost { told, filed, .. } => (told.is_none(), filed.is_none()),
            CaseStands::Open | CaseStands::Settled | CaseStands::Explained { .. } => (false, false),
        };
        super::written(&CaseTemplate {
            around: self.around,
            id: case.session.to_string(),
            name: self.name.clone().unwrap_or_default(),
            found: case.findings.iter().map(Finding::says).collect(),
            discovered: self.around.clock().full(case.discovered_at),
            told_by: civil_date(self.deadlines.told_by),
            filed_by: civil_date(self.deadlines.filed_by),
            stands: stands(&self.around, case),
            open: case.stands == CaseStands::Open,
            lost: matches!(case.stands, CaseStands::Lost { .. }),
            to_tell,
            to_file,
            may_explain: self.may_explain,
            refused: self.refused,
            typed: self.typed,
        })
    }
}

/// Who the registrant is, the inventories, and the form to take one.
pub struct SafePage<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Who the registrant is, and when was counted and matched last.
    pub row: SafeRow,
    /// By when the next inventory is due; none while none was taken.
    pub due: Option<CivilDate>,
    /// The inventories, oldest first.
    pub inventories: Vec<Inventory>,
    /// The words that are signed.
    pub statement: &'a str,
    /// Whoever looks may take one.
    pub may_take: bool,
    /// Why something was not saved.
    pub refused: Option<&'a str>,
    /// What was typed.
    pub typed: Option<&'a Fields>,
}

#[derive(Template)]
#[template(path = "drug_inventory.html")]
struct SafeTemplate<'a> {
    around: Around<'a>,
    registrant: Option<Registrant>,
    due: String,
    inventories: Vec<(String, String)>,
    kinds: [InventoryKind; 3],
    hours: [Hour; 2],
    statement: &'a str,
    may_take: bool,
    refused: Option<&'a str>,
    typed: Option<&'a Fields>,
}

impl SafeTemplate<'_> {
    fn value(&self, act: &str, name: &str) -> String {
        value(self.typed, act, name)
    }

    fn named(&self, name: &str) -> String {
        let typed = self.value("registrant", name);
        let known = self.registrant.as_ref().map(|known| match name {
            "name" => known.name.clone(),
            "address" => known.address.clone(),
            _registration => known.registration.clone(),
        });
        if typed.is_empty() {
            known.unwrap_or_default()
        } else {
            typed
        }
    }
}

fn title(taken: &Inventory) -> String {
    format!(
        "{}, {}, {}",
        civil_date(taken.on),
        taken.kind.says(),
        taken.hour.says()
    )
}

impl SafePage<'_> {
    /// The page.
    pub fn html(&self) -> String {
        super::written(&SafeTemplate {
            around: self.around,
            registrant: self.row.registrant.clone(),
            due: self.due.map_or_else(
                || "None was taken yet: the first is due on the day on which the first container came.".to_owned(),
                |due| format!("The next is due by {} at the latest.", civil_date(due)),
            ),
            inventories: self
                .inventories
                .iter()
                .rev()
                .map(|taken| (format!("/drugs/inventory/{}", taken.event.0), title(taken)))
                .collect(),
            kinds: InventoryKind::ALL,
            hours: Hour::ALL,
            statement: self.statement,
            may_take: self.may_take,
            refused: self.refused,
            typed: self.typed,
        })
    }
}

/// One inventory, as a list to be printed.
pub struct InventoryPage<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// The inventory.
    pub taken: &'a Inventory,
}

#[derive(Template)]
#[template(path = "drug_inventory_list.html")]
struct InventoryTemplate<'a> {
    around: Around<'a>,
    title: String,
    registrant: &'a Registrant,
    lines: Vec<[String; 6]>,
    statement: &'a str,
    signed: String,
}

impl InventoryPage<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let taken = self.taken;
        super::written(&InventoryTemplate {
            around: self.around,
            title: title(taken),
            registrant: &taken.registrant,
            lines: taken
                .lines
                .iter()
                .map(|line| {
                    let apart = if line.apart {
                        ", set apart or expired"
                    } else {
                        ""
                    };
                    [
                        format!(
                            "{} {}, {}{apart}",
                            line.drug.says(),
                            line.strength,
                            line.form.says()
                        ),
                        line.fill.to_string(),
                        line.sealed.to_string(),
                        line.opened.to_string(),
                        line.volume.to_string(),
                        line.holds().to_string(),
                    ]
                })
                .collect(),
            statement: &taken.statement,
            signed: format!(
                "{} and {}, {}",
                taken.signed_by,
                taken.witness,
                self.around.clock().full(taken.at)
            ),
        })
    }
}

/// The paper that goes with what leaves for another registrant.
pub struct PaperPage<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Who the registrant is.
    pub registrant: Option<Registrant>,
    /// How it left.
    pub departed: &'a DepartedRow,
    /// Everything that left with the same paper.
    pub containers: Vec<&'a Shown<ContainerRow>>,
}

#[derive(Template)]
#[template(path = "drug_paper.html")]
struct PaperTemplate<'a> {
    around: Around<'a>,
    registrant: Option<Registrant>,
    departed: &'a DepartedRow,
    when: String,
    lines: Vec<[String; 6]>,
    total: String,
}

impl PaperPage<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let held = |one: &ContainerRow| {
            let volume = one.departed.as_ref().map(|known| known.volume);
            one.strength.holds(volume.unwrap_or_default())
        };
        super::written(&PaperTemplate {
            around: self.around,
            registrant: self.registrant.clone(),
            departed: self.departed,
            when: self.around.clock().full(self.departed.at),
            lines: self
                .containers
                .iter()
                .map(|one| {
                    let row = &one.row;
                    [
                        row.mark.clone(),
                        format!("{} {}, {}", row.drug.says(), row.strength, row.form.says()),
                        row.code.clone(),
                        format!("{}, last day {}", row.lot, civil_date(row.expires)),
                        row.fill.to_string(),
                        held(row).to_string(),
                    ]
                })
                .collect(),
            total: self
                .containers
                .iter()
                .map(|one| held(&one.row))
                .sum::<Micrograms>()
                .to_string(),
        })
    }
}

/// What the ledger knows of a loss.
pub struct LossParts {
    /// Where it came from.
    pub back: String,
    /// What is missing.
    pub what: String,
    /// The national drug code or trade item; empty where none was read.
    pub code: String,
    /// How much.
    pub missing: Micrograms,
    /// When it was discovered.
    pub discovered_at: Moment,
    /// What is known.
    pub note: String,
    /// Who called it a loss.
    pub by: String,
    /// Whom the clinic told, and when.
    pub told: Option<(String, Moment)>,
    /// The number of the form, and when it was filed.
    pub filed: Option<(String, Moment)>,
}

/// What the form about a loss asks, as far as the ledger knows it.
pub struct LossPage<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Who the registrant is.
    pub registrant: Option<Registrant>,
    /// What the ledger knows.
    pub parts: LossParts,
    /// By when it must be told and filed.
    pub deadlines: Deadlines,
}

#[derive(Template)]
#[template(path = "drug_loss.html")]
struct LossTemplate<'a> {
    around: Around<'a>,
    back: &'a str,
    facts: Vec<(&'static str, String)>,
}

impl LossPage<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let (parts, clock) = (&self.parts, self.around.clock());
        let or = |text: &str| {
            if text.is_empty() {
                "not known to the ledger".to_owned()
            } else {
                text.to_owned()
            }
        };
        let noted = |known: &Option<(String, Moment)>, by: CivilDate| match known {
            Some((words, at)) => format!("{words}, {}", clock.full(*at)),
            None => format!("not yet; by {}", civil_date(by)),
        };
        let registrant = self.registrant.clone().unwrap_or_default();
        super::written(&LossTemplate {
            around: self.around,
            back: &parts.back,
            facts: vec![
                ("Registrant", or(&registrant.name)),
                ("Address", or(&registrant.address)),
                ("Registration number", or(&registrant.registration)),
                ("Discovered", clock.full(parts.discovered_at)),
                ("What is missing", parts.what.clone()),
                ("National drug code or trade item", or(&parts.code)),
                ("How much, as base", parts.missing.to_string()),
                ("What is known", parts.note.clone()),
                ("Called a loss by", parts.by.clone()),
                (
                    "Authority told in writing",
                    noted(&parts.told, self.deadlines.told_by),
                ),
                ("Form filed", noted(&parts.filed, self.deadlines.filed_by)),
            ],
        })
    }
}
