//! The ledger of controlled drugs. Expected values: clinical reference 3.1 (products), 3.7 (worked
//! examples), 10.1 (records); safety reference 6.1 and 6.2 (rules, invariants).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use clinical::ledger::loss::Deadlines;
use clinical::ledger::{
    CONTROLLED_DRUGS, Command, Container, ContainerEvent, Context, Drug, Entry, Form, Found, Kind,
    Label, LedgerRules, Method, Products, Purpose, Refusal, Register, Stands, Strength, Visit,
    Waste, Witness, decide,
};
use clinical::patient::CivilDate;
use clinical::record::{
    Actor, CommandId, EventId, Folded as _, Header, PatientId, Recorded as _, Role, SessionId,
    StaffId, StreamId, StreamKind, SyringeId, TenantId,
};
use proptest::prelude::*;
use serde::Deserialize;
use units::{Decimal, Micrograms, Microlitres, Moment, Span};
use uuid::Uuid;

const T0: Moment = Moment::from_microseconds(1_790_000_000_000_000);
const SESSION: SessionId = SessionId(Uuid::from_u128(7));
const PATIENT: PatientId = PatientId(Uuid::from_u128(8));

fn day(text: &str) -> CivilDate {
    text.parse().unwrap()
}

fn person(number: u128, role: Role) -> Actor {
    Actor::Person {
        id: StaffId(Uuid::from_u128(number)),
        name: format!("Person {number}"),
        role,
    }
}

fn witness(number: u128, role: Role) -> Witness {
    Witness {
        id: StaffId(Uuid::from_u128(number)),
        name: format!("Person {number}"),
        role,
    }
}

fn label(strength: u16, fill: u64) -> Label {
    Label {
        drug: Drug::Ketamine,
        form: Form::Vial,
        strength: Strength::new(strength),
        fill: Microlitres::new(fill),
        code: String::new(),
        lot: "LOT7".to_owned(),
        expires: day("2027-06-30"),
        serial: String::new(),
    }
}

fn visit(ordered: u64) -> Visit {
    Visit {
        session: SESSION,
        patient: PATIENT,
        may_be_drawn_for: true,
        drug: Drug::Ketamine,
        ordered: Micrograms::new(ordered),
        strength: None,
        drawn: Micrograms::ZERO,
    }
}

/// One container under test, with the book that its events write.
struct Shelf {
    container: Container,
    rules: LedgerRules,
    today: CivilDate,
    version: u64,
    lines: Vec<Entry>,
}

impl Shelf {
    fn empty() -> Self {
        Self {
            container: Container::default(),
            rules: LedgerRules::shipped().unwrap(),
            today: day("2026-11-24"),
            version: 0,
            lines: Vec::new(),
        }
    }

    fn with(label: Label) -> Self {
        let mut shelf = Self::empty();
        shelf
            .does(
                Command::Receive {
                    label,
                    mark: "K-1".to_owned(),
                    supplier: "Supplier".to_owned(),
                    invoice: "INV 1".to_owned(),
                    received_on: day("2026-11-20"),
                    place: "safe".to_owned(),
                },
                None,
            )
            .unwrap();
        shelf
    }

    fn by(
        &mut self,
        actor: &Actor,
        command: Command,
        visit: Option<&Visit>,
    ) -> Result<Vec<ContainerEvent>, Refusal> {
        let at = T0 + Span::from_minutes(i64::try_from(self.version).unwrap());
        let context = Context {
            today: self.today,
            now: at,
            actor,
            rules: &self.rules,
            visit,
        };
        let events = decide(&self.container, command, &context)?;
        for event in &events {
            self.version += 1;
            let header = Header {
                tenant: TenantId(Uuid::nil()),
                position: self.version,
                stream: StreamId::of(StreamKind::Container, Uuid::from_u128(99)),
                stream_version: self.version,
                event_id: EventId(Uuid::from_u128(u128::from(self.version))),
                kind: event.name().to_owned(),
                schema_version: 1,
                actor: actor.clone(),
                command_id: CommandId(Uuid::nil()),
                occurred_at: at,
                recorded_at: at,
                previous: [0; 32],
            };
            self.container.take(&header, event);
            self.lines.extend(self.container.newest.clone());
        }
        Ok(events)
    }

