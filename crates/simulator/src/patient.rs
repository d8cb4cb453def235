//! A simulated person whose vital signs respond to the dose given.

use crate::chance::{Chance, Wander};
use crate::drug::DrugLevel;
use serde::{Deserialize, Serialize};
use units::{Milligrams, Span};

/// Effect-site level (ng/mL) at which the rise of pressure is half its greatest.
///
/// With the greatest rises below it puts a typical person at +16/+11 mmHg at the end of 0.5 mg/kg
/// over 40 min (mean peak of 2,342 infusions, clinical reference §4.1 \[S60\]) and, for the mean
/// pressure, near +27 % at 1,959 ng/mL (Langsjo 2005, pharmacokinetic reference §4.3; esketamine
/// there, taken over as a simulation choice).
const PRESSURE_HALF_EFFECT: f64 = 295.0;
/// Greatest rise of systolic pressure in a typical person, mmHg. Derived as said above.
const GREATEST_SYSTOLIC_RISE: f64 = 36.5;
/// Greatest rise of diastolic pressure in a typical person, mmHg. Derived as said above.
const GREATEST_DIASTOLIC_RISE: f64 = 25.1;
/// Rise of heart rate in a typical person, beats per minute for each 100 ng/mL.
///
/// Between the +1.9 /min seen in 741 infusions (clinical reference §4.1 \[S59\]) and the +43.5 % at
/// 1,959 ng/mL (Langsjo 2005); simulation choice.
const HEART_RATE_RISE: f64 = 1.4;
/// Heart rate is never raised by more than this part of its baseline. Langsjo 2005.
const GREATEST_HEART_RATE_RISE: f64 = 0.435;

/// Levels (ng/mL) at which a typical person falls to MOAA/S 4, 3, 2, 1 and 0.
///
/// Simulation choice, strung between published marks (pharmacokinetic reference §4.3): dissociation
/// 100–250, waking at 640, anaesthesia 1,200–2,400; and about half of the people at MOAA/S 4 at the
/// end of a usual infusion (clinical reference §4.4: sedation in 48–61 % with esketamine).
const SEDATION_LEVELS: [f64; 5] = [230.0, 400.0, 550.0, 750.0, 1_200.0];
/// Level (ng/mL) from which breathing slows, and at which it is slowest. Simulation choice.
const BREATHING_SLOWS: (f64, f64) = (450.0, 1_500.0);
/// Part of the respiratory rate lost at the slowest. Simulation choice.
const BREATHING_LOST: f64 = 0.75;
/// Level (ng/mL) from which a person prone to it feels distress. Lower end of dissociation.
const DISTRESS_FROM: f64 = 100.0;

/// What a monitor could measure on the person, and a nurse could score, this second.
///
/// As a screen shows it: whole numbers, the temperature in tenths, the perfusion index in
/// hundredths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signs {
    /// Beats per minute, by electrocardiogram.
    pub heart_rate: u16,
    /// Beats per minute, by oximeter.
    pub pulse_rate: u16,
    /// Systolic pressure, mmHg.
    pub systolic: u16,
    /// Diastolic pressure, mmHg.
    pub diastolic: u16,
    /// Mean pressure, mmHg.
    pub mean: u16,
    /// Oxygen saturation, per cent.
    pub oxygen_saturation: u16,
    /// Breaths per minute.
    pub respiratory_rate: u16,
    /// End-tidal carbon dioxide, mmHg.
    pub end_tidal_carbon_dioxide: u16,
    /// Temperature, tenths of a degree Celsius.
    pub temperature_tenths: u16,
    /// Perfusion index, hundredths of a per cent.
    pub perfusion_index_hundredths: u16,
    /// MOAA/S, 5 (answers readily) to 0 (no answer).
    pub responsiveness: u8,
    /// Distress as the person would rate it, 0 to 10.
    pub distress: u8,
}

/// What a scripted trouble does to the person, beside the drug.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Disturbance {
    /// Systolic pressure climbs towards this, mmHg.
    pub systolic_towards: Option<f64>,
    /// Oxygen saturation falls towards this, per cent.
    pub saturation_towards: Option<f64>,
}

