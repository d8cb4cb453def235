use super::world::*;
use clinical::record::DeviceId;
use clinical::vital_signs::{Density, Numeric, Quality, Signal, TrendMinute, trend};
use store::{MinuteRow, SampleBlock};
use units::Decimal;
use uuid::Uuid;

const DEVICE: DeviceId = DeviceId(Uuid::from_u128(0xde));

fn numeric(seconds: i64, value: i64) -> Numeric {
    Numeric {
        signal: Signal::HeartRate,
        value: Decimal::from(value),
        quality: Quality::Good,
        device_at: at(seconds - 2),
        received_at: at(seconds),
        corrected_at: at(seconds - 1),
        aperiodic: false,
    }
}

pub async fn samples_come_back_as_they_were(world: World) {
    let store = &*world.store;
    let minutes: Vec<Vec<Numeric>> = (0..3)
        .map(|m| (0..60).map(|s| numeric(m * 60 + s, 60 + s)).collect())
        .collect();
    let blocks: Vec<SampleBlock> = minutes
        .iter()
        .filter_map(|minute| SampleBlock::seal(DEVICE, minute))
        .collect();
    assert_eq!(store.sealed_until(TENANT, DEVICE).await.unwrap(), None);
    store.seal(TENANT, blocks.clone(), vec![]).await.unwrap();
    // Sent again after a lost answer: still once.
    store
        .seal(TENANT, blocks[1..].to_vec(), vec![])
        .await
        .unwrap();
    let read = store.blocks(TENANT, DEVICE, at(0), at(180)).await.unwrap();
    assert_eq!(read, blocks);
    let samples: Vec<Vec<Numeric>> = read.iter().map(|block| block.open().unwrap()).collect();
    assert_eq!(samples, minutes);
    // A block that only touches the stretch belongs to it.
    assert_eq!(
        store.blocks(TENANT, DEVICE, at(59), at(61)).await.unwrap(),
        blocks[..2]
    );
    assert_eq!(
        store.blocks(TENANT, DEVICE, at(60), at(120)).await.unwrap(),
        blocks[1..2]
    );
    assert_eq!(
        store.sealed_until(TENANT, DEVICE).await.unwrap(),
        Some(at(179))
    );
    assert!(
        store
            .blocks(OTHER_TENANT, DEVICE, at(0), at(180))
            .await
            .unwrap()
            .is_empty()
    );
    let report = store::verify(store, TENANT, None).await.unwrap();
    assert_eq!((report.blocks, report.findings), (3, vec![]));
}

pub async fn minutes_can_be_derived_again(world: World) {
    let store = &*world.store;
    let row = |start: i64, signal: Signal, median: &str| MinuteRow {
        version: trend::VERSION.to_owned(),
        minute: TrendMinute {
            signal,
            start: at(start),
            density: Density::Full,
            n_good: 60,
            n_total: 60,
            median: median.parse().ok(),
            minimum: None,
            maximum: None,
            first: None,
            last: None,
            sustained_low: None,
        },
    };
    let rows = [
        row(0, Signal::HeartRate, "72.50"),
        row(0, Signal::OxygenSaturation, "98"),
        row(60, Signal::HeartRate, "73"),
    ];
    let with_device = |row: &MinuteRow| (DEVICE, row.clone());
    store
        .seal(TENANT, vec![], rows.iter().map(with_device).collect())
        .await
        .unwrap();
    let read =
        |from: i64, until: i64| store.minutes(TENANT, DEVICE, at(from), at(until), trend::VERSION);
    assert_eq!(read(0, 120).await.unwrap(), rows);
    assert_eq!(read(60, 120).await.unwrap(), rows[2..]);
    let again = row(60, Signal::HeartRate, "74");
    store
        .seal(TENANT, vec![], vec![(DEVICE, again.clone())])
        .await
        .unwrap();
    assert_eq!(read(60, 120).await.unwrap(), [again]);
    store.clear_minutes(TENANT, "another").await.unwrap();
    assert_eq!(read(0, 120).await.unwrap().len(), 3);
    store.clear_minutes(TENANT, trend::VERSION).await.unwrap();
    assert!(read(0, 120).await.unwrap().is_empty());
}