    fn does(
        &mut self,
        command: Command,
        visit: Option<&Visit>,
    ) -> Result<Vec<ContainerEvent>, Refusal> {
        self.by(&person(1, Role::Nurse), command, visit)
    }

    fn draws(&mut self, volume: u64, visit: &Visit) -> Result<SyringeId, Refusal> {
        self.draws_because(volume, visit, "")
    }

    fn draws_because(
        &mut self,
        volume: u64,
        visit: &Visit,
        reason: &str,
    ) -> Result<SyringeId, Refusal> {
        let syringe = SyringeId(Uuid::from_u128(1_000 + u128::from(self.version)));
        let command = Command::Draw {
            syringe,
            volume: Microlitres::new(volume),
            reason: reason.to_owned(),
        };
        self.does(command, Some(visit)).map(|_| syringe)
    }
}

fn waste(syringe: SyringeId, amount: u64, witness: Witness) -> Command {
    Command::WasteSyringe {
        syringe,
        amount: Micrograms::new(amount),
        method: Method::DisposalContainer,
        witness,
    }
}

#[test]
fn the_products_hold_what_the_reference_says() {
    // Witness: clinical reference 3.1: 200 mg/20 mL, 500 mg/10 mL, 500 mg/5 mL, 28 mg a device.
    let products = Products::shipped().unwrap();
    let holds: Vec<(u16, Decimal, Decimal)> = products
        .all()
        .iter()
        .map(|one| {
            let strength = one.strength.milligrams_per_millilitre();
            (strength, one.fill.large(), one.holds().large())
        })
        .collect();
    let whole = Decimal::from;
    assert_eq!(
        holds,
        [
            (10, whole(20), whole(200)),
            (50, whole(10), whole(500)),
            (100, whole(5), whole(500)),
            (140, Decimal::new(2, 1), whole(28)),
        ]
    );
}

#[test]
fn an_infusion_that_was_stopped_after_22_minutes_is_given_and_wasted_to_the_microgram() {
    // Witness: clinical reference 3.7: 35 mg made ready, 19.25 mg given, 15.75 mg left.
    let mut shelf = Shelf::with(label(50, 10_000));
    let visit = visit(35_000);
    let syringe = shelf.draws(700, &visit).unwrap();
    let account = |amount, other| Command::Account {
        syringe,
        given: Micrograms::new(19_250),
        waste: Some(Waste {
            amount: Micrograms::new(amount),
            method: Method::DisposalContainer,
            witness: witness(other, Role::Nurse),
        }),
    };
    // What is refused writes neither what was given nor what was wasted.
    let own = shelf.does(account(15_750, 1), None);
    assert_eq!(own, Err(Refusal::OwnWitness));
    let less = shelf.does(account(15_749, 2), None);
    assert!(matches!(less, Err(Refusal::NotAllThatIsLeft { .. })));
    assert_eq!(shelf.container.syringe(syringe).unwrap().given, None);
    shelf.does(account(15_750, 2), None).unwrap();
    assert_eq!(shelf.does(account(0, 2), None), Err(Refusal::Accounted));
    let account = shelf.container.account();
    assert!(account.closes());
    assert_eq!(account.given, Micrograms::new(19_250));
    assert_eq!(account.wasted, Micrograms::new(15_750));
    assert_eq!(shelf.container.remaining, Microlitres::new(9_300));
    assert!(!shelf.container.syringe(syringe).unwrap().is_open());
}

