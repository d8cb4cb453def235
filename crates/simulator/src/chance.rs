//! Chance from a seed, with the same bits on every machine.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// A stream of chance: ChaCha8, which is specified to the bit.
#[derive(Clone, Debug)]
pub struct Chance(ChaCha8Rng);

impl Chance {
    /// The stream for this seed.
    pub fn from_seed(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// The next 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Even between the two ends; the upper end is not reached.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        // 53 bits are what a double holds exactly.
        let fraction = (self.bits() >> 11) as f64 / (1_u64 << 53) as f64;
        low + (high - low) * fraction
    }

    /// A whole number from zero up to, not including, `count`; zero when `count` is zero.
    pub fn below(&mut self, count: u64) -> u64 {
        // The bias of the remainder is below 2⁻⁵⁰ for the small counts used here.
        if count == 0 { 0 } else { self.bits() % count }
    }

    /// About normal with mean 0 and standard deviation 1, never beyond ±3.47.
    ///
    /// The sum of four even numbers (Irwin–Hall), since the exact transforms need `ln`. The cut
    /// tails are welcome: a simulated person must not be impossible.
    pub fn normal(&mut self) -> f64 {
        let bits = self.bits();
        let sum = (0..4)
            .map(|part| ((bits >> (16 * part)) & 0xFFFF) as f64)
            .sum::<f64>();
        // Four even numbers on 0..65,536 have the standard deviation 65,536 × √(4/12).
        (sum - 2.0 * 65_535.0) / (65_536.0 * (1.0_f64 / 3.0).sqrt())
    }

    /// About normal with this mean and spread, held between the two ends.
    pub fn spread(&mut self, mean: f64, deviation: f64, low: f64, high: f64) -> f64 {
        (mean + deviation * self.normal()).clamp(low, high)
    }
}

/// A slow wander around zero, as every vital sign has.
///
/// A first-order autoregressive process: `deviation` is its long-run spread, `memory` the seconds
/// after which it has mostly forgotten.
#[derive(Clone, Debug)]
pub struct Wander {
    now: f64,
    keep: f64,
    push: f64,
}

impl Wander {
    /// At rest, stepping once a second.
    pub fn new(deviation: f64, memory: f64) -> Self {
        // The step of an implicit Euler scheme in place of exp(−1/memory).
        let keep = memory / (memory + 1.0);
        Self {
            now: 0.0,
            keep,
            push: deviation * (1.0 - keep * keep).sqrt(),
        }
    }

    /// One second on.
    pub fn step(&mut self, chance: &mut Chance) -> f64 {
        self.now = self.keep * self.now + self.push * chance.normal();
        self.now
    }

    /// Where it is now.
    pub const fn now(&self) -> f64 {
        self.now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bell_has_mean_zero_and_spread_one() {
        let mut chance = Chance::from_seed(1);
        let draws = (0..20_000).map(|_| chance.normal()).collect::<Vec<_>>();
        let mean = draws.iter().sum::<f64>() / 20_000.0;
        let variance = draws
            .iter()
            .map(|draw| (draw - mean) * (draw - mean))
            .sum::<f64>()
            / 20_000.0;
        assert!(mean.abs() < 0.03, "{mean}");
        assert!((variance - 1.0).abs() < 0.03, "{variance}");
        assert!(draws.iter().all(|draw| draw.abs() < 3.48));
    }

    #[test]
    fn a_wander_keeps_its_spread() {
        let mut chance = Chance::from_seed(2);
        let mut wander = Wander::new(3.0, 20.0);
        let steps = (0..50_000)
            .map(|_| wander.step(&mut chance))
            .collect::<Vec<_>>();
        let variance = steps.iter().map(|step| step * step).sum::<f64>() / 50_000.0;
        assert!((variance.sqrt() - 3.0).abs() < 0.4, "{}", variance.sqrt());
    }
}
