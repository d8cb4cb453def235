//! What only the whole message can tell: two sensors for one signal, and the cuff's consistency.

use super::types::Reading;
use crate::hl7v2::profile::Profile;
use clinical::vital_signs::{Quality, Signal};
use rust_decimal::Decimal;
use std::collections::HashMap;

/// Two sensors for one signal: the profile names the charted one, or neither is charted.
///
/// Hazard: H07.
/// Gives the first row and the signal of each case in which neither is charted.
pub(super) fn two_sensors(readings: &mut [Reading], profile: &Profile) -> Vec<(usize, Signal)> {
    let mut sensors: HashMap<(usize, Signal), Vec<usize>> = HashMap::new();
    for (index, reading) in readings.iter().enumerate() {
        sensors
            .entry((reading.group, reading.signal))
            .or_default()
            .push(index);
    }
    let mut several: Vec<_> = sensors
        .into_iter()
        .filter(|(_, indices)| {
            let first = readings[indices[0]].series;
            indices.iter().any(|index| readings[*index].series != first)
        })
        .collect();
    several.sort_by_key(|(_, indices)| indices[0]);
    let mut unnamed = Vec::new();
    for ((_, signal), indices) in several {
        if !choose_sensor(readings, profile, signal, &indices) {
            unnamed.push((readings[indices[0]].row, signal));
        }
    }
    unnamed
}

/// Marks all but the charted sensor; false when none could be chosen.
fn choose_sensor(
    readings: &mut [Reading],
    profile: &Profile,
    signal: Signal,
    indices: &[usize],
) -> bool {
    for index in indices {
        let reading = &mut readings[*index];
        if reading.site.is_none() && !reading.channel.is_empty() {
            reading.site = Some(reading.channel.clone());
        }
    }
    let named = profile.charted_sites.get(&signal);
    let is_named = |reading: &Reading| {
        named.is_some_and(|site| reading.site.as_ref() == Some(site) || &reading.channel == site)
    };
    if indices.iter().any(|index| is_named(&readings[*index])) {
        for index in indices {
            readings[*index].beside = !is_named(&readings[*index]);
        }
        return true;
    }
    let first = (
        readings[indices[0]].value,
        readings[indices[0]].observed_at.moment,
    );
    let all_agree = indices
        .iter()
        .all(|index| (readings[*index].value, readings[*index].observed_at.moment) == first);
    for (place, index) in indices.iter().enumerate() {
        readings[*index].beside = !all_agree || place > 0;
    }
    all_agree
}

/// Diastolic ≤ mean ≤ systolic, and systolic at least 10 mmHg above diastolic, else all are
/// questionable. Source: device reference §2.8.
pub(super) fn cuff_consistency(readings: &mut [Reading]) {
    let is_cuff = |signal: Signal| {
        matches!(
            signal,
            Signal::CuffSystolic | Signal::CuffDiastolic | Signal::CuffMean
        )
    };
    let mut cuff: Vec<usize> = (0..readings.len())
        .filter(|index| is_cuff(readings[*index].signal))
        .collect();
    let cycle = |reading: &Reading| (reading.group, reading.observed_at.moment);
    cuff.sort_by_key(|index| cycle(&readings[*index]));
    let mut rest = cuff.as_slice();
    while let Some(first) = rest.first() {
        let one = cycle(&readings[*first]);
        let length = rest
            .iter()
            .take_while(|index| cycle(&readings[**index]) == one)
            .count();
        let (together, after) = rest.split_at(length);
        rest = after;
        // Of several values of one kind the extremes are compared, so that each is held to all.
        let of = |wanted: Signal| {
            let values = together
                .iter()
                .map(|index| &readings[*index])
                .filter(move |reading| reading.signal == wanted)
                .map(|reading| reading.value);
            (values.clone().min(), values.max())
        };
        let (systolic, _) = of(Signal::CuffSystolic);
        let (_, diastolic) = of(Signal::CuffDiastolic);
        let (lowest_mean, highest_mean) = of(Signal::CuffMean);
        let above = |low: Option<Decimal>, high: Option<Decimal>, least: Decimal| {
            low.zip(high).is_none_or(|(low, high)| high - low >= least)
        };
        let consistent = above(diastolic, systolic, Decimal::TEN)
            && above(diastolic, lowest_mean, Decimal::ZERO)
            && above(highest_mean, systolic, Decimal::ZERO);
        if !consistent {
            for index in together {
                let quality = &mut readings[*index].quality;
                *quality = match *quality {
                    Quality::Good | Quality::Questionable => Quality::Questionable,
                    Quality::Early => Quality::Early,
                };
            }
        }
    }
}
