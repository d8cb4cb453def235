//! Controlled drugs: stock, taking in, one container, the blind count, and the book.

use super::around::Around;
use super::clock_face::civil_date;
use super::drug_safe::match_says;
use crate::book::date_of;
use crate::ledger::{ContainerRow, Shown, SyringeRow};
use crate::safe::{SafeRow, inventory_due};
use crate::web::form::Fields;
use askama::Template;
use clinical::ledger::loss::Deadlines;
use clinical::ledger::matching::findings;
use clinical::ledger::safe::Case;
use clinical::ledger::{
    Container, Delivery, Entry, Finding, Kind, LedgerRules, Method, Products, Purpose, Register,
    Stands, Told,
};
use clinical::patient::CivilDate;
use clinical::record::{ContainerId, PatientId};
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use units::Moment;

/// From so many days before its last one a container is shown as expiring.
const SOON_DAYS: i32 = 30;

/// What was typed into a field that was not saved.
fn value(typed: Option<&Fields>, name: &str) -> String {
    typed.map_or_else(String::new, |fields| fields.text(name).to_owned())
}

/// What is in stock.
pub struct StockPage<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// The clinic's day.
    pub today: CivilDate,
    /// The containers.
    pub stock: Vec<Shown<ContainerRow>>,
    /// The syringes that nobody has accounted for.
    pub syringes: Vec<Shown<SyringeRow>>,
    /// The cases that are open.
    pub cases: Vec<Case>,
    /// Who the registrant is, and when was counted and matched last.
    pub safe: SafeRow,
    /// The rules in force.
    pub rules: &'a LedgerRules,
    /// Whoever looks may handle them.
    pub may_handle: bool,
    /// Whoever looks may count them.
    pub may_count: bool,
    /// Whoever looks may read the book.
    pub may_read_book: bool,
}

#[derive(Template)]
#[template(path = "drugs.html")]
struct StockTemplate<'a> {
    around: Around<'a>,
    waiting: Vec<Waiting>,
    groups: Vec<Group>,
    syringes: Vec<SyringeLine>,
    matched: String,
    may_handle: bool,
    may_count: bool,
    may_read_book: bool,
}

struct Waiting {
    link: String,
    says: String,
}

struct Group {
    says: String,
    total: String,
    lines: Vec<StockLine>,
}

struct StockLine {
    link: String,
    mark: String,
    lot: String,
    expires: String,
    soon: bool,
    holds: String,
    place: String,
    stands: String,
}

struct SyringeLine {
    link: String,
    says: String,
    when: String,
    old: bool,
}

/// How a container stands, in a few words.
fn stands(row: &ContainerRow, today: CivilDate) -> String {
    if row.loss_since.is_some() {
        return "lost: to be told and filed".to_owned();
    }
    if row.difference_since.is_some() {
        return "difference to explain".to_owned();
    }
    if let Some(reason) = &row.apart {
        return format!("set apart: {reason}");
    }
    if row.expires < today {
        return "expired".to_owned();
    }
    match (row.remaining.is_zero(), row.opened_at) {
        (true, _) => "empty".to_owned(),
        (false, Some(_)) => "opened".to_owned(),
        (false, None) => "sealed".to_owned(),
    }
}

