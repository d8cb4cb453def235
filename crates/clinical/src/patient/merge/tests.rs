use super::*;
use crate::patient::{Allergies, Allergy, Sex};
use uuid::Uuid;

const AT: Moment = Moment::from_microseconds(7);

fn id(number: u128) -> PatientId {
    PatientId(Uuid::from_u128(number))
}

fn registered(number: u128) -> Patient {
    Patient::fold([&PatientEvent::PatientRegistered {
        patient: id(number),
        record_number: number.to_string(),
        family_name: "Moreno".into(),
        given_name: "Ana".into(),
        birth_date: "1984-03-02".parse().unwrap(),
        sex: Sex::Unknown,
    }])
}

fn who(role: Role, number: u128) -> Actor {
    Actor::Person {
        id: StaffId(Uuid::from_u128(number)),
        name: format!("staff {number}"),
        role,
    }
}

/// Two records of one person, and what happens to both.
struct Two {
    from: Patient,
    into: Patient,
}

impl Two {
    fn new() -> Self {
        Self {
            from: registered(1),
            into: registered(2),
        }
    }

    fn decide(
        &self,
        command: MergeCommand,
        actor: &Actor,
    ) -> Result<Vec<PatientEvent>, MergeRefused> {
        let pair = Pair {
            from: &self.from,
            into: &self.into,
            visit_under_way: false,
        };
        decide_merge(pair, command, actor, AT)
    }

    fn do_it(&mut self, command: MergeCommand, actor: &Actor) {
        for event in self.decide(command, actor).unwrap() {
            self.from.apply(&event);
            self.into.apply(&event);
        }
    }

    fn proposed() -> Self {
        let mut two = Self::new();
        two.do_it(propose(), &who(Role::FrontDesk, 1));
        two
    }

    fn merged() -> Self {
        let mut two = Self::proposed();
        two.do_it(MergeCommand::Confirm, &who(Role::Nurse, 2));
        two
    }
}

fn propose() -> MergeCommand {
    MergeCommand::Propose {
        reason: "registered twice".into(),
    }
}

fn undo() -> MergeCommand {
    MergeCommand::Undo {
        reason: "they are twins".into(),
    }
}

#[test]
fn only_a_nurse_a_prescriber_or_the_medical_director_confirms() {
    // Hazard: H02
    let two = Two::proposed();
    for role in Role::ALL {
        let may = matches!(role, Role::Nurse | Role::Prescriber | Role::MedicalDirector);
        let answer = two.decide(MergeCommand::Confirm, &who(role, 9));
        assert_eq!(answer.is_ok(), may, "{role:?}");
    }
}

#[test]
fn nobody_confirms_what_they_proposed_themselves() {
    // Hazard: H02
    let mut two = Two::new();
    two.do_it(propose(), &who(Role::Nurse, 1));
    let confirm = |number| two.decide(MergeCommand::Confirm, &who(Role::Nurse, number));
    assert_eq!(confirm(1), Err(MergeRefused::ConfirmedByProposer));
    assert!(confirm(2).is_ok());
}

#[test]
fn nothing_is_merged_that_nobody_proposed() {
    let two = Two::new();
    let answer = two.decide(MergeCommand::Confirm, &who(Role::Nurse, 2));
    assert_eq!(answer, Err(MergeRefused::NotProposed));
}

#[test]
fn nothing_is_merged_or_taken_apart_while_a_visit_is_under_way() {
    // Hazard: H02
    for (two, command) in [
        (Two::proposed(), MergeCommand::Confirm),
        (Two::merged(), undo()),
    ] {
        let pair = Pair {
            from: &two.from,
            into: &two.into,
            visit_under_way: true,
        };
        let answer = decide_merge(pair, command, &who(Role::Nurse, 2), AT);
        assert_eq!(answer, Err(MergeRefused::VisitUnderWay));
    }
}

#[test]
fn a_merged_record_leads_to_the_other_and_undoing_leaves_both_as_they_were() {
    let mut two = Two::merged();
    assert_eq!(
        two.from.merged.as_ref().map(|merged| merged.into),
        Some(id(2))
    );
    assert_eq!(two.into.took_in[0].from, id(1));
    two.do_it(undo(), &who(Role::Prescriber, 3));
    assert_eq!(two.from.registration, registered(1).registration);
    assert_eq!((&two.from.merged, &two.into.took_in), (&None, &vec![]));
    // They were looked at once: they are not offered as the same person again.
    assert_eq!(
        (&two.from.told_apart, &two.into.told_apart),
        (&vec![id(2)], &vec![id(1)])
    );
}

#[test]
fn a_record_that_was_merged_is_not_merged_again_in_either_direction() {
    let two = Two::merged();
    let third = registered(3);
    for (from, into) in [
        (&two.from, &third),
        (&third, &two.from),
        (&two.into, &third),
    ] {
        let pair = Pair {
            from,
            into,
            visit_under_way: false,
        };
        let answer = decide_merge(pair, propose(), &who(Role::Nurse, 2), AT);
        assert_eq!(answer, Err(MergeRefused::MergedBefore));
    }
}

#[test]
fn a_record_is_not_merged_with_itself() {
    let one = registered(1);
    let pair = Pair {
        from: &one,
        into: &one,
        visit_under_way: false,
    };
    let answer = decide_merge(pair, propose(), &who(Role::Nurse, 2), AT);
    assert_eq!(answer, Err(MergeRefused::SameRecord));
}

#[test]
fn an_allergy_that_stands_in_either_record_is_the_persons() {
    // Hazard: H24
    let asked = |allergies| {
        let mut patient = registered(1);
        patient.apply(&PatientEvent::AllergiesRecorded {
            allergies,
            at: AT,
            by: "Nurse".into(),
        });
        patient
    };
    let penicillin = || {
        Allergies::List(vec![Allergy {
            substance: "penicillin".into(),
            reaction: None,
        }])
    };
    let together =
        |one: Allergies, other: Allergies| asked(one).with_record_of(&asked(other)).allergies;
    assert_eq!(together(Allergies::NoneKnown, penicillin()), penicillin());
    assert_eq!(together(penicillin(), Allergies::NoneKnown), penicillin());
    assert_eq!(together(Allergies::NotAsked, penicillin()), penicillin());
    assert_eq!(
        together(Allergies::NotAsked, Allergies::NotAsked),
        Allergies::NotAsked
    );
    assert_eq!(
        together(Allergies::NoneKnown, Allergies::NotAsked),
        Allergies::NoneKnown
    );
}
