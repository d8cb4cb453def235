//! The packet is read back by poppler, and compared with what was entered.

use super::{PacketInput, PacketParts, inspectors_packet};
use clinical::ledger::safe::{
    Case, CaseStands, Hour, Inventory, InventoryKind, InventoryLine, LastMatch, Registrant,
};
use clinical::ledger::{Drug, Entry, Finding, Form, Kind, Register, Strength};
use clinical::record::{ContainerId, EventId, PatientId, SessionId};
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};
use units::{Micrograms, Microlitres, Moment, Span};
use uuid::Uuid;

const T0: Moment = Moment::from_microseconds(1_772_400_000_000_000);

fn line(number: u64, kind: Kind, amount: u64, came: u64, went: u64) -> Entry {
    let of = matches!(kind, Kind::Drawn | Kind::Given | Kind::Wasted);
    Entry {
        at: T0 + Span::from_minutes(i64::try_from(number).unwrap()),
        kind,
        container: ContainerId(Uuid::from_u128(9)),
        mark: "K-H27GQ".into(),
        drug: Drug::Ketamine,
        strength: Strength::new(50),
        lot: "KT5071".into(),
        amount: Micrograms::new(amount),
        came: Micrograms::new(came),
        went: Micrograms::new(went),
        left: Micrograms::ZERO,
        given_more: Micrograms::ZERO,
        wasted_more: Micrograms::ZERO,
        given_back: Micrograms::ZERO,
        wasted_back: Micrograms::ZERO,
        came_back: Micrograms::ZERO,
        session: of.then_some(SessionId(Uuid::from_u128(7))),
        patient: of.then_some(PatientId(Uuid::from_u128(8))),
        syringe: None,
        by: "Nora Lindqvist".into(),
        witness: if kind == Kind::Wasted {
            "Dr Petra Ivanova".into()
        } else {
            String::new()
        },
        words: match kind {
            Kind::Received => "from Northbrook, invoice NB-1, 2026-03-01".into(),
            Kind::Sent => {
                "to a reverse distributor: Returns Ltd, registration RR1, paper D-1".into()
            }
            _other => String::new(),
        },
    }
}

fn registrant() -> Registrant {
    Registrant {
        name: "Harbour Street Clinic".into(),
        address: "1 Quay Street".into(),
        registration: "HC0000000".into(),
    }
}

fn packet(lines: Vec<Entry>) -> Vec<u8> {
    let until = T0 + Span::from_hours(24 * 365 * 3);
    let register = Register::of(lines, T0, until);
    let names = BTreeMap::from([(
        PatientId(Uuid::from_u128(8)),
        "QUILL, Rosa (0042-118)".to_owned(),
    )]);
    let inventory = Inventory {
        event: EventId(Uuid::nil()),
        kind: InventoryKind::Biennial,
        hour: Hour::Close,
        on: "2026-03-02".parse().unwrap(),
        registrant: registrant(),
        lines: vec![InventoryLine {
            drug: Drug::Ketamine,
            form: Form::Vial,
            strength: Strength::new(50),
            fill: Microlitres::new(10_000),
            apart: false,
            sealed: 7,
            opened: 1,
            volume: Microlitres::new(79_280),
        }],
        statement: "I have counted it.".into(),
        signed_by: "Dr Mira Sandoval".into(),
        witness: "Nora Lindqvist".into(),
        at: T0,
    };
    let case = Case {
        session: SessionId(Uuid::from_u128(7)),
        patient: PatientId(Uuid::from_u128(8)),
        findings: vec![Finding::GivenDiffers {
            by_record: Micrograms::new(18_000),
            by_ledger: Micrograms::new(20_000),
        }],
        discovered_at: T0,
        stands: CaseStands::Open,
    };
    let last = LastMatch {
        at: T0,
        from: T0,
        until: T0,
        agree: 41,
        differ: 1,
        under_way: 0,
    };
    let registrant = registrant();
    let input = PacketInput::of(&PacketParts {
        clinic: "Harbour Street Clinic",
        registrant: Some(&registrant),
        from: "2026-03-01".parse().unwrap(),
        until: "2028-02-29".parse().unwrap(),
        made_at: T0,
        made_by: "Aud Itor",
        register: &register,
        names: &names,
        inventories: &[inventory],
        cases: &[case],
        matched: Some(&last),
        zone: &TimeZone::UTC,
    });
    inspectors_packet(&input).unwrap()
}

fn text(pdf: &[u8]) -> String {
    let mut reader = Command::new("pdftotext")
        .args(["-layout", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("pdftotext is missing: install poppler-utils");
    let mut into = reader.stdin.take().unwrap();
    into.write_all(pdf).unwrap();
    drop(into);
    let output = reader.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_packet_holds_registrant_balances_inventory_receipts_uses_departures_and_cases() {
    let lines = vec![
        line(0, Kind::Received, 500_000, 500_000, 0),
        line(1, Kind::Drawn, 36_000, 0, 0),
        line(2, Kind::Given, 20_000, 0, 20_000),
        line(3, Kind::Wasted, 16_000, 0, 16_000),
        line(4, Kind::Sent, 464_000, 0, 464_000),
    ];
    let text = text(&packet(lines));
    for wanted in [
        "HC0000000",
        "Every balance closes",
        "biennial inventory, 2 Mar 2026, at the close of business",
        "79.28 mL",
        "3964 mg",
        "Signed: Dr Mira Sandoval and Nora Lindqvist",
        "from Northbrook",
        "QUILL, Rosa",
        "36 mg 20 mg 16 mg",
        "Dr Petra Ivanova",
        "Returns Ltd",
        "18 mg was given by the",
        "41 sessions since",
        "page 1 of",
    ] {
        assert!(text.contains(wanted), "{wanted:?} is not in: {text}");
    }
}
