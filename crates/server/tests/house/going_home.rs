//! A session that runs, and the person who goes home an hour later.

use super::House;
use clinical::course::session::{
    Activity, Breathing, Cannula, Command, Consciousness, Degree, DistressScore, Mind, Orientation,
    Oxygen, Rating, RecoveryCheck, SedationScore, Stage, Stop, VitalSigns, Walk,
};
use clinical::record::SessionId;
use clinical::vital_signs::Source;
use server::clock::Hand;
use units::{
    BeatsPerMinute, BreathsPerMinute, Decimal, MillimetresOfMercury, OxygenSaturation, Span,
};

/// Somebody who has come back in every respect.
pub fn recovered() -> RecoveryCheck {
    RecoveryCheck {
        activity: Activity::FourLimbs,
        breathing: Breathing::Deep,
        consciousness: Consciousness::Awake,
        oxygen: Oxygen::RoomAir,
        oriented_to: Orientation::ALL.iter().copied().collect(),
        walk: Walk::Steady,
        nausea: Degree::Minimal,
        pain: Degree::Minimal,
        bleeding: Degree::Minimal,
        dissociation: Rating::try_from(0).unwrap(),
        mind: Mind::Clear,
        cannula: Cannula::Out,
        drank: false,
        passed_urine: false,
    }
}

fn settled() -> VitalSigns {
    VitalSigns {
        systolic: MillimetresOfMercury::new(Decimal::from(122)).ok(),
        diastolic: MillimetresOfMercury::new(Decimal::from(76)).ok(),
        heart_rate: BeatsPerMinute::new(Decimal::from(70)).ok(),
        respiratory_rate: BreathsPerMinute::new(Decimal::from(14)).ok(),
        oxygen_saturation: OxygenSaturation::new(Decimal::from(98)).ok(),
        ..VitalSigns::default()
    }
}

impl House {
    /// The session runs half its time; the person goes home an hour later.
    pub fn runs_and_goes_home(&self, hand: &Hand, session: SessionId) {
        self.runs_and_comes_back(hand, session);
        let now = self.application().clock.now();
        let discharge = Command::Discharge {
            escort: "Sam Lee".to_owned(),
            instructions_given: true,
            stable: false,
            override_reason: None,
        };
        self.tell(session, now, discharge).unwrap();
        assert_eq!(self.session(session).stage, Stage::Discharged);
    }

    /// The session runs half its time; an hour later the person has come back in every respect.
    pub fn runs_and_comes_back(&self, hand: &Hand, session: SessionId) {
        let tell = |command| {
            let now = self.application().clock.now();
            self.tell(session, now, command).unwrap();
        };
        tell(Command::StartInfusion {
            override_reason: None,
            second_clinician: None,
        });
        hand.advance(Span::from_minutes(30));
        tell(Command::StopInfusion {
            why: Stop::PersonAsked,
            note: String::new(),
        });
        tell(Command::BeginObservation);
        for minutes in [46, 15] {
            hand.advance(Span::from_minutes(minutes));
            tell(Command::ChartVitalSigns {
                values: settled(),
                source: Source::Hand,
                timing: None,
            });
            tell(Command::ScoreSedation {
                score: SedationScore::try_from(5).unwrap(),
            });
            tell(Command::ScoreDistress {
                score: DistressScore::try_from(0).unwrap(),
            });
            tell(Command::CheckRecovery { check: recovered() });
        }
    }
}
