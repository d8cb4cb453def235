//! Everything under lock together: the inventory, the nightly match and its cases. Expected values:
//! clinical reference 10.1 (records), safety reference 6.1 and 6.2.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use clinical::ledger::safe::{
    Case, CaseStands, Context, Hour, InventoryKind, Refusal, Registrant, Safe, SafeEvent, Stocked,
    Wanted, decide,
};
use clinical::ledger::{Drug, Finding, Form, LedgerRules, Strength, Told, Witness};
use clinical::patient::CivilDate;
use clinical::record::{
    Actor, CommandId, EventId, Folded as _, Header, PatientId, Recorded as _, Role, SessionId,
    StaffId, StreamId, StreamKind, TenantId,
};
use units::{Micrograms, Microlitres, Moment, Span};
use uuid::Uuid;

const T0: Moment = Moment::from_microseconds(1_790_000_000_000_000);
const SESSION: SessionId = SessionId(Uuid::from_u128(7));

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

/// A safe under test.
struct Bench {
    safe: Safe,
    stock: Vec<Stocked>,
    today: CivilDate,
    version: u64,
}

impl Bench {
    fn new() -> Self {
        Self {
            safe: Safe::default(),
            stock: Vec::new(),
            today: day("2026-11-24"),
            version: 0,
        }
    }