#[test]
fn nobody_is_their_own_witness_and_the_front_desk_is_nobodys() {
    // Hazard: H37
    let mut shelf = Shelf::with(label(50, 10_000));
    let syringe = shelf.draws(700, &visit(35_000)).unwrap();
    for (other, role, expected) in [
        (1, Role::Nurse, Refusal::OwnWitness),
        (2, Role::FrontDesk, Refusal::NoWitness),
        (2, Role::Patient, Refusal::NoWitness),
        (2, Role::Owner, Refusal::NoWitness),
    ] {
        let refused = shelf.does(waste(syringe, 35_000, witness(other, role)), None);
        assert_eq!(refused, Err(expected));
    }
    assert!(shelf.container.syringe(syringe).unwrap().is_open());
}

#[test]
fn a_second_person_checks_what_was_drawn_and_a_refusal_does_not_tell_the_first_entry() {
    // Hazard: H19
    let mut shelf = Shelf::with(label(50, 10_000));
    let syringe = shelf.draws(720, &visit(36_000)).unwrap();
    let check = |volume, strength, checker| Command::Check {
        syringe,
        volume: Microlitres::new(volume),
        strength: Strength::new(strength),
        checker,
    };
    let other = || witness(2, Role::Nurse);
    for (command, expected) in [
        (check(720, 50, witness(1, Role::Nurse)), Refusal::OwnCheck),
        (
            check(720, 50, witness(2, Role::Therapist)),
            Refusal::NotTheirs,
        ),
        (check(720, 10, other()), Refusal::CheckDiffers),
        (check(7_200, 50, other()), Refusal::CheckDiffers),
        (check(719, 50, other()), Refusal::CheckDiffers),
    ] {
        let refused = shelf.does(command, None).unwrap_err();
        assert_eq!(refused, expected);
        assert!(!refused.says().contains("0.72"), "{}", refused.says());
    }
    assert_eq!(shelf.container.syringe(syringe).unwrap().checked, None);
    shelf.does(check(720, 50, other()), None).unwrap();
    let known = shelf.container.syringe(syringe).unwrap();
    assert_eq!(known.checked.as_ref().unwrap().name, "Person 2");
    let again = shelf.does(check(720, 50, other()), None);
    assert_eq!(again, Err(Refusal::CheckedBefore));
}

#[test]
fn what_is_wasted_is_all_that_is_left() {
    let mut shelf = Shelf::with(label(50, 10_000));
    let syringe = shelf.draws(700, &visit(35_000)).unwrap();
    let refused = shelf.does(waste(syringe, 34_999, witness(2, Role::Nurse)), None);
    assert!(matches!(refused, Err(Refusal::NotAllThatIsLeft { .. })));
}

#[test]
fn a_vial_of_another_strength_than_the_order_was_worked_out_for_is_not_drawn_from() {
    // Hazard: H19
    let ordered = Visit {
        strength: Some(Decimal::from(10)),
        ..visit(35_000)
    };
    let mut shelf = Shelf::with(label(100, 5_000));
    let refused = shelf.draws(3_500, &ordered).unwrap_err();
    assert_eq!(
        refused,
        Refusal::AnotherStrength {
            ordered: "10".to_owned(),
            here: Strength::new(100)
        }
    );
    let mut right = Shelf::with(label(10, 20_000));
    assert!(right.draws(3_500, &ordered).is_ok());
}

#[test]
fn nothing_is_drawn_for_nobody_for_another_drug_or_from_what_expired_or_was_set_apart() {
    // Hazard: H37
    let mut shelf = Shelf::with(label(50, 10_000));
    let ordered = visit(35_000);
    let gone = Visit {
        may_be_drawn_for: false,
        ..ordered.clone()
    };
    assert_eq!(shelf.draws(700, &gone), Err(Refusal::NoSession));
    let other = Visit {
        drug: Drug::Esketamine,
        ..ordered.clone()
    };
    let here = Drug::Ketamine;
    assert_eq!(shelf.draws(700, &other), Err(Refusal::AnotherDrug { here }));
    shelf.today = day("2027-06-30");
    shelf.draws(100, &ordered).unwrap();
    shelf.today = day("2027-07-01");
    let last_day = day("2027-06-30");
    assert_eq!(
        shelf.draws(700, &ordered),
        Err(Refusal::Expired { last_day })
    );
    shelf.today = day("2026-11-24");
    let recalled = Command::SetApart {
        reason: "recalled".to_owned(),
    };
    shelf.does(recalled, None).unwrap();
    let reason = "recalled".to_owned();
    assert_eq!(
        shelf.draws(700, &ordered),
        Err(Refusal::SetApart { reason })
    );
}

