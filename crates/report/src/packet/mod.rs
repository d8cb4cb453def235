//! The inspector's packet: what an authority wants to see of the controlled drugs of some days,
//! as one document. Who the registrant is, balances, inventories, what came, what was given to
//! whom and what of it was wasted, what left otherwise, corrections, counts, losses and cases.
//!
//! Like the record it knows no clock: the same book gives the same bytes.
//! Source: clinical reference 10.1, safety reference 6.1.

mod lines;
#[cfg(test)]
mod tests;

use crate::document::Fault;
use crate::press::{self, Job};
use clinical::ledger::Register;
use clinical::ledger::safe::{Case, CaseStands, Inventory, LastMatch, Registrant};
use clinical::patient::CivilDate;
use clinical::record::PatientId;
use jiff::tz::TimeZone;
use serde::Serialize;
use std::collections::BTreeMap;
use units::Moment;

/// What a packet is made of.
pub struct PacketParts<'a> {
    /// The clinic's name.
    pub clinic: &'a str,
    /// The clinic as the authority knows it; none while nobody has said.
    pub registrant: Option<&'a Registrant>,
    /// The first day.
    pub from: CivilDate,
    /// The last day.
    pub until: CivilDate,
    /// When it was asked for.
    pub made_at: Moment,
    /// By whom.
    pub made_by: &'a str,
    /// The book of these days.
    pub register: &'a Register,
    /// Name and record number of everybody in it.
    pub names: &'a BTreeMap<PatientId, String>,
    /// The inventories of these days, and the last one before them.
    pub inventories: &'a [Inventory],
    /// The cases that were found in these days.
    pub cases: &'a [Case],
    /// What the last match has found.
    pub matched: Option<&'a LastMatch>,
    /// The clinic's zone.
    pub zone: &'a TimeZone,
}

/// What a packet is set from: owned, so that it may be set on another thread.
#[derive(Clone, Debug, Serialize)]
pub struct PacketInput {
    clinic: String,
    registrant: Option<Registrant>,
    period: String,
    made: String,
    software: String,
    balances: Vec<[String; 8]>,
    closes: bool,
    inventories: Vec<SetInventory>,
    received: Vec<[String; 7]>,
    uses: Vec<[String; 8]>,
    left: Vec<[String; 6]>,
    corrections: Vec<[String; 6]>,
    counts: String,
    cases: Vec<[String; 5]>,
    matched: String,
    identity: String,
    day: (i32, u8, u8),
}