impl StockPage<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let clock = self.around.clock();
        let mut groups: BTreeMap<_, Vec<&Shown<ContainerRow>>> = BTreeMap::new();
        for one in &self.stock {
            let of = (one.row.drug, one.row.strength);
            groups.entry(of).or_default().push(one);
        }
        super::written(&StockTemplate {
            around: self.around,
            waiting: self.waiting(),
            groups: groups
                .into_iter()
                .map(|((drug, strength), all)| Group {
                    says: format!("{} {strength}", drug.says()),
                    total: all
                        .iter()
                        .map(|one| one.row.holds())
                        .sum::<units::Micrograms>()
                        .to_string(),
                    lines: all.into_iter().map(|one| self.line(one)).collect(),
                })
                .collect(),
            syringes: self
                .syringes
                .iter()
                .map(|one| SyringeLine {
                    link: format!("/sessions/{}/drug", one.row.session),
                    says: format!(
                        "{} of {} {} from {}, drawn by {}",
                        one.row.left,
                        one.row.drug.says(),
                        one.row.strength,
                        one.row.mark,
                        one.row.drawn_by
                    ),
                    when: one.at.map(|at| clock.when(at)).unwrap_or_default(),
                    old: one
                        .at
                        .is_some_and(|at| self.around.now - at > self.rules.syringe_open),
                })
                .collect(),
            matched: match_says(&self.around, self.safe.matched),
            may_handle: self.may_handle,
            may_count: self.may_count,
            may_read_book: self.may_read_book,
        })
    }

    fn line(&self, one: &Shown<ContainerRow>) -> StockLine {
        let row = &one.row;
        StockLine {
            link: format!("/drugs/{}", one.id),
            mark: row.mark.clone(),
            lot: row.lot.clone(),
            expires: civil_date(row.expires),
            soon: row.expires.days_since(self.today) <= SOON_DAYS,
            holds: format!("{} ({})", row.remaining, row.holds()),
            place: row.place.clone(),
            stands: stands(row, self.today),
        }
    }

    /// What somebody must do, gravest first.
    fn waiting(&self) -> Vec<Waiting> {
        let clock = self.around.clock();
        let mut losses = Vec::new();
        let mut differences = Vec::new();
        let mut expired = Vec::new();
        for one in &self.stock {
            let (row, link) = (&one.row, format!("/drugs/{}", one.id));
            let deadlines = row.loss_since.and_then(|since| {
                let day = date_of(self.around.zone, since).ok()?;
                Some(Deadlines::of(day, self.rules.form_days))
            });
            if let Some(deadlines) = deadlines {
                losses.push(Waiting {
                    link,
                    says: format!(
                        "{}: a loss. Told in writing by {}, form filed by {}.",
                        row.mark,
                        civil_date(deadlines.told_by),
                        civil_date(deadlines.filed_by)
                    ),
                });
            } else if let Some(since) = row.difference_since {
                differences.push(Waiting {
                    link,
                    says: format!(
                        "{}: a count of {} did not find what the ledger has.",
                        row.mark,
                        clock.when(since)
                    ),
                });
            } else if row.expires < self.today && row.apart.is_none() {
                expired.push(Waiting {
                    link,
                    says: format!(
                        "{}: expired on {}; set it apart.",
                        row.mark,
                        civil_date(row.expires)
                    ),
                });
            }
        }
        losses.extend(self.cases.iter().map(|case| self.case(case)));
        losses.extend(differences);
        losses.extend(expired);
        losses.extend(self.owed());
        losses
    }

    /// A case of the nightly match, with its clock.
    fn case(&self, case: &Case) -> Waiting {
        let on = date_of(self.around.zone, case.discovered_at).ok();
        let told_by = on.map(|on| case.deadlines(on, self.rules).told_by);
        Waiting {
            link: format!("/drugs/cases/{}", case.session),
            says: format!(
                "A case of {}: ledger, order and record of a session do not agree. If it is a loss, told in writing by {}.",
                self.around.clock().when(case.discovered_at),
                told_by.map(civil_date).unwrap_or_default()
            ),
        }
    }

    /// What was handed out and not put back for long, and the inventory that is due.
    fn owed(&self) -> Vec<Waiting> {
        let out = self.stock.iter().filter_map(|one| {
            let session = one.row.issued?;
            Some(Waiting {
                link: format!("/sessions/{session}/drug"),
                says: format!(
                    "{}: handed out to {}, not put back yet.",
                    one.row.mark, one.row.place
                ),
            })
        });
        let due = inventory_due(&self.safe, self.rules.inventory_days);
        let soon = due.is_none_or(|due| due.days_since(self.today) <= SOON_DAYS);
        let inventory = (soon && !self.stock.is_empty()).then(|| Waiting {
            link: "/drugs/inventory".to_owned(),
            says: due.map_or_else(
                || "No inventory was taken yet: the first is owed.".to_owned(),
                |due| format!("An inventory is due by {} at the latest.", civil_date(due)),
            ),
        });
        out.chain(inventory).collect()
    }
}

/// The form to take in what was delivered.
pub struct ReceivePage<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// What may be delivered.
    pub products: &'a Products,
    /// The clinic's day.
    pub today: CivilDate,
    /// Why it was not saved.
    pub refused: Option<&'a str>,
    /// What was typed.
    pub typed: Option<&'a Fields>,
}