#[test]
fn a_difference_stops_drawing_until_somebody_else_has_explained_it() {
    // Hazard: H37
    let mut shelf = Shelf::with(label(50, 10_000));
    shelf.draws(700, &visit(35_000)).unwrap();
    let counted = Command::Count {
        found: Found::Opened {
            volume: Microlitres::new(9_000),
        },
    };
    let doctor = person(3, Role::Prescriber);
    shelf.by(&doctor, counted, None).unwrap();
    assert_eq!(shelf.draws(100, &visit(35_000)), Err(Refusal::Unexplained));
    let explain = || Command::Explain {
        explanation: "left in the needle".to_owned(),
    };
    assert_eq!(shelf.does(explain(), None), Err(Refusal::NotAnApprover));
    assert_eq!(shelf.by(&doctor, explain(), None), Err(Refusal::OwnCount));
    let director = person(4, Role::MedicalDirector);
    shelf.by(&director, explain(), None).unwrap();
    let account = shelf.container.account();
    // 0.3 mL of 50 mg/mL.
    assert_eq!(account.explained, Micrograms::new(15_000));
    assert!(account.closes());
    assert_eq!(shelf.container.remaining, Microlitres::new(9_000));
}

#[test]
fn what_is_missing_is_called_lost_and_stays_open_until_it_is_told_and_filed() {
    let mut shelf = Shelf::with(label(50, 10_000));
    shelf
        .does(
            Command::Count {
                found: Found::Nothing,
            },
            None,
        )
        .unwrap();
    let director = person(4, Role::MedicalDirector);
    let lost = Command::CallLost {
        discovered_at: T0,
        note: "not in the safe".to_owned(),
    };
    shelf.by(&director, lost, None).unwrap();
    assert_eq!(
        shelf.container.open_loss().unwrap().missing,
        Micrograms::new(500_000)
    );
    let told = Command::NoteTold {
        to: "field office, by fax".to_owned(),
    };
    let filed = Command::NoteFiled {
        reference: "106-1".to_owned(),
    };
    shelf.by(&director, told, None).unwrap();
    assert!(shelf.container.open_loss().is_some());
    shelf.by(&director, filed, None).unwrap();
    assert!(shelf.container.open_loss().is_none());
    assert!(shelf.container.account().closes());
}

#[test]
fn what_was_handed_out_for_a_session_is_drawn_for_no_other_until_it_is_put_back() {
    // Hazard: H37
    let mut shelf = Shelf::with(label(50, 10_000));
    let issue = || Command::Issue {
        to: "Room 2".to_owned(),
    };
    let back = || Command::Return {
        to: "safe".to_owned(),
    };
    let mine = visit(35_000);
    let other = Visit {
        session: SessionId(Uuid::from_u128(70)),
        ..mine.clone()
    };
    assert_eq!(shelf.does(back(), None), Err(Refusal::NotIssued));
    assert_eq!(shelf.does(issue(), None), Err(Refusal::NoSession));
    shelf.does(issue(), Some(&mine)).unwrap();
    assert_eq!(shelf.container.place, "Room 2");
    assert_eq!(
        shelf.does(issue(), Some(&other)),
        Err(Refusal::IssuedBefore)
    );
    assert_eq!(shelf.draws(700, &other), Err(Refusal::IssuedElsewhere));
    shelf.draws(700, &mine).unwrap();
    shelf.does(back(), None).unwrap();
    assert_eq!(shelf.container.place, "safe");
    shelf.draws(700, &other).unwrap();
    let said = shelf.lines.iter().map(|line| line.kind);
    let said: Vec<Kind> = said
        .filter(|kind| matches!(kind, Kind::Issued | Kind::Returned))
        .collect();
    assert_eq!(said, [Kind::Issued, Kind::Returned]);
}