/// A simulated person; see the crate's note on what this is for.
#[derive(Clone, Debug)]
pub struct SimulatedPatient {
    person: Person,
    drug: DrugLevel,
    chance: Chance,
    wander: Wanders,
    disturbance: Disturbance,
    /// Extra systolic pressure of a trouble, mmHg.
    excess_pressure: f64,
    /// Saturation lost to a trouble, per cent.
    lost_saturation: f64,
    /// Saturation lost to shallow breathing, per cent.
    shallow_loss: f64,
    carbon_dioxide: f64,
    waiting_time: Span,
    waiting_dose: f64,
    signs: Signs,
}

/// The person behind the numbers: baseline and sensitivity.
///
/// Ranges are simulation choices for adults who may be treated: baselines within the clinic's
/// pre-dose gates, so that a simulated session can start.
#[derive(Clone, Debug)]
struct Person {
    age: u8,
    body_weight: f64,
    heart_rate: f64,
    systolic: f64,
    diastolic: f64,
    saturation: f64,
    respiratory_rate: f64,
    carbon_dioxide: f64,
    temperature: f64,
    perfusion: f64,
    exposure: f64,
    pressor_response: f64,
    heart_response: f64,
    sedation_response: f64,
    distress_response: f64,
}

#[derive(Clone, Debug)]
struct Wanders {
    heart_rate: Wander,
    systolic: Wander,
    diastolic: Wander,
    saturation: Wander,
    breathing: Wander,
    temperature: Wander,
    perfusion: Wander,
}

impl Person {
    fn drawn(chance: &mut Chance) -> Self {
        // Drawn in this order for ever: another order gives every seed another person.
        let systolic = chance.spread(118.0, 9.0, 100.0, 134.0);
        Self {
            age: chance.between(21.0, 68.0) as u8,
            body_weight: (chance.spread(76.0, 13.0, 50.0, 112.0) * 10.0).floor() / 10.0,
            heart_rate: chance.spread(70.0, 8.0, 56.0, 90.0),
            systolic,
            diastolic: chance.spread(0.63 * systolic, 4.0, 60.0, 84.0),
            saturation: chance.spread(97.6, 0.7, 96.0, 99.2),
            respiratory_rate: chance.spread(14.5, 1.2, 12.8, 18.0),
            carbon_dioxide: chance.spread(38.0, 1.8, 34.0, 42.0),
            temperature: chance.spread(36.7, 0.2, 36.2, 37.2),
            perfusion: chance.spread(3.2, 1.0, 1.2, 6.0),
            // The spread of Domino's model could not be read; a simulation choice.
            exposure: chance.spread(1.0, 0.12, 0.75, 1.3),
            // So wide that a few in a hundred climb by 40 mmHg or more, as the label's definition of
            // a large rise knows them (clinical reference §4.3); simulation choice.
            pressor_response: chance.spread(1.0, 0.5, 0.0, 2.8),
            heart_response: chance.spread(1.0, 0.8, -0.8, 3.0),
            sedation_response: chance.spread(1.0, 0.12, 0.75, 1.3),
            // One person in five is prone to distress; simulation choice.
            distress_response: if chance.below(5) == 0 {
                chance.between(0.5, 1.0)
            } else {
                chance.between(0.0, 0.3)
            },
        }
    }
}

impl SimulatedPatient {
    /// The person for this seed, awake and without drug.
    pub fn from_seed(seed: u64) -> Self {
        let mut chance = Chance::from_seed(seed);
        let person = Person::drawn(&mut chance);
        let mut patient = Self {
            drug: DrugLevel::none(person.body_weight, person.exposure),
            wander: Wanders {
                heart_rate: Wander::new(2.0, 20.0),
                systolic: Wander::new(3.0, 90.0),
                diastolic: Wander::new(2.0, 90.0),
                saturation: Wander::new(0.4, 30.0),
                breathing: Wander::new(0.8, 25.0),
                temperature: Wander::new(0.05, 600.0),
                perfusion: Wander::new(0.3, 40.0),
            },
            disturbance: Disturbance::default(),
            excess_pressure: 0.0,
            lost_saturation: 0.0,
            shallow_loss: 0.0,
            carbon_dioxide: person.carbon_dioxide,
            waiting_time: Span::ZERO,
            waiting_dose: 0.0,
            signs: Signs::NOTHING,
            person,
            chance,
        };
        patient.signs = patient.measured();
        patient
    }

