//! The general form: steps by the exponential of the rate matrix.
//!
//! Every amount, the effect site, what is lost and the running inputs stand in one vector, and
//! exp(M t) is a Taylor sum at a norm of 1/2 (16 terms leave less than 1e-19), squared as often as
//! time was halved. Off the diagonal nothing is negative, so that the squarings cancel nothing; of
//! the diagonal what it lacks to one is squared beside it, so that their number costs no digits.
//! No case is special: equal rates, depots, chains, a liver before the circulation, metabolites.
//! Source: scaling and squaring of a Metzler matrix, as in any text on the matrix exponential.

// `l` is a person, and counts through several arrays of people at once.
#![allow(clippy::needless_range_loop)]

use crate::network::{Abreast, Network};
use crate::timeline::{Entry, Timeline};

/// Which entries of the exponential can differ from nothing, and how they are multiplied.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    places: usize,
    /// Places that something runs into; each has a column of its own behind the places.
    ports: Vec<usize>,
    /// Of each row: its first entry, the first that belongs to a port, and the end.
    rows: Vec<(usize, usize, usize)>,
    columns: Vec<usize>,
    /// Flow, entry of the result, entry that it multiplies.
    flow_products: Vec<(usize, usize, usize)>,
    /// Result, left, right: the products of a squaring, but for each diagonal entry by itself.
    square_products: Vec<(usize, usize, usize)>,
    diagonal: Vec<usize>,
    row_of: Vec<usize>,
}

const TERMS: u32 = 16;

impl Pattern {
    /// Of networks with flows between the same places, and entries into the same.
    pub fn new<const L: usize>(network: &Network<L>, entries: &[Entry]) -> Self {
        let mut ports: Vec<usize> = entries
            .iter()
            .filter(|entry| !entry.at_once())
            .map(|entry| entry.into)
            .collect();
        ports.sort_unstable();
        ports.dedup();
        let places = network.places;
        let size = places + ports.len();
        // reached[from] is the set of places that drug from there comes to.
        let mut reached = vec![vec![false; size]; size];
        for from in 0..size {
            let mut waiting = vec![from];
            while let Some(place) = waiting.pop() {
                if std::mem::replace(&mut reached[from][place], true) {
                    continue;
                }
                if place >= places {
                    waiting.push(ports[place - places]);
                }
                let next = network.flows.iter().filter(|flow| flow.1 == place);
                waiting.extend(next.map(|flow| flow.0));
            }
        }
        // Where nothing ever comes, nothing is worked out.
        let mut lives = vec![false; size];
        let ways_in = entries.iter().map(|entry| entry.into).chain(places..size);
        for from in ways_in {
            for (lives, reached) in lives.iter_mut().zip(&reached[from]) {
                *lives |= reached;
            }
        }
        let mut pattern = Self {
            places,
            ports,
            rows: Vec::new(),
            columns: Vec::new(),
            flow_products: Vec::new(),
            square_products: Vec::new(),
            diagonal: Vec::new(),
            row_of: Vec::new(),
        };
        let mut at = vec![vec![usize::MAX; size]; size];
        for row in 0..size {
            let first = pattern.columns.len();
            let mut of_ports = None;
            for column in 0..size {
                if reached[column][row] && lives[column] {
                    if column >= places {
                        of_ports.get_or_insert(pattern.columns.len());
                    }
                    at[row][column] = pattern.columns.len();
                    pattern.columns.push(column);
                    pattern.row_of.push(row);
                }
            }
            let end = pattern.columns.len();
            pattern.rows.push((first, of_ports.unwrap_or(end), end));
            if lives[row] {
                pattern.diagonal.push(at[row][row]);
            }
        }
        let flows = network.flows.iter().map(|flow| (flow.0, flow.1));
        let from_ports = pattern.ports.iter().enumerate();
        let from_ports = from_ports.map(|(k, &into)| (into, places + k));
        for (flow, (to, from)) in flows.chain(from_ports).enumerate() {
            for column in 0..size {
                if at[from][column] != usize::MAX && at[to][column] != usize::MAX {
                    pattern
                        .flow_products
                        .push((flow, at[to][column], at[from][column]));
                }
            }
        }
        for row in 0..size {
            for column in 0..size {
                for middle in 0..size {
                    let (left, right) = (at[row][middle], at[middle][column]);
                    let itself = row == middle && middle == column;
                    if left != usize::MAX && right != usize::MAX && !itself {
                        pattern.square_products.push((at[row][column], left, right));
                    }
                }
            }
        }
        pattern
    }