fn corrected(syringe: SyringeId, volume: u64, given: Option<u64>, other: u128) -> Command {
    Command::CorrectSyringe {
        syringe,
        volume: Microlitres::new(volume),
        given: given.map(Micrograms::new),
        reason: "the pump had given more".to_owned(),
        witness: witness(other, Role::Nurse),
    }
}

#[test]
fn a_wrong_entry_of_a_syringe_is_corrected_before_a_second_person_and_both_entries_stay() {
    // Hazard: H37
    // By hand: 0.7 mL of 50 mg/mL are 35 mg; 20 mg given instead of 19.25 mg leave 15 mg, not
    // 15.75 mg.
    let mut shelf = Shelf::with(label(50, 10_000));
    let syringe = shelf.draws(700, &visit(35_000)).unwrap();
    let early = corrected(syringe, 700, Some(20_000), 2);
    assert_eq!(shelf.does(early, None), Err(Refusal::NothingToCorrect));
    let account = Command::Account {
        syringe,
        given: Micrograms::new(19_250),
        waste: Some(Waste {
            amount: Micrograms::new(15_750),
            method: Method::DisposalContainer,
            witness: witness(2, Role::Nurse),
        }),
    };
    shelf.does(account, None).unwrap();
    let alone = corrected(syringe, 700, Some(20_000), 1);
    assert_eq!(shelf.does(alone, None), Err(Refusal::OwnWitness));
    let too_much = corrected(syringe, 700, Some(35_001), 2);
    let left = Micrograms::new(35_000);
    assert_eq!(
        shelf.does(too_much, None),
        Err(Refusal::MoreThanLeft { left })
    );
    shelf
        .does(corrected(syringe, 700, Some(20_000), 2), None)
        .unwrap();
    let account = shelf.container.account();
    assert_eq!(account.given, Micrograms::new(20_000));
    assert_eq!(account.wasted, Micrograms::new(15_000));
    assert!(account.closes());
    let line = shelf.lines.last().unwrap();
    assert_eq!(line.kind, Kind::Corrected);
    assert_eq!(line.given_more, Micrograms::new(750));
    assert_eq!(line.wasted_back, Micrograms::new(750));
    assert!(line.words.contains("15\u{a0}mg wasted"), "{}", line.words);
    let book = Register::of(shelf.lines.clone(), T0, T0 + Span::from_hours(1));
    let balance = book.balances[&(Drug::Ketamine, Strength::new(50))];
    assert!(balance.closes());
    // The first entries are still there.
    let before = shelf.lines.iter().filter(|line| line.kind == Kind::Given);
    assert_eq!(before.count(), 1);
}

#[test]
fn a_wrong_volume_that_hid_a_difference_is_corrected_and_the_difference_is_gone() {
    let mut shelf = Shelf::with(label(50, 10_000));
    // 0.7 mL were drawn, 0.07 mL were typed.
    let syringe = shelf.draws(70, &visit(35_000)).unwrap();
    let found = Found::Opened {
        volume: Microlitres::new(9_300),
    };
    shelf.does(Command::Count { found }, None).unwrap();
    assert!(shelf.container.difference.is_some());
    shelf.does(corrected(syringe, 700, None, 2), None).unwrap();
    assert_eq!(shelf.container.difference, None);
    assert_eq!(shelf.container.remaining, Microlitres::new(9_300));
    assert!(shelf.container.account().closes());
}