#[derive(Template)]
#[template(path = "drugs_receive.html")]
struct ReceiveTemplate<'a> {
    around: Around<'a>,
    products: Vec<(String, String, bool)>,
    today: String,
    refused: Option<&'a str>,
    typed: Option<&'a Fields>,
}

impl ReceiveTemplate<'_> {
    fn value(&self, name: &str) -> String {
        value(self.typed, name)
    }
}

impl ReceivePage<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let chosen = value(self.typed, "product");
        super::written(&ReceiveTemplate {
            around: self.around,
            products: self
                .products
                .all()
                .iter()
                .map(|one| (one.id.clone(), one.to_string(), one.id == chosen))
                .collect(),
            today: self.typed.map_or_else(
                || self.today.to_string(),
                |fields| fields.text("received_on").to_owned(),
            ),
            refused: self.refused,
            typed: self.typed,
        })
    }
}

/// One container.
pub struct ContainerPage<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Which.
    pub id: ContainerId,
    /// As it is.
    pub container: &'a Container,
    /// Everything that came of it, in order.
    pub lines: Vec<Entry>,
    /// The rules in force.
    pub rules: &'a LedgerRules,
    /// The clinic's zone.
    pub zone: &'a TimeZone,
    /// Whoever looks may handle it.
    pub may_handle: bool,
    /// Whoever looks may explain a difference.
    pub may_explain: bool,
    /// Why something was not saved.
    pub refused: Option<&'a str>,
    /// What was typed.
    pub typed: Option<&'a Fields>,
}

#[derive(Template)]
#[template(path = "drugs_container.html")]
struct ContainerTemplate<'a> {
    around: Around<'a>,
    id: ContainerId,
    mark: String,
    product: String,
    facts: Vec<(&'static str, String)>,
    account: Vec<(&'static str, String)>,
    closes: bool,
    lines: Vec<BookLine>,
    difference: Option<String>,
    missing: bool,
    loss: Option<LossLines>,
    here: bool,
    apart: bool,
    rest: Option<String>,
    issued: bool,
    sealed: bool,
    delivery: Option<Delivery>,
    purposes: [Purpose; 3],
    departed: bool,
    lost: bool,
    methods: [Method; 2],
    may_handle: bool,
    may_explain: bool,
    refused: Option<&'a str>,
    typed: Option<&'a Fields>,
}

struct LossLines {
    says: String,
    to_tell: bool,
    to_file: bool,
}

struct BookLine {
    when: String,
    kind: &'static str,
    of: String,
    amount: String,
    came: String,
    went: String,
    left: String,
    patient: String,
    by: String,
    words: String,
}

impl ContainerTemplate<'_> {
    /// What stands of its delivery, or what was typed instead.
    fn stands(&self, name: &str, known: &str) -> String {
        let typed = self.value("correct", name);
        if typed.is_empty() {
            known.to_owned()
        } else {
            typed
        }
    }

    fn value(&self, act: &str, name: &str) -> String {
        let of_this = self.typed.filter(|fields| fields.text("act") == act);
        value(of_this, name)
    }
}

fn book_line(around: &Around<'_>, line: &Entry, names: &BTreeMap<PatientId, String>) -> BookLine {
    let or_empty = |amount: units::Micrograms| {
        if amount.is_zero() {
            String::new()
        } else {
            amount.to_string()
        }
    };
    BookLine {
        when: around.clock().full(line.at),
        kind: line.kind.says(),
        of: format!(
            "{} {}, {} (lot {})",
            line.drug.says(),
            line.strength,
            line.mark,
            line.lot
        ),
        amount: or_empty(line.amount),
        came: or_empty(line.came),
        went: or_empty(line.went),
        left: line.left.to_string(),
        patient: line
            .patient
            .and_then(|patient| names.get(&patient).cloned())
            .unwrap_or_default(),
        by: if line.witness.is_empty() {
            line.by.clone()
        } else {
            format!("{}, before {}", line.by, line.witness)
        },
        words: line.words.clone(),
    }
}