    /// The same person with this body weight in kilograms, before any drug.
    ///
    /// Held to 20–350 kg, the plausible range of the record.
    #[must_use]
    pub fn weighing(mut self, kilograms: f64) -> Self {
        self.person.body_weight = kilograms.clamp(20.0, 350.0);
        self.drug = DrugLevel::none(self.person.body_weight, self.person.exposure);
        self
    }

    /// Lets time pass with this dose going in evenly, and tells the signs at its end.
    ///
    /// Time is taken in whole seconds; what is left over waits for the next call, so ten calls of
    /// one second and one call of ten give the same numbers. Time that runs backwards is no time.
    pub fn advance(&mut self, elapsed: Span, dose: Milligrams) -> Signs {
        self.waiting_time = self.waiting_time + elapsed.max(Span::ZERO);
        // Through the text, so that the nearest double is found in the same way everywhere.
        self.waiting_dose += dose.value().to_string().parse::<f64>().unwrap_or(0.0);
        let seconds = self.waiting_time.seconds();
        if seconds > 0 {
            let each = self.waiting_dose / seconds as f64;
            for _ in 0..seconds {
                self.second(each);
            }
            self.waiting_dose = 0.0;
            self.waiting_time = self.waiting_time - Span::from_seconds(seconds);
            self.signs = self.measured();
        }
        self.signs
    }

    /// Begins, changes or (with the default) ends a trouble.
    pub fn disturb(&mut self, disturbance: Disturbance) {
        self.disturbance = disturbance;
    }

    /// The signs as they are now.
    pub const fn signs(&self) -> Signs {
        self.signs
    }

    /// Age in years.
    pub const fn age(&self) -> u8 {
        self.person.age
    }

    /// Body weight, kilograms.
    pub const fn body_weight(&self) -> f64 {
        self.person.body_weight
    }

    /// Pressure without drug, systolic and diastolic, mmHg, before the wander of each second.
    pub const fn baseline_pressure(&self) -> (f64, f64) {
        (self.person.systolic, self.person.diastolic)
    }

    /// Effect-site level, nanograms per millilitre.
    pub fn effect_site(&self) -> f64 {
        self.drug.effect_site()
    }

    fn second(&mut self, milligrams: f64) {
        self.drug.second(milligrams);
        let wander = &mut self.wander;
        for sign in [
            &mut wander.heart_rate,
            &mut wander.systolic,
            &mut wander.diastolic,
            &mut wander.saturation,
            &mut wander.breathing,
            &mut wander.temperature,
            &mut wander.perfusion,
        ] {
            sign.step(&mut self.chance);
        }

        let gap = self.disturbance.systolic_towards.map_or(0.0, |target| {
            (target - self.person.systolic - self.systolic_rise()).max(0.0)
        });
        approach(&mut self.excess_pressure, gap, 25.0, 90.0);

        let lost = self
            .disturbance
            .saturation_towards
            .map_or(0.0, |target| (self.person.saturation - target).max(0.0));
        approach(&mut self.lost_saturation, lost, 35.0, 25.0);

        // Saturation follows breathing late, as it does at the bedside: first the rate falls.
        let ventilation = self.ventilation();
        approach(
            &mut self.shallow_loss,
            22.0 * (0.6 - ventilation).max(0.0) / 0.6,
            50.0,
            30.0,
        );
        let retained = self.person.carbon_dioxide / ventilation.max(0.45);
        approach(&mut self.carbon_dioxide, retained, 90.0, 60.0);
    }

    /// Rise of systolic pressure by the drug, mmHg.
    fn systolic_rise(&self) -> f64 {
        self.person.pressor_response * GREATEST_SYSTOLIC_RISE * self.pressure_effect()
    }

    fn pressure_effect(&self) -> f64 {
        let level = self.drug.effect_site();
        level / (level + PRESSURE_HALF_EFFECT)
    }

    fn sedating_level(&self) -> f64 {
        self.drug.effect_site() * self.person.sedation_response
    }

    /// Breathing as a part of the baseline: 1 is undisturbed.
    fn ventilation(&self) -> f64 {
        let (from, slowest) = BREATHING_SLOWS;
        let depth = ((self.sedating_level() - from) / (slowest - from)).clamp(0.0, 1.0);
        // A desaturation that is scripted comes with slow breathing, so that the picture is whole.
        let scripted = (self.lost_saturation / 12.0).clamp(0.0, 1.0) * 0.4;
        (1.0 - BREATHING_LOST * depth - scripted).max(0.1)
    }