#[test]
fn what_was_taken_in_by_mistake_is_struck_only_while_nobody_has_used_it() {
    let strike = || Command::Strike {
        reason: "it is 100 mg/mL".to_owned(),
        witness: witness(2, Role::Nurse),
    };
    let mut used = Shelf::with(label(50, 10_000));
    used.draws(700, &visit(35_000)).unwrap();
    assert_eq!(used.does(strike(), None), Err(Refusal::UsedAlready));
    let mut shelf = Shelf::with(label(50, 10_000));
    shelf.does(strike(), None).unwrap();
    let account = shelf.container.account();
    assert_eq!(account.struck, Micrograms::new(500_000));
    assert!(account.closes());
    assert_eq!(shelf.draws(700, &visit(35_000)), Err(Refusal::NotHere));
}

#[test]
fn a_lot_that_was_mistyped_is_corrected_and_what_stood_there_stays() {
    let mut shelf = Shelf::with(label(50, 10_000));
    let before = shelf.container.delivery().unwrap();
    let correct = |lot: &str| Command::CorrectDelivery {
        now: clinical::ledger::Delivery {
            lot: lot.to_owned(),
            ..before.clone()
        },
        reason: "misread".to_owned(),
    };
    assert_eq!(
        shelf.does(correct("LOT7"), None),
        Err(Refusal::NothingToCorrect)
    );
    shelf.does(correct("LOT1"), None).unwrap();
    assert_eq!(shelf.container.label().unwrap().lot, "LOT1");
    let line = shelf.lines.last().unwrap();
    assert_eq!(line.words, "lot LOT1 instead of LOT7: misread");
}

