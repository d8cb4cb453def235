use super::world::*;
use std::sync::Arc;
use store::{FrameId, FrameOutcome, FrameState, NewFrame, Store};
use units::Moment;

fn frame(seconds: i64, bytes: &[u8]) -> NewFrame {
    NewFrame {
        tenant: TENANT,
        received_at: at(seconds),
        connection: 7,
        remote: "192.0.2.1:40000".to_owned(),
        profile: "generic".to_owned(),
        bytes: bytes.to_vec(),
    }
}

fn outcome(state: FrameState, key: Option<&str>) -> FrameOutcome {
    FrameOutcome {
        parser_version: 3,
        state,
        device_key: key.map(str::to_owned),
        detail: "{\"problems\":1}".to_owned(),
    }
}

/// Outcomes are filed soon, not at once: a write that is waited for comes after them.
async fn filed(store: &dyn Store) {
    store
        .put_setting(TENANT, "after", "the outcomes")
        .await
        .unwrap();
}

pub async fn a_frame_is_there_when_it_was_answered(world: World) {
    // Every byte value, an empty frame and a long one.
    let every: Vec<u8> = (0..=255).collect();
    let long = every.repeat(2_000);
    let mut sent = Vec::new();
    for bytes in [every, Vec::new(), long] {
        let store = Arc::clone(&world.store);
        sent.push(tokio::spawn(async move {
            let id = store.append_frame(frame(1, &bytes)).await.unwrap();
            let stored = store.frame(TENANT, id).await.unwrap().unwrap();
            assert_eq!(stored.bytes, bytes);
            assert_eq!((stored.received_at, stored.connection), (at(1), 7));
            assert_eq!(stored.outcome.state, FrameState::Unread);
            assert_eq!(store.frame(OTHER_TENANT, id).await.unwrap(), None);
        }));
    }
    for one in sent {
        one.await.unwrap();
    }
}

pub async fn what_was_made_of_a_frame_is_listed_and_can_be_made_again(world: World) {
    let store = &*world.store;
    let mut numbers = Vec::new();
    for n in 0..6 {
        numbers.push(store.append_frame(frame(n, b"MSH|")).await.unwrap());
    }
    store
        .record_outcome(numbers[0], outcome(FrameState::Read, Some("MON-1")))
        .await
        .unwrap();
    for number in &numbers[1..4] {
        store
            .record_outcome(*number, outcome(FrameState::Quarantined, None))
            .await
            .unwrap();
    }
    store
        .record_outcome(numbers[4], outcome(FrameState::Read, Some("MON-2")))
        .await
        .unwrap();
    filed(store).await;
    let listed = |state, before| async move {
        let rows = store.frames_in(TENANT, state, before, 2).await.unwrap();
        rows.iter().map(|row| row.id).collect::<Vec<FrameId>>()
    };
    assert_eq!(
        listed(FrameState::Quarantined, None).await,
        [numbers[3], numbers[2]]
    );
    assert_eq!(
        listed(FrameState::Quarantined, Some(numbers[2])).await,
        [numbers[1]]
    );
    assert_eq!(listed(FrameState::Unread, None).await, [numbers[5]]);
    assert_eq!(
        listed(FrameState::Read, None).await,
        [numbers[4], numbers[0]]
    );
    // A later reader understands it.
    store
        .record_outcome(numbers[3], outcome(FrameState::Read, Some("MON-1")))
        .await
        .unwrap();
    filed(store).await;
    assert_eq!(
        listed(FrameState::Quarantined, None).await,
        [numbers[2], numbers[1]]
    );
    let again = store.frame(TENANT, numbers[3]).await.unwrap().unwrap();
    assert_eq!(again.outcome, outcome(FrameState::Read, Some("MON-1")));
    // One device's, with those that nobody has read yet.
    let (from, until) = (at(0), at(100));
    let of = |key: Option<&'static str>, after| async move {
        let rows = store
            .frames(TENANT, key, from, until, after, 10)
            .await
            .unwrap();
        rows.iter().map(|row| row.id).collect::<Vec<FrameId>>()
    };
    assert_eq!(
        of(Some("MON-1"), FrameId(0)).await,
        [numbers[0], numbers[3], numbers[5]]
    );
    assert_eq!(
        of(Some("MON-1"), numbers[0]).await,
        [numbers[3], numbers[5]]
    );
    assert_eq!(of(None, FrameId(0)).await, numbers);
    let some = store
        .frames(TENANT, None, at(2), at(4), FrameId(0), 10)
        .await
        .unwrap();
    assert_eq!(
        some.iter().map(|row| row.id).collect::<Vec<_>>(),
        numbers[2..4]
    );
}

pub async fn unassigned_frames_are_grouped_by_device(world: World) {
    let store = &*world.store;
    for (seconds, key) in [(1, Some("A")), (2, Some("B")), (5, Some("A")), (3, None)] {
        let id = store.append_frame(frame(seconds, b"MSH|")).await.unwrap();
        store
            .record_outcome(id, outcome(FrameState::Unassigned, key))
            .await
            .unwrap();
    }
    filed(store).await;
    let devices = store.unassigned(TENANT).await.unwrap();
    let seen: Vec<(&str, u64, Moment, Moment)> = devices
        .iter()
        .map(|device| {
            (
                device.device_key.as_str(),
                device.frames,
                device.first_at,
                device.last_at,
            )
        })
        .collect();
    let expected = [
        ("A", 2, at(1), at(5)),
        ("", 1, at(3), at(3)),
        ("B", 1, at(2), at(2)),
    ];
    assert_eq!(seen, expected);
    assert!(store.unassigned(OTHER_TENANT).await.unwrap().is_empty());
}

pub async fn old_frames_are_forgotten(world: World) {
    let store = &world.store;
    let mut sent = Vec::new();
    for n in 0..1_300 {
        let store = Arc::clone(store);
        // Many arrive in one moment.
        sent.push(tokio::spawn(async move {
            store.append_frame(frame(n / 700, b"MSH|")).await.unwrap()
        }));
    }
    let mut numbers = Vec::new();
    for one in sent {
        numbers.push(one.await.unwrap());
    }
    store
        .record_outcome(numbers[0], outcome(FrameState::Unassigned, None))
        .await
        .unwrap();
    assert_eq!(store.purge_frames(TENANT, at(0)).await.unwrap(), 0);
    assert_eq!(store.purge_frames(TENANT, at(1)).await.unwrap(), 700);
    assert!(store.unassigned(TENANT).await.unwrap().is_empty());
    assert_eq!(store.purge_frames(TENANT, at(2)).await.unwrap(), 600);
    // A number is never given twice.
    let next = store.append_frame(frame(9, b"MSH|")).await.unwrap();
    assert!(next > *numbers.iter().max().unwrap());
}