impl ContainerPage<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let container = self.container;
        let Some(received) = &container.received else {
            return String::new();
        };
        let label = &received.label;
        let account = container.account();
        let here = matches!(container.stands, Stands::Here | Stands::SetApart(_));
        let difference = container.difference.as_ref();
        super::written(&ContainerTemplate {
            around: self.around,
            id: self.id,
            mark: received.mark.clone(),
            product: format!(
                "{} {}, {} of {} ({})",
                label.drug.says(),
                label.strength,
                label.form.says(),
                label.fill,
                label.holds()
            ),
            facts: self.facts(),
            account: vec![
                ("By its label", account.received.to_string()),
                (
                    "Came out beyond its label",
                    account.beyond_label.to_string(),
                ),
                ("Found beyond the ledger", account.found_more.to_string()),
                ("Given to patients", account.given.to_string()),
                ("Wasted before a witness", account.wasted.to_string()),
                ("Sent away", account.sent.to_string()),
                ("Broken", account.broken.to_string()),
                ("Missing, explained", account.explained.to_string()),
                ("Missing, lost", account.lost.to_string()),
                ("Struck, never was there", account.struck.to_string()),
                (
                    "In syringes, not accounted for",
                    account.in_syringes.to_string(),
                ),
                ("Still in it", account.remaining.to_string()),
            ],
            closes: account.closes(),
            lines: self
                .lines
                .iter()
                .map(|line| book_line(&self.around, line, &BTreeMap::new()))
                .collect(),
            difference: difference.map(|known| {
                format!(
                    "A count found {} where the ledger has {}.",
                    known.found, known.expected
                )
            }),
            missing: difference.is_some_and(|known| known.found < known.expected),
            loss: container.open_loss().map(|loss| self.loss(loss)),
            here,
            apart: matches!(container.stands, Stands::SetApart(_)),
            rest: (here && container.opened_at.is_some() && !container.remaining.is_zero())
                .then(|| container.remaining.large().to_string()),
            issued: container.issued.is_some(),
            sealed: container.opened_at.is_none(),
            delivery: container.delivery(),
            purposes: Purpose::OFFERED,
            departed: container.departed.is_some(),
            lost: !container.losses.is_empty(),
            methods: Method::ALL,
            may_handle: self.may_handle,
            may_explain: self.may_explain,
            refused: self.refused,
            typed: self.typed,
        })
    }

    fn loss(&self, loss: &clinical::ledger::Loss) -> LossLines {
        let clock = self.around.clock();
        let deadlines = date_of(self.zone, loss.discovered_at)
            .ok()
            .map(|day| Deadlines::of(day, self.rules.form_days));
        let by = |day: Option<CivilDate>| day.map(civil_date).unwrap_or_default();
        LossLines {
            says: format!(
                "{} lost, discovered {}. The authority is told in writing by {}; the form is filed by {}.",
                loss.missing,
                clock.full(loss.discovered_at),
                by(deadlines.map(|known| known.told_by)),
                by(deadlines.map(|known| known.filed_by)),
            ),
            to_tell: loss.told.is_none(),
            to_file: loss.filed.is_none(),
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        let container = self.container;
        let clock = self.around.clock();
        let Some(received) = &container.received else {
            return Vec::new();
        };
        let label = &received.label;
        let mut facts = vec![
            ("Lot", label.lot.clone()),
            ("Last day", civil_date(label.expires)),
            (
                "Received",
                format!(
                    "{}, from {}, invoice {}",
                    civil_date(received.on),
                    received.supplier,
                    received.invoice
                ),
            ),
            ("Where", container.place.clone()),
        ];
        if !label.code.is_empty() {
            facts.push(("Trade item", label.code.clone()));
        }
        if !label.serial.is_empty() {
            facts.push(("Serial number", label.serial.clone()));
        }
        if let Some(at) = container.opened_at {
            facts.push(("Opened", clock.full(at)));
        }
        if let Stands::SetApart(reason) = &container.stands {
            facts.push(("Set apart", reason.clone()));
        }
        facts
    }
}

/// The form of a blind count: it does not say what ought to be there.
pub struct CountPage<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// The containers that are to be counted.
    pub stock: Vec<Shown<ContainerRow>>,
    /// Why it was not saved.
    pub refused: Option<&'a str>,
    /// What was typed.
    pub typed: Option<&'a Fields>,
}

#[derive(Template)]
#[template(path = "drugs_count.html")]
struct CountTemplate<'a> {
    around: Around<'a>,
    places: Vec<(String, Vec<CountLine>)>,
    refused: Option<&'a str>,
}