    fn measured(&self) -> Signs {
        let person = &self.person;
        let wander = &self.wander;
        let drug = (person.heart_response * HEART_RATE_RISE * self.drug.effect_site() / 100.0)
            .min(GREATEST_HEART_RATE_RISE * person.heart_rate);
        let heart_rate = person.heart_rate
            + drug
            + 0.2 * self.excess_pressure
            + 0.8 * self.lost_saturation
            + wander.heart_rate.now();
        let systolic =
            person.systolic + self.systolic_rise() + self.excess_pressure + wander.systolic.now();
        let diastolic = (person.diastolic
            + person.pressor_response * GREATEST_DIASTOLIC_RISE * self.pressure_effect()
            + 0.55 * self.excess_pressure
            + wander.diastolic.now())
        .min(systolic - 15.0);
        let saturation =
            person.saturation - self.shallow_loss - self.lost_saturation + wander.saturation.now();
        let breathing = person.respiratory_rate * self.ventilation() + wander.breathing.now();

        let (systolic, diastolic) = (whole(systolic, 40.0, 290.0), whole(diastolic, 20.0, 210.0));
        Signs {
            heart_rate: whole(heart_rate, 20.0, 240.0),
            pulse_rate: whole(heart_rate - 0.3 * wander.heart_rate.now(), 20.0, 240.0),
            systolic,
            diastolic,
            // The usual third of the pulse pressure above the diastolic.
            mean: diastolic + (systolic - diastolic) / 3,
            oxygen_saturation: whole(saturation, 40.0, 100.0),
            respiratory_rate: whole(breathing, 0.0, 60.0),
            end_tidal_carbon_dioxide: whole(self.carbon_dioxide, 10.0, 110.0),
            temperature_tenths: whole(
                10.0 * (person.temperature + wander.temperature.now()),
                340.0,
                410.0,
            ),
            perfusion_index_hundredths: whole(
                100.0 * (person.perfusion + wander.perfusion.now()),
                30.0,
                2_000.0,
            ),
            responsiveness: self.responsiveness(),
            distress: self.distress(),
        }
    }

    fn responsiveness(&self) -> u8 {
        let level = self.sedating_level();
        let passed = SEDATION_LEVELS
            .iter()
            .filter(|mark| level >= **mark)
            .count();
        5 - passed as u8
    }

    fn distress(&self) -> u8 {
        // Someone who no longer answers rates nothing, and is taken as calm.
        if self.responsiveness() <= 2 {
            return 0;
        }
        let level = ((self.drug.effect_site() - DISTRESS_FROM) / 200.0).clamp(0.0, 1.0);
        whole(
            10.0 * self.person.distress_response * level + 0.1 * self.excess_pressure,
            0.0,
            10.0,
        ) as u8
    }
}

impl Signs {
    const NOTHING: Self = Self {
        heart_rate: 0,
        pulse_rate: 0,
        systolic: 0,
        diastolic: 0,
        mean: 0,
        oxygen_saturation: 0,
        respiratory_rate: 0,
        end_tidal_carbon_dioxide: 0,
        temperature_tenths: 0,
        perfusion_index_hundredths: 0,
        responsiveness: 5,
        distress: 0,
    };

    /// The temperature as a screen shows it, in degrees Celsius with one decimal.
    pub fn temperature(&self) -> String {
        format!(
            "{}.{}",
            self.temperature_tenths / 10,
            self.temperature_tenths % 10
        )
    }

    /// The perfusion index as a screen shows it, in per cent with two decimals.
    pub fn perfusion_index(&self) -> String {
        let hundredths = self.perfusion_index_hundredths;
        format!("{}.{:02}", hundredths / 100, hundredths % 100)
    }
}

/// Moves towards a target for one second; the two times are in seconds, for rising and falling.
fn approach(value: &mut f64, target: f64, rising: f64, falling: f64) {
    let time = if target > *value { rising } else { falling };
    *value += (target - *value) / (time + 1.0);
}

fn whole(value: f64, low: f64, high: f64) -> u16 {
    (value.clamp(low, high) + 0.5) as u16
}
