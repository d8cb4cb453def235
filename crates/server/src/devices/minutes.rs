//! Each minute of each device: its samples sealed, its medians derived and charted.

use super::chart;
use crate::application::Application;
use clinical::device::Device;
use clinical::record::DeviceId;
use clinical::vital_signs::trend::{Trend, TrendRules, VERSION};
use clinical::vital_signs::{Numeric, TrendMinute};
use std::collections::BTreeMap;
use store::{MinuteRow, SampleBlock};
use units::{Moment, Span};

const MINUTE: Span = Span::from_minutes(1);

/// A minute is closed this long after its end: the last frames of it are still on their way.
const GRACE: Span = Span::from_seconds(2);

/// One device's minute, taken out of its buffer.
struct Closed {
    id: DeviceId,
    wire_key: String,
    device: Device,
    samples: Vec<Numeric>,
}

/// Seals what has become whole minutes by now, keeps the blocks, and charts the medians.
///
/// A crash before the sealing loses nothing: the minute is made again from the raw frames.
pub async fn seal_minutes(application: &Application, now: Moment) {
    let boundary = (now - GRACE).start_of(MINUTE);
    let closed: Vec<Closed> = application
        .devices
        .all()
        .into_iter()
        .filter_map(|located| {
            let mut held = located.lock();
            let id = held.id?;
            let (whole, rest) = std::mem::take(&mut held.unsealed)
                .into_iter()
                .partition::<Vec<_>, _>(|numeric| numeric.received_at < boundary);
            held.unsealed = rest;
            held.sealed_until = held.sealed_until.max(Some(boundary));
            (!whole.is_empty()).then(|| Closed {
                id,
                wire_key: held.wire_key.clone(),
                device: held.device.clone(),
                samples: whole,
            })
        })
        .collect();
    if closed.is_empty() {
        return;
    }
    let mut blocks = Vec::new();
    let mut rows = Vec::new();
    let mut charts = Vec::new();
    for device in &closed {
        blocks.extend(SampleBlock::seal(device.id, &device.samples));
        let trend = Trend::make(&device.samples, &TrendRules::default());
        rows.extend(trend.minutes.iter().map(|minute| {
            (
                device.id,
                MinuteRow {
                    version: VERSION.to_owned(),
                    minute: minute.clone(),
                },
            )
        }));
        charts.push((device, by_start(trend.minutes)));
    }
    if let Err(error) = application
        .store
        .seal(application.tenant, blocks, rows)
        .await
    {
        // The raw frames hold everything; the minutes are made again at the next start.
        tracing::error!(%error, "a minute of samples was not sealed");
    }
    for (device, minutes) in charts {
        for (start, minutes) in minutes {
            let Some(session) = device.device.session_at(start) else {
                continue;
            };
            chart::minute(application, session, &device.wire_key, start, &minutes).await;
        }
    }
}

fn by_start(minutes: Vec<TrendMinute>) -> BTreeMap<Moment, Vec<TrendMinute>> {
    let mut by_start: BTreeMap<Moment, Vec<TrendMinute>> = BTreeMap::new();
    for minute in minutes {
        by_start.entry(minute.start).or_default().push(minute);
    }
    by_start
}