struct CountLine {
    id: String,
    says: String,
    opened: bool,
    state: String,
    volume: String,
}

impl CountPage<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let mut places: BTreeMap<String, Vec<CountLine>> = BTreeMap::new();
        for one in &self.stock {
            let row = &one.row;
            if row.gone || row.difference_since.is_some() {
                continue;
            }
            places
                .entry(row.place.clone())
                .or_default()
                .push(CountLine {
                    id: one.id.to_string(),
                    says: format!(
                        "{}, {} {}, lot {}",
                        row.mark,
                        row.drug.says(),
                        row.strength,
                        row.lot
                    ),
                    opened: row.opened_at.is_some(),
                    state: value(self.typed, &format!("state-{}", one.id)),
                    volume: value(self.typed, &format!("volume-{}", one.id)),
                });
        }
        super::written(&CountTemplate {
            around: self.around,
            places: places.into_iter().collect(),
            refused: self.refused,
        })
    }
}

/// The book of a stretch of days.
pub struct Book<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Its first day.
    pub from: CivilDate,
    /// Its last day.
    pub until: CivilDate,
    /// The book.
    pub register: &'a Register,
    /// The sessions of these days.
    pub told: &'a [Told],
    /// The rules in force.
    pub rules: &'a LedgerRules,
    /// The names of everybody in it.
    pub names: &'a BTreeMap<PatientId, String>,
}

#[derive(Template)]
#[template(path = "drugs_book.html")]
struct BookTemplate<'a> {
    around: Around<'a>,
    from: String,
    until: String,
    days: String,
    balances: Vec<BalanceLine>,
    lines: Vec<BookLine>,
    matches: Vec<MatchLine>,
    agree: usize,
    under_way: usize,
}

struct BalanceLine {
    of: String,
    before: String,
    came: String,
    given: String,
    wasted: String,
    other: String,
    back: String,
    after: String,
    closes: bool,
}

struct MatchLine {
    link: String,
    who: String,
    when: String,
    by_record: String,
    by_ledger: String,
    says: String,
}

impl Book<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let balances = self.register.balances.iter();
        super::written(&BookTemplate {
            around: self.around,
            from: self.from.to_string(),
            until: self.until.to_string(),
            days: format!("{} to {}", civil_date(self.from), civil_date(self.until)),
            balances: balances
                .map(|((drug, strength), balance)| {
                    let other = balance
                        .went
                        .less(balance.given.with(balance.wasted))
                        .unwrap_or_default();
                    BalanceLine {
                        of: format!("{} {strength}", drug.says()),
                        before: balance.before.to_string(),
                        came: balance.came.to_string(),
                        given: balance.given.to_string(),
                        wasted: balance.wasted.to_string(),
                        other: other.to_string(),
                        back: balance.back().to_string(),
                        after: balance.after.to_string(),
                        closes: balance.closes(),
                    }
                })
                .collect(),
            lines: self
                .register
                .lines
                .iter()
                .filter(|line| line.kind != Kind::Opened)
                .map(|line| book_line(&self.around, line, self.names))
                .collect(),
            under_way: self.told.iter().filter(|known| known.under_way).count(),
            agree: self.told.iter().filter(|known| self.agrees(known)).count(),
            matches: self
                .told
                .iter()
                .filter_map(|known| self.differs(known))
                .collect(),
        })
    }

    fn agrees(&self, known: &Told) -> bool {
        !known.under_way && findings(known, self.rules).is_empty()
    }

    fn differs(&self, known: &Told) -> Option<MatchLine> {
        let clock = self.around.clock();
        let planned: Option<Moment> = known.planned_for;
        let found = findings(known, self.rules);
        if found.is_empty() {
            return None;
        }
        let says: Vec<String> = found.iter().map(Finding::says).collect();
        let says = says.join("; ");
        Some(MatchLine {
            link: format!("/sessions/{}/drug", known.session),
            who: self
                .names
                .get(&known.patient)
                .cloned()
                .unwrap_or_else(|| "not registered".to_owned()),
            when: planned.map(|at| clock.full(at)).unwrap_or_default(),
            by_record: known
                .by_record
                .map_or_else(|| "none".to_owned(), |amount| amount.to_string()),
            by_ledger: known.by_ledger.to_string(),
            says,
        })
    }
}