#[derive(Clone, Debug, Serialize)]
struct SetInventory {
    title: String,
    registrant: String,
    lines: Vec<[String; 6]>,
    statement: String,
    signed: String,
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// `2 Mar 2026`.
fn day(date: CivilDate) -> String {
    let month = MONTHS
        .get(usize::from(date.month()).saturating_sub(1))
        .unwrap_or(&"");
    format!("{} {month} {}", date.day(), date.year())
}

/// `2 Mar 2026 14:05`.
fn when(at: Moment, zone: &TimeZone) -> String {
    let on = at.timestamp().to_zoned(zone.clone());
    on.strftime("%-d %b %Y %H:%M").to_string()
}

impl PacketInput {
    /// Puts the parts together.
    pub fn of(parts: &PacketParts<'_>) -> Self {
        let on = parts.made_at.timestamp().to_zoned(parts.zone.clone());
        let count = |number: i8| u8::try_from(number).unwrap_or(1);
        let balances = parts.register.balances.iter();
        let sorted = lines::sorted(parts);
        Self {
            clinic: parts.clinic.to_owned(),
            registrant: parts.registrant.cloned(),
            period: format!("{} to {}", day(parts.from), day(parts.until)),
            made: format!("{}, by {}", when(parts.made_at, parts.zone), parts.made_by),
            software: format!("Evenkeel {}", env!("CARGO_PKG_VERSION")),
            closes: parts.register.balances.values().all(|one| one.closes()),
            balances: balances
                .map(|((drug, strength), one)| {
                    let other = one.went.less(one.given.with(one.wasted));
                    [
                        format!("{} {strength}", drug.says()),
                        one.before.to_string(),
                        one.came.to_string(),
                        one.given.to_string(),
                        one.wasted.to_string(),
                        other.unwrap_or_default().to_string(),
                        one.back().to_string(),
                        one.after.to_string(),
                    ]
                })
                .collect(),
            inventories: parts.inventories.iter().map(set_inventory).collect(),
            received: sorted.received,
            uses: sorted.uses,
            left: sorted.left,
            corrections: sorted.corrections,
            counts: sorted.counts,
            cases: parts
                .cases
                .iter()
                .map(|case| set_case(case, parts))
                .collect(),
            matched: parts.matched.map_or_else(
                || "The ledger was never matched with the records.".to_owned(),
                |last| {
                    format!(
                        "Last matched with orders and records on {}: {} sessions since {} agree to the microgram, {} differ, {} were under way.",
                        when(last.at, parts.zone),
                        last.agree,
                        when(last.from, parts.zone),
                        last.differ,
                        last.under_way
                    )
                },
            ),
            identity: format!("{}-{}-{}", parts.clinic, parts.from, parts.until),
            day: (i32::from(on.year()), count(on.month()), count(on.day())),
        }
    }
}

fn set_inventory(taken: &Inventory) -> SetInventory {
    let registrant = &taken.registrant;
    SetInventory {
        title: format!(
            "{}, {}, {}",
            taken.kind.says(),
            day(taken.on),
            taken.hour.says()
        ),
        registrant: format!(
            "{}, {}, registration {}",
            registrant.name, registrant.address, registrant.registration
        ),
        lines: taken
            .lines
            .iter()
            .map(|line| {
                [
                    format!(
                        "{} {}, {}{}",
                        line.drug.says(),
                        line.strength,
                        line.form.says(),
                        if line.apart {
                            ", set apart or expired"
                        } else {
                            ""
                        }
                    ),
                    line.fill.to_string(),
                    line.sealed.to_string(),
                    line.opened.to_string(),
                    line.volume.to_string(),
                    line.holds().to_string(),
                ]
            })
            .collect(),
        statement: taken.statement.clone(),
        signed: format!("{} and {}", taken.signed_by, taken.witness),
    }
}

fn set_case(case: &Case, parts: &PacketParts<'_>) -> [String; 5] {
    let found: Vec<String> = case.findings.iter().map(|one| one.says()).collect();
    let noted = |what: &str, noted: &Option<(String, Moment)>| {
        noted.as_ref().map_or_else(
            || format!("not yet {what}"),
            |(words, at)| format!("{what} {}: {words}", when(*at, parts.zone)),
        )
    };
    let stands = match &case.stands {
        CaseStands::Open => "open".to_owned(),
        CaseStands::Settled => "record and ledger agree since".to_owned(),
        CaseStands::Explained {
            explanation,
            by,
            at,
        } => format!(
            "explained by {by}, {}: {explanation}",
            when(*at, parts.zone)
        ),
        CaseStands::Lost {
            note,
            by,
            told,
            filed,
        } => format!(
            "called a loss by {by}: {note}; {}; {}",
            noted("told", told),
            noted("filed", filed)
        ),
    };
    let name = parts.names.get(&case.patient).cloned();
    [
        when(case.discovered_at, parts.zone),
        name.unwrap_or_default(),
        found.join("; "),
        case.amount().to_string(),
        stands,
    ]
}

/// The packet as PDF/UA-1 bytes.
pub fn inspectors_packet(input: &PacketInput) -> Result<Vec<u8>, Fault> {
    press::set(&Job {
        template: include_str!("packet.typ"),
        data: input,
        day: input.day,
        identity: format!("evenkeel-packet-{}", input.identity),
        software: &input.software,
    })
}