    fn by(&mut self, actor: &Actor, wanted: Wanted) -> Result<Vec<SafeEvent>, Refusal> {
        let rules = LedgerRules::shipped().unwrap();
        let context = Context {
            today: self.today,
            actor,
            rules: &rules,
            stock: &self.stock,
        };
        let events = decide(&self.safe, wanted, &context)?;
        for event in &events {
            self.version += 1;
            let at = T0 + Span::from_minutes(i64::try_from(self.version).unwrap());
            let header = Header {
                tenant: TenantId(Uuid::nil()),
                position: self.version,
                stream: StreamId::of(StreamKind::Safe, Uuid::nil()),
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
            self.safe.take(&header, event);
        }
        Ok(events)
    }

    fn director(&mut self, wanted: Wanted) -> Result<Vec<SafeEvent>, Refusal> {
        self.by(&person(4, Role::MedicalDirector), wanted)
    }

    fn matches(&mut self, told: Vec<Told>) -> Vec<SafeEvent> {
        let night = Actor::System {
            part: "nightly match".to_owned(),
        };
        let until = T0 + Span::from_hours(24);
        let wanted = Wanted::Match {
            told,
            from: T0,
            until,
        };
        self.by(&night, wanted).unwrap()
    }

    fn case(&self) -> &Case {
        &self.safe.cases[&SESSION]
    }
}

/// 36 mg ordered, drawn and given.
fn told() -> Told {
    Told {
        session: SESSION,
        patient: PatientId(Uuid::from_u128(8)),
        planned_for: Some(T0),
        room: "Room 1".to_owned(),
        ordered: Some(Micrograms::new(36_000)),
        by_record: Some(Micrograms::new(36_000)),
        by_ledger: Micrograms::new(36_000),
        drawn: Micrograms::new(36_000),
        reason_given: false,
        open: Micrograms::ZERO,
        under_way: false,
    }
}

fn named(bench: &mut Bench) {
    let registrant = Registrant {
        name: "Harbour Clinic".to_owned(),
        address: "1 Quay".to_owned(),
        registration: "HC0000000".to_owned(),
    };
    bench.director(Wanted::NameRegistrant(registrant)).unwrap();
}

fn take(other: u128) -> Wanted {
    Wanted::TakeInventory {
        kind: InventoryKind::Biennial,
        hour: Hour::Opening,
        statement: "I have counted it.".to_owned(),
        witness: witness(other, Role::Nurse),
    }
}

fn vial(remaining: u64, opened: bool) -> Stocked {
    Stocked {
        drug: Drug::Ketamine,
        form: Form::Vial,
        strength: Strength::new(50),
        fill: Microlitres::new(10_000),
        remaining: Microlitres::new(remaining),
        opened,
        apart: false,
        counted_on: Some(day("2026-11-24")),
        differs: false,
        in_syringes: Micrograms::ZERO,
    }
}

#[test]
fn a_session_in_which_all_three_say_the_same_opens_no_case() {
    let mut bench = Bench::new();
    let events = bench.matches(vec![told()]);
    assert_eq!(events.len(), 1);
    let last = bench.safe.matched.unwrap();
    assert_eq!((last.agree, last.differ, last.under_way), (1, 0, 0));
}

#[test]
fn whatever_does_not_agree_is_found_and_said() {
    // Hazard: H37
    let mg = |amount: u64| Micrograms::new(amount * 1_000);
    let rows = [
        (
            Told {
                by_ledger: mg(30),
                ..told()
            },
            Finding::GivenDiffers {
                by_record: mg(36),
                by_ledger: mg(30),
            },
        ),
        (
            Told {
                by_ledger: mg(0),
                drawn: mg(0),
                ..told()
            },
            Finding::NothingDrawn { by_record: mg(36) },
        ),
        (
            Told {
                open: mg(36),
                by_ledger: mg(0),
                ..told()
            },
            Finding::NotAccounted { open: mg(36) },
        ),
        (
            Told {
                by_record: None,
                ordered: None,
                by_ledger: mg(0),
                ..told()
            },
            Finding::NoOrder { drawn: mg(36) },
        ),
        // 5 % more than ordered is 37.8 mg.
        (
            Told {
                drawn: Micrograms::new(37_801),
                ..told()
            },
            Finding::BeyondOrder {
                drawn: Micrograms::new(37_801),
                ordered: mg(36),
            },
        ),
    ];
    for (one, expected) in rows {
        let mut bench = Bench::new();
        bench.matches(vec![one]);
        assert_eq!(bench.case().findings, [expected]);
        assert!(bench.case().is_open());
    }
}

#[test]
fn five_percent_beyond_the_order_and_more_with_a_reason_are_no_case() {
    let mut bench = Bench::new();
    let exactly = Told {
        drawn: Micrograms::new(37_800),
        ..told()
    };
    let because = Told {
        drawn: Micrograms::new(50_000),
        reason_given: true,
        ..told()
    };
    for one in [exactly, because] {
        assert_eq!(bench.matches(vec![one]).len(), 1);
    }
}

#[test]
fn who_is_still_here_is_not_judged_yet() {
    let mut bench = Bench::new();
    let one = Told {
        open: Micrograms::new(36_000),
        under_way: true,
        ..told()
    };
    assert_eq!(bench.matches(vec![one]).len(), 1);
    assert_eq!(bench.safe.matched.unwrap().under_way, 1);
}

#[test]
fn a_case_is_opened_once_settles_by_itself_and_opens_again_when_it_differs_otherwise() {
    // Hazard: H37
    let differs = |by_ledger: u64| Told {
        by_ledger: Micrograms::new(by_ledger),
        ..told()
    };
    let mut bench = Bench::new();
    assert_eq!(bench.matches(vec![differs(30_000)]).len(), 2);
    assert_eq!(bench.matches(vec![differs(30_000)]).len(), 1);
    bench.matches(vec![told()]);
    assert_eq!(bench.case().stands, CaseStands::Settled);
    assert_eq!(bench.matches(vec![differs(30_000)]).len(), 2);
    let explain = Wanted::Explain {
        case: SESSION,
        explanation: "the pump was restarted".to_owned(),
    };
    let nurse = person(1, Role::Nurse);
    assert_eq!(bench.by(&nurse, explain.clone()), Err(Refusal::NotTheirs));
    bench.director(explain.clone()).unwrap();
    assert!(!bench.case().is_open());
    assert_eq!(bench.director(explain), Err(Refusal::NoCase));
    // What was explained stays explained, and only that.
    assert_eq!(bench.matches(vec![differs(30_000)]).len(), 1);
    assert_eq!(bench.matches(vec![differs(20_000)]).len(), 2);
    assert!(bench.case().is_open());
}

#[test]
fn a_loss_of_a_case_stays_open_until_it_is_told_and_filed_by_the_days_of_the_law() {
    let mut bench = Bench::new();
    bench.matches(vec![Told {
        by_ledger: Micrograms::new(30_000),
        ..told()
    }]);
    let told_to = || Wanted::NoteTold {
        case: SESSION,
        to: "field office, in writing".to_owned(),
    };
    let filed = || Wanted::NoteFiled {
        case: SESSION,
        reference: "106-1".to_owned(),
    };
    assert_eq!(bench.director(told_to()), Err(Refusal::NoLoss));
    let lost = Wanted::CallLost {
        case: SESSION,
        note: "6 mg are missing".to_owned(),
    };
    bench.director(lost).unwrap();
    bench.director(told_to()).unwrap();
    assert_eq!(bench.director(told_to()), Err(Refusal::NoLoss));
    assert!(bench.case().is_open());
    // Agreement later does not make a loss undone.
    bench.matches(vec![told()]);
    assert!(bench.case().is_open());
    bench.director(filed()).unwrap();
    assert!(!bench.case().is_open());
    // Witness: clinical reference 10.1: one business day, 45 days; `cal 11 2026`.
    let rules = LedgerRules::shipped().unwrap();
    let by = bench.case().deadlines(day("2026-11-27"), &rules);
    assert_eq!(by.told_by, day("2026-11-30"));
    assert_eq!(by.filed_by, day("2027-01-11"));
}

#[test]
fn an_inventory_is_what_was_counted_today_signed_by_two() {
    // Hazard: H37
    let mut bench = Bench::new();
    bench.stock = vec![
        vial(10_000, false),
        vial(10_000, false),
        vial(9_300, true),
        Stocked {
            apart: true,
            ..vial(10_000, false)
        },
        // Empty, and waits for nothing: it is no stock.
        Stocked {
            counted_on: None,
            ..vial(0, true)
        },
    ];
    assert_eq!(bench.director(take(2)), Err(Refusal::NoRegistrant));
    named(&mut bench);
    let nurse = person(1, Role::Nurse);
    assert_eq!(bench.by(&nurse, take(2)), Err(Refusal::NotTheirs));
    assert_eq!(bench.director(take(4)), Err(Refusal::NoWitness));
    bench.stock[0].counted_on = Some(day("2026-11-23"));
    assert_eq!(bench.director(take(2)), Err(Refusal::NotCounted(1)));
    bench.stock[0].counted_on = None;
    assert_eq!(bench.director(take(2)), Err(Refusal::NotCounted(1)));
    bench.stock[0].counted_on = Some(day("2026-11-24"));
    bench.stock[0].differs = true;
    assert_eq!(bench.director(take(2)), Err(Refusal::Differs(1)));
    bench.stock[0].differs = false;
    bench.stock[2].in_syringes = Micrograms::new(35_000);
    let in_syringes = Refusal::InSyringes(Micrograms::new(35_000));
    assert_eq!(bench.director(take(2)), Err(in_syringes));
    bench.stock[2].in_syringes = Micrograms::ZERO;
    bench.director(take(2)).unwrap();
    let inventory = bench.safe.inventory.clone().unwrap();
    assert_eq!(inventory.on, day("2026-11-24"));
    assert_eq!(inventory.registrant.registration, "HC0000000");
    assert_eq!(inventory.signed_by, "Person 4");
    assert_eq!(inventory.witness, "Person 2");
    // By hand: 10 + 10 + 9.3 mL in three vials; what is set apart stands by itself.
    let lines: Vec<_> = inventory
        .lines
        .iter()
        .map(|line| (line.apart, line.sealed, line.opened, line.volume.count()))
        .collect();
    assert_eq!(lines, [(false, 2, 1, 29_300), (true, 1, 0, 10_000)]);
    assert_eq!(inventory.lines[0].holds(), Micrograms::new(1_465_000));
}