    /// The entries of exp(M t), for `minutes`, into `result`; `spare` is overwritten.
    fn exponential<const L: usize>(
        &self,
        network: &Network<L>,
        minutes: f64,
        result: &mut Vec<Abreast<L>>,
        spare: &mut Vec<Abreast<L>>,
        less_one: &mut Vec<Abreast<L>>,
    ) {
        // The largest sum of a column: what leaves a place, and what comes or looks from it.
        let mut norm = 0.0_f64;
        for (from, leaves) in network.leaves.iter().enumerate() {
            for l in 0..L {
                let mut sum = leaves[l];
                for flow in network.flows.iter().filter(|flow| flow.1 == from) {
                    sum += flow.2[l];
                }
                norm = norm.max(sum * minutes);
            }
        }
        let mut halvings = 0;
        let mut part = minutes;
        while norm > 0.5 && halvings < MOST_HALVINGS {
            norm /= 2.0;
            part /= 2.0;
            halvings += 1;
        }
        let entries = self.columns.len();
        result.clear();
        result.resize(entries, [0.0; L]);
        spare.clear();
        spare.resize(entries, [0.0; L]);
        for &k in &self.diagonal {
            result[k] = [1.0; L];
        }
        for term in (1..=TERMS).rev() {
            let over = part / f64::from(term);
            // spare = M result × part / term, and one more on the diagonal but for the last.
            for (entry, value) in spare.iter_mut().enumerate() {
                let known = result[entry];
                match network.leaves.get(self.row_of[entry]) {
                    Some(leaves) => {
                        for l in 0..L {
                            value[l] = -known[l] * leaves[l] * over;
                        }
                    }
                    None => *value = [0.0; L],
                }
            }
            for &(flow, to, from) in &self.flow_products {
                let known = result[from];
                match network.flows.get(flow) {
                    Some((_, _, rates)) => {
                        for l in 0..L {
                            spare[to][l] += known[l] * rates[l] * over;
                        }
                    }
                    None => {
                        for l in 0..L {
                            spare[to][l] += known[l] * over;
                        }
                    }
                }
            }
            if term > 1 {
                for &k in &self.diagonal {
                    for value in &mut spare[k] {
                        *value += 1.0;
                    }
                }
            }
            std::mem::swap(result, spare);
        }
        less_one.clear();
        for &k in &self.diagonal {
            less_one.push(result[k]);
            for value in &mut result[k] {
                *value += 1.0;
            }
        }
        for _ in 0..halvings {
            spare.fill([0.0; L]);
            for &(to, left, right) in &self.square_products {
                let (left, right) = (result[left], result[right]);
                for l in 0..L {
                    spare[to][l] += left[l] * right[l];
                }
            }
            for (&k, less_one) in self.diagonal.iter().zip(less_one.iter_mut()) {
                for l in 0..L {
                    let round = spare[k][l];
                    let (held, lost) = (result[k][l], less_one[l]);
                    let less = lost * (2.0 + lost) + round;
                    // Of what decays slowly the loss is known best, of what is nearly gone the rest.
                    (spare[k][l], less_one[l]) = if less > -0.5 {
                        (1.0 + less, less)
                    } else {
                        let rest = held * held + round;
                        (rest, rest - 1.0)
                    };
                }
            }
            std::mem::swap(result, spare);
        }
    }
}

/// 2^60 steps of 1/2: beyond every rate and time that is let in.
const MOST_HALVINGS: u32 = 60;

/// Working space, kept from person to person.
#[derive(Debug, Default)]
pub(crate) struct Workspace<const L: usize> {
    steps: Vec<Vec<Abreast<L>>>,
    spare: Vec<Abreast<L>>,
    less_one: Vec<Abreast<L>>,
    now: Vec<Abreast<L>>,
    next: Vec<Abreast<L>>,
}