#[test]
fn what_leaves_for_another_registrant_says_what_for() {
    let mut shelf = Shelf::with(label(50, 10_000));
    let send = |purpose| Command::Send {
        purpose,
        to: "Returns Ltd, 1 Road".to_owned(),
        registration: "RR0000000".to_owned(),
        document: "D-1".to_owned(),
    };
    assert_eq!(
        shelf.does(send(Purpose::Unsaid), None),
        Err(Refusal::PurposeMissing)
    );
    shelf.does(send(Purpose::ReverseDistributor), None).unwrap();
    let departed = shelf.container.departed.clone().unwrap();
    assert_eq!(departed.volume, Microlitres::new(10_000));
    assert_eq!(departed.document, "D-1");
    assert!(shelf.container.account().closes());
    // An event from before anybody was asked still reads.
    let old = r#"{"event":"ContainerSent","to":"a","registration":"b","document":"c"}"#;
    let old: ContainerEvent = serde_json::from_str(old).unwrap();
    let ContainerEvent::ContainerSent { purpose, .. } = old else {
        panic!("another event");
    };
    assert_eq!(purpose, Purpose::Unsaid);
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    beyond_label: Vec<BeyondLabel>,
    beyond_order: Vec<BeyondOrder>,
    loss: Vec<Lost>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BeyondLabel {
    row: String,
    fill_ml: Decimal,
    drawn_ml: Decimal,
    expect: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BeyondOrder {
    row: String,
    ordered_mg: Decimal,
    drawn_mg: Decimal,
    expect: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lost {
    row: String,
    discovered: toml::value::Datetime,
    told_by: toml::value::Datetime,
    filed_by: toml::value::Datetime,
}

fn thousandths(value: Decimal) -> u64 {
    u64::try_from(value * Decimal::ONE_THOUSAND).unwrap()
}

fn word(drawn: &Result<SyringeId, Refusal>) -> String {
    match drawn {
        Ok(_) => "drawn".to_owned(),
        Err(refusal) => {
            let written = serde_json::to_value(refusal).unwrap();
            written["refusal"].as_str().unwrap().to_owned()
        }
    }
}

#[test]
fn every_case_beside_the_policy_of_controlled_drugs_holds() {
    let cases: Cases = toml::from_str(CONTROLLED_DRUGS.cases).unwrap();
    let rows = |rows: Vec<&String>| assert_eq!(rows, ["just below", "exactly", "just above"]);
    rows(cases.beyond_label.iter().map(|case| &case.row).collect());
    rows(cases.beyond_order.iter().map(|case| &case.row).collect());
    for case in &cases.beyond_label {
        let mut shelf = Shelf::with(label(50, thousandths(case.fill_ml)));
        let drawn = shelf.draws_because(thousandths(case.drawn_ml), &visit(10_000_000), "overfill");
        assert_eq!(word(&drawn), case.expect, "{}", case.row);
    }
    for case in &cases.beyond_order {
        let mut shelf = Shelf::with(label(50, 10_000));
        let volume = thousandths(case.drawn_mg) / 50;
        let drawn = shelf.draws(volume, &visit(thousandths(case.ordered_mg)));
        assert_eq!(word(&drawn), case.expect, "{}", case.row);
    }
    let form_days = LedgerRules::shipped().unwrap().form_days;
    for case in &cases.loss {
        let found = Deadlines::of(day(&case.discovered.to_string()), form_days);
        let found = (found.told_by.to_string(), found.filed_by.to_string());
        let expected = (case.told_by.to_string(), case.filed_by.to_string());
        assert_eq!(found, expected, "{}", case.row);
    }
}

/// Anything that anybody may try with one container.
fn anything() -> impl Strategy<Value = (u128, Command)> {
    let amount = prop_oneof![Just(0), 1_u64..12_000, Just(500_000), 1_u64..600_000];
    let who = 1_u128..5;
    (0_u8..18, amount, 0_u128..6, who.clone(), who).prop_map(|(which, amount, nth, who, other)| {
        let syringe = SyringeId(Uuid::from_u128(nth));
        let volume = Microlitres::new(amount);
        let amount = Micrograms::new(amount);
        let method = Method::Absorbed;
        let words = || "because".to_owned();
        let witness = witness(other, Role::Nurse);
        let reason = if nth % 2 == 0 { words() } else { String::new() };
        let command = match which {
            0 => Command::Receive {
                label: label(50, 10_000),
                mark: words(),
                supplier: words(),
                invoice: words(),
                received_on: day("2026-11-20"),
                place: words(),
            },
            1 => Command::Move { to: words() },
            2 | 3 => Command::Draw {
                syringe,
                volume,
                reason,
            },
            4 | 5 => Command::Give { syringe, amount },
            6 => Command::WasteSyringe {
                syringe,
                amount,
                method,
                witness,
            },
            7 => Command::WasteRest {
                volume,
                method,
                reason,
                witness,
            },
            8 => Command::SetApart { reason },
            9 => Command::TakeBack { reason },
            10 if nth == 0 => Command::Send {
                purpose: Purpose::ReverseDistributor,
                to: words(),
                registration: words(),
                document: words(),
            },
            11 if nth == 0 => Command::Break {
                note: words(),
                witness,
            },
            11 if nth == 1 => Command::Strike { reason, witness },
            11 => Command::CorrectSyringe {
                syringe,
                volume,
                given: (nth > 2).then_some(amount),
                reason,
                witness,
            },
            16 => Command::Issue { to: words() },
            17 => Command::Return { to: words() },
            12 => Command::Explain {
                explanation: words(),
            },
            13 => Command::CallLost {
                discovered_at: T0,
                note: words(),
            },
            15 => Command::Account {
                syringe,
                given: amount,
                waste: None,
            },
            _ if nth == 5 => Command::Count {
                found: Found::Nothing,
            },
            _ => Command::Count {
                found: Found::Opened { volume },
            },
        };
        (who, command)
    })
}

/// Wastes and counts exactly what there is, as an honest hand does; else hardly any waste is let in.
fn honest(shelf: &Shelf, command: Command) -> Command {
    match command {
        Command::WasteSyringe {
            syringe,
            amount,
            method,
            witness,
        } if amount.count() % 2 == 0 => Command::WasteSyringe {
            syringe,
            amount: shelf
                .container
                .syringe(syringe)
                .map_or(amount, clinical::ledger::Syringe::left),
            method,
            witness,
        },
        Command::CorrectSyringe {
            syringe,
            volume,
            given,
            reason,
            witness,
        } if volume.count() % 2 == 0 => {
            let known = shelf.container.syringe(syringe);
            let instead = known.map_or(volume, |known| {
                let less = known.volume.less(Microlitres::new(volume.count() % 40));
                less.unwrap_or(known.volume)
            });
            let given = known.map_or(given, |known| {
                known
                    .given
                    .map(|given| given.min(shelf.container.holds(instead)))
            });
            Command::CorrectSyringe {
                syringe,
                volume: instead,
                given,
                reason,
                witness,
            }
        }
        Command::WasteRest {
            volume,
            method,
            reason,
            witness,
        } if volume.count() % 2 == 0 => Command::WasteRest {
            volume: shelf.container.remaining,
            method,
            reason,
            witness,
        },
        other => other,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]
    #[test]
    fn the_balance_closes_whatever_anybody_does(acts in prop::collection::vec(anything(), 1..80)) {
        // Hazard: H37
        let mut shelf = Shelf::with(label(50, 10_000));
        let roles = [Role::Nurse, Role::Prescriber, Role::MedicalDirector, Role::Nurse];
        for (who, command) in acts {
            let role = roles[usize::try_from(who - 1).unwrap()];
            let command = honest(&shelf, command);
            // What is refused changes nothing, and is no failure here.
            shelf.by(&person(who, role), command, Some(&visit(500_000))).ok();
            let account = shelf.container.account();
            prop_assert!(account.closes(), "{account:?}");
            // No more than the label and what may come out beyond it, or was found, was there.
            let most = account.received.with(Micrograms::new(50_000)).with(account.found_more);
            prop_assert!(account.came() <= most);
            let of_syringes: Micrograms = shelf.container.syringes.iter().map(|one| one.drawn).sum();
            let told = account.given.with(account.in_syringes);
            prop_assert!(told <= of_syringes);
            // What has left the clinic holds nothing.
            let container = &shelf.container;
            let here = matches!(container.stands, Stands::Here | Stands::SetApart(_));
            prop_assert!(here || container.remaining.is_zero(), "{:?}", container.stands);
            // Nothing came out beyond the label while something that is on the label is still in
            // it; a count may have found otherwise.
            let by_counts = [account.found_more, account.explained, account.lost];
            if by_counts.iter().all(|amount| amount.is_zero()) {
                let beyond = account.beyond_label;
                prop_assert!(beyond.is_zero() || container.remaining.is_zero(), "{account:?}");
            }
        }
        // The book says the same as the container.
        let until = T0 + Span::from_hours(24);
        let book = Register::of(shelf.lines.clone(), T0, until);
        let balance = book.balances[&(Drug::Ketamine, Strength::new(50))];
        let account = shelf.container.account();
        prop_assert!(balance.closes());
        let came_back = balance.came_back;
        prop_assert_eq!(balance.came, account.came().with(came_back));
        prop_assert_eq!(balance.went, account.went().with(balance.back()).with(came_back));
        prop_assert_eq!(balance.given, account.given.with(balance.given_back));
        prop_assert_eq!(balance.wasted, account.wasted.with(balance.wasted_back));
        prop_assert_eq!(balance.after, account.here());
        // Any day of it closes too, and goes on where the one before ended.
        let middle = T0 + Span::from_minutes(i64::try_from(shelf.version / 2).unwrap());
        let first = Register::of(shelf.lines.clone(), T0, middle);
        let second = Register::of(shelf.lines, middle, until);
        let of = |book: &Register| book.balances.get(&(Drug::Ketamine, Strength::new(50))).copied();
        prop_assert_eq!(of(&first).unwrap_or_default().after, of(&second).unwrap().before);
        prop_assert_eq!(of(&second).unwrap().after, balance.after);
    }
}
