//! The level of ketamine in the simulated person: three compartments and an effect site.
//!
//! Domino's three-compartment model of racemic ketamine (Anesth Analg 1982;61:87 or Clin Pharmacol
//! Ther 1984;36:645 — later sources disagree which), weight-linear, with the effect-site constant
//! of Navarrete 2024, which was fitted with just this plasma model held fixed. Both as collected
//! in the project's pharmacokinetic reference §2.1 and §4.4. A simulation of a typical adult, not
//! a prediction for anyone: published models differ by a factor of two (same reference, §4.2).

/// Volume of the central compartment, litres for each kilogram. Domino.
const CENTRAL_VOLUME: f64 = 0.063;
/// Elimination from the central compartment, per minute. Domino.
const K10: f64 = 0.4381;
/// Central to the fast peripheral compartment, per minute. Domino.
const K12: f64 = 0.5921;
/// Back from the fast peripheral compartment, per minute. Domino.
const K21: f64 = 0.2470;
/// Central to the slow peripheral compartment, per minute. Domino.
const K13: f64 = 0.5900;
/// Back from the slow peripheral compartment, per minute. Domino.
const K31: f64 = 0.0146;
/// Effect-site equilibration, per minute. Navarrete 2024 (20 adults), with Domino's plasma.
const KE0: f64 = 0.238;

/// Drug in one body: amounts in milligrams, the effect site as a concentration.
#[derive(Clone, Debug)]
pub struct DrugLevel {
    central_volume: f64,
    /// Central, fast, slow, eliminated (mg), effect site (mg/L).
    state: [f64; 5],
}

impl DrugLevel {
    /// No drug, in a body of this weight (kilograms).
    ///
    /// `exposure` scales the concentration: 1 is the typical person, 1.2 one whose levels run a
    /// fifth higher.
    pub fn none(body_weight: f64, exposure: f64) -> Self {
        Self {
            central_volume: CENTRAL_VOLUME * body_weight / exposure,
            state: [0.0; 5],
        }
    }

    /// One second on, with this many milligrams going in evenly.
    pub fn second(&mut self, milligrams: f64) {
        const STEP: f64 = 1.0 / 60.0;
        let input = milligrams / STEP;
        // Fourth-order Runge–Kutta: at one second the fastest rate (1.6 /min) is resolved to
        // better than a millionth, and it needs no transcendental function.
        let first = self.slope(&self.state, input);
        let second = self.slope(&moved(&self.state, &first, STEP / 2.0), input);
        let third = self.slope(&moved(&self.state, &second, STEP / 2.0), input);
        let fourth = self.slope(&moved(&self.state, &third, STEP), input);
        for (index, value) in self.state.iter_mut().enumerate() {
            *value += STEP / 6.0
                * (first[index] + 2.0 * second[index] + 2.0 * third[index] + fourth[index]);
        }
    }

    /// Plasma concentration, nanograms per millilitre.
    pub fn plasma(&self) -> f64 {
        1_000.0 * self.state[0] / self.central_volume
    }

    /// Effect-site concentration, nanograms per millilitre.
    pub fn effect_site(&self) -> f64 {
        1_000.0 * self.state[4]
    }

    fn slope(&self, state: &[f64; 5], input: f64) -> [f64; 5] {
        let [central, fast, slow, _, effect] = *state;
        [
            input - (K10 + K12 + K13) * central + K21 * fast + K31 * slow,
            K12 * central - K21 * fast,
            K13 * central - K31 * slow,
            K10 * central,
            KE0 * (central / self.central_volume - effect),
        ]
    }
}

fn moved(state: &[f64; 5], slope: &[f64; 5], by: f64) -> [f64; 5] {
    std::array::from_fn(|index| state[index] + by * slope[index])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 0.5 mg/kg over 40 minutes at 70 kg; the plasma level at a minute.
    fn level_at(minute: usize) -> f64 {
        let mut level = DrugLevel::none(70.0, 1.0);
        for second in 0..minute * 60 {
            level.second(if second < 2_400 { 35.0 / 2_400.0 } else { 0.0 });
        }
        level.plasma()
    }

    // Witness: pharmacokinetic reference §4.2, row "Domino", computed there by another solver and
    // given in whole ng/mL: 240 at the peak, 46 / 36 / 17 at 80 / 120 / 240 min.
    #[test]
    fn half_a_milligram_per_kilogram_over_forty_minutes_gives_the_published_curve() {
        for (minute, published) in [(40, 240.0), (80, 46.0), (120, 36.0), (240, 17.0)] {
            let level: f64 = level_at(minute);
            assert!(
                (level - published).abs() <= 0.6,
                "{minute} min: {level}, not {published}"
            );
        }
    }

    #[test]
    fn what_goes_in_is_in_the_body_or_eliminated() {
        let mut level = DrugLevel::none(70.0, 1.0);
        for second in 0..7_200 {
            level.second(if second < 600 { 0.05 } else { 0.0 });
        }
        let [central, fast, slow, eliminated, _] = level.state;
        assert!((central + fast + slow + eliminated - 30.0).abs() < 1e-9);
    }

    // Witness: reference §4.4: with Domino's plasma 0.238 /min gives a peak 1.6 min after a bolus.
    #[test]
    fn the_effect_of_a_bolus_peaks_as_long_after_it_as_computed_elsewhere() {
        let mut level = DrugLevel::none(70.0, 1.0);
        let mut best = (0, 0.0);
        for second in 0..600 {
            level.second(if second == 0 { 7.0 } else { 0.0 });
            if level.effect_site() > best.1 {
                best = (second + 1, level.effect_site());
            }
        }
        assert!((90..=103).contains(&best.0), "{} s", best.0);
    }

    #[test]
    fn no_dose_is_no_level() {
        let mut level = DrugLevel::none(70.0, 1.0);
        (0..60).for_each(|_| level.second(0.0));
        assert!(level.plasma() == 0.0 && level.effect_site() == 0.0);
    }
}