/// Follows people abreast along a timeline; `write` gets the output's number, the reading's number
/// and the concentrations in ng/mL. Nothing is allocated per step.
pub(crate) fn follow<const L: usize>(
    pattern: &Pattern,
    network: &Network<L>,
    timeline: &Timeline,
    entries: [&[Entry]; L],
    space: &mut Workspace<L>,
    mut write: impl FnMut(usize, usize, &Abreast<L>),
) {
    space.steps.resize_with(timeline.lengths.len(), Vec::new);
    for (&minutes, step) in timeline.lengths.iter().zip(&mut space.steps) {
        let (spare, less_one) = (&mut space.spare, &mut space.less_one);
        pattern.exponential(network, minutes, step, spare, less_one);
    }
    let size = pattern.places + pattern.ports.len();
    for amounts in [&mut space.now, &mut space.next] {
        amounts.clear();
        amounts.resize(size, [0.0; L]);
    }
    let mut output = 0;
    for run in &timeline.runs {
        for &k in &timeline.at_once[run.at_once.0..run.at_once.1] {
            for (l, entries) in entries.iter().enumerate() {
                let entry = &entries[k];
                space.now[entry.into][l] += entry.amount;
            }
        }
        let running = &timeline.running[run.running];
        for (k, &into) in pattern.ports.iter().enumerate() {
            for (l, entries) in entries.iter().enumerate() {
                let mut rate = 0.0;
                for &entry in running {
                    if entries[entry].into == into {
                        rate += entries[entry].rate();
                    }
                }
                space.now[pattern.places + k][l] = rate;
                space.next[pattern.places + k][l] = rate;
            }
        }
        let step = run.length.map(|length| &space.steps[length]);
        for _ in 0..run.steps {
            if run.writes {
                for (k, reading) in network.read.iter().enumerate() {
                    let mut value = [0.0; L];
                    for (place, factor) in &reading.parts {
                        let amount = space.now[*place];
                        for l in 0..L {
                            value[l] += amount[l] * factor[l];
                        }
                    }
                    write(output, k, &value);
                }
                output += 1;
            }
            let Some(step) = step else { continue };
            for (place, &(first, of_ports, end)) in
                pattern.rows.iter().take(pattern.places).enumerate()
            {
                let end = if running.is_empty() { of_ports } else { end };
                let mut sum = [0.0; L];
                for (factor, &column) in step[first..end].iter().zip(&pattern.columns[first..end]) {
                    let amount = &space.now[column];
                    for l in 0..L {
                        sum[l] += factor[l] * amount[l];
                    }
                }
                space.next[place] = sum;
            }
            std::mem::swap(&mut space.now, &mut space.next);
        }
    }
}

/// The amounts in every place at the end of a timeline, in milligrams; for proofs and targets.
pub(crate) fn amounts_at_the_end(
    network: &Network<1>,
    timeline: &Timeline,
    entries: &[Entry],
) -> Vec<f64> {
    let pattern = Pattern::new(network, entries);
    let mut space = Workspace::default();
    follow(
        &pattern,
        network,
        timeline,
        [entries],
        &mut space,
        |_, _, _| {},
    );
    let places = space.now.iter().take(network.places);
    places.map(|[amount]| *amount).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dose;
    use crate::model::shipped;
    use crate::prediction::{Person, Plan, Prediction, Settings};
    use crate::quantity::{Age, BodyWeight, Elapsed};

    #[test]
    fn what_is_in_the_body_and_what_was_lost_is_what_came_in() {
        for model in shipped().unwrap() {
            let doses: Vec<String> = model
                .routes()
                .map(|route| match route {
                    "intravenous" => "35 mg over 40 min".to_owned(),
                    "nasal" => "28 mg nasal".to_owned(),
                    route => format!("50 mg {route} at 3 min"),
                })
                .collect();
            let plan = Plan {
                doses: doses
                    .iter()
                    .map(|line| dose::parse(line).unwrap())
                    .collect(),
                until: Elapsed::from_minutes(280.0).unwrap(),
                every: Elapsed::from_seconds(10),
            };
            let years = model
                .validity
                .age_years
                .map_or(40.0, |[_, most]| most.min(40.0));
            let person = Person {
                weight: BodyWeight::from_kilograms(70.0).unwrap(),
                age: Some(Age::from_years(years).unwrap()),
            };
            let settings = Settings {
                scenario: model.scenarios.first().map(|scenario| scenario.id.clone()),
                beyond_what_was_studied: true,
                set: match model.id.as_str() {
                    "racemic-subcutaneous" => {
                        [("F".to_owned(), 0.5), ("ka".to_owned(), 0.1)].into()
                    }
                    _ => std::collections::BTreeMap::new(),
                },
                ..Settings::default()
            };
            let prediction = Prediction::new(&model, &person, &plan, &settings).unwrap();
            let (network, timeline, entries) = prediction.with_what_is_lost();
            let amounts = amounts_at_the_end(&network, timeline, &entries);
            let found: f64 = amounts.iter().sum();
            let came: f64 = entries.iter().map(|entry| entry.amount).sum();
            assert!(
                (found / came - 1.0).abs() < 1e-12,
                "{}: {found} {came}",
                model.id
            );
        }
    }
}
