//! Whoever changes the stored log with the database's own tools is found out.

// Tests say what went wrong by failing.
#![allow(clippy::unwrap_used, clippy::panic)]

#[allow(dead_code)]
#[path = "conformance/world.rs"]
mod world;

use clinical::record::DeviceId;
use clinical::record::merkle::Frontier;
use clinical::vital_signs::{Numeric, Quality, Signal};
use std::sync::Arc;
use store::{Checkpoint, Finding, SampleBlock, Store, VerifyReport, verify};
use units::Decimal;
use uuid::Uuid;
use world::*;

const EVENTS: u64 = 60;

/// The database's own tools.
enum Direct {
    Sqlite(rusqlite::Connection),
    Postgres(tokio_postgres::Client),
}

struct Victim {
    store: Arc<dyn Store>,
    direct: Direct,
    _folder: tempfile::TempDir,
}

impl Victim {
    async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let store = store::open(&format!("sqlite:{}", path.display()))
            .await
            .unwrap();
        let direct = Direct::Sqlite(rusqlite::Connection::open(path).unwrap());
        Self {
            store,
            direct,
            _folder: folder,
        }
        .filled()
        .await
    }

    async fn postgres() -> Self {
        let address = match store::throwaway::database() {
            Ok(address) => address,
            Err(why) => panic!("{why}"),
        };
        let store = store::open(&address).await.unwrap();
        let (client, connection) = tokio_postgres::connect(&address, tokio_postgres::NoTls)
            .await
            .unwrap();
        tokio::spawn(connection);
        let folder = tempfile::tempdir().unwrap();
        Self {
            store,
            direct: Direct::Postgres(client),
            _folder: folder,
        }
        .filled()
        .await
    }

    /// Three streams, their events in turn, and a block of samples.
    async fn filled(self) -> Self {
        for n in 0..EVENTS {
            let stream = session((n % 3).into());
            let mut decision = decision(command(n.into()), stream, n / 3, 1);
            decision.recorded_at = at(n as i64);
            commit(&*self.store, decision).await;
        }
        let samples: Vec<Numeric> = (0..60).map(numeric).collect();
        let block = SampleBlock::seal(DeviceId(Uuid::from_u128(1)), &samples);
        self.store
            .seal(TENANT, block.into_iter().collect(), vec![])
            .await
            .unwrap();
        assert!(self.verify(None).await.is_sound());
        self
    }

    async fn verify(&self, checkpoint: Option<Checkpoint>) -> VerifyReport {
        verify(&*self.store, TENANT, checkpoint).await.unwrap()
    }

    async fn execute(&self, text: &str) {
        match &self.direct {
            Direct::Sqlite(connection) => connection.execute_batch(text).unwrap(),
            Direct::Postgres(client) => client.batch_execute(text).await.unwrap(),
        }
    }

    /// Bytes of a column, read and written as hexadecimal by both.
    async fn bytes(&self, column: &str, table: &str, which: &str) -> Vec<u8> {
        match &self.direct {
            Direct::Sqlite(connection) => connection
                .query_row(
                    &format!("SELECT {column} FROM {table} WHERE {which}"),
                    [],
                    |row| row.get(0),
                )
                .unwrap(),
            Direct::Postgres(client) => client
                .query_one(&format!("SELECT {column} FROM {table} WHERE {which}"), &[])
                .await
                .unwrap()
                .get(0),
        }
    }

    async fn put_bytes(&self, column: &str, table: &str, which: &str, bytes: &[u8]) {
        let hexadecimal = hex::encode(bytes);
        let value = match &self.direct {
            Direct::Sqlite(_) => format!("X'{hexadecimal}'"),
            Direct::Postgres(_) => format!("'\\x{hexadecimal}'"),
        };
        self.execute(&format!(
            "UPDATE {table} SET {column} = {value} WHERE {which}"
        ))
        .await;
    }
}

fn numeric(second: i64) -> Numeric {
    Numeric {
        signal: Signal::HeartRate,
        value: Decimal::from(70 + second % 3),
        quality: Quality::Good,
        device_at: at(second),
        received_at: at(second),
        corrected_at: at(second),
        aperiodic: false,
    }
}

async fn every_flipped_bit_is_found(victim: Victim) {
    // Hazard: H36
    for column in ["header", "body", "leaf"] {
        for place in 0..60u64 {
            // Spread over the events, and over the bits of each.
            let which = format!("position = {}", 1 + (place * 7) % EVENTS);
            let whole = victim.bytes(column, "event", &which).await;
            let mut flipped = whole.clone();
            let bit = (place as usize * 131) % (flipped.len() * 8);
            flipped[bit / 8] ^= 1 << (bit % 8);
            victim.put_bytes(column, "event", &which, &flipped).await;
            assert!(
                !victim.verify(None).await.is_sound(),
                "{column}, {which}, bit {bit}"
            );
            victim.put_bytes(column, "event", &which, &whole).await;
        }
    }
    assert!(victim.verify(None).await.is_sound());
}

async fn a_deleted_event_is_found(victim: Victim) {
    // Hazard: H36
    victim
        .execute("DELETE FROM event WHERE position = 20")
        .await;
    let findings = victim.verify(None).await.findings;
    assert!(findings.contains(&Finding::PositionGap {
        expected: 20,
        found: 21
    }));
    assert!(findings.contains(&Finding::ChainBroken { position: 21 }));
    assert!(findings.contains(&Finding::HeadDiffers {
        stored: EVENTS,
        found: EVENTS - 1
    }));
    assert!(findings.contains(&Finding::RootDiffers));
}

async fn a_truncated_log_is_found(victim: Victim) {
    // Hazard: H36
    victim
        .execute(&format!(
            "DELETE FROM event WHERE position > {}",
            EVENTS - 5
        ))
        .await;
    let findings = victim.verify(None).await.findings;
    let head = Finding::HeadDiffers {
        stored: EVENTS,
        found: EVENTS - 5,
    };
    assert_eq!(findings, [head, Finding::RootDiffers]);
}

async fn a_log_truncated_with_its_head_is_found_by_a_checkpoint_kept_outside(victim: Victim) {
    // Hazard: H36
    let head = victim.store.head(TENANT).await.unwrap();
    let kept = Checkpoint {
        size: head.size,
        root: head.root,
    };
    let mut frontier = Frontier::new();
    let mut last_leaf = [0; 32];
    for event in victim
        .store
        .events(TENANT, 0, EVENTS as usize - 5)
        .await
        .unwrap()
    {
        frontier.append(event.leaf);
        last_leaf = event.leaf;
    }
    victim
        .execute(&format!(
            "DELETE FROM event WHERE position > {}",
            EVENTS - 5
        ))
        .await;
    victim
        .execute(&format!("UPDATE head SET size = {}", EVENTS - 5))
        .await;
    victim
        .put_bytes(
            "frontier",
            "head",
            "size > 0",
            &frontier.subtrees().concat(),
        )
        .await;
    victim
        .put_bytes("last_leaf", "head", "size > 0", &last_leaf)
        .await;
    assert!(victim.verify(None).await.is_sound());
    let findings = victim.verify(Some(kept)).await.findings;
    let shorter = Finding::ShorterThanCheckpoint {
        checkpoint: EVENTS,
        found: EVENTS - 5,
    };
    assert_eq!(findings, [shorter]);
}

async fn an_inserted_event_is_found(victim: Victim) {
    // Hazard: H36
    victim
        .execute(&format!(
            "INSERT INTO event SELECT tenant, {}, stream_kind, stream_id, stream_version + 500, \
             header, body, leaf FROM event WHERE position = 10",
            EVENTS + 1
        ))
        .await;
    let report = victim.verify(None).await;
    let head = Finding::HeadDiffers {
        stored: EVENTS,
        found: EVENTS + 1,
    };
    assert!(report.findings.contains(&head));
    let unreadable = |finding: &Finding| matches!(finding, Finding::Unreadable { position, .. } if *position == EVENTS + 1);
    assert!(report.findings.iter().any(unreadable));
}

async fn two_swapped_events_are_found(victim: Victim) {
    // Hazard: H36
    victim
        .execute(
            "UPDATE event SET position = 100000 WHERE position = 10; \
             UPDATE event SET position = 10 WHERE position = 11; \
             UPDATE event SET position = 11 WHERE position = 100000;",
        )
        .await;
    let findings = victim.verify(None).await.findings;
    for at in [10, 11] {
        assert!(findings.iter().any(
            |finding| matches!(finding, Finding::Unreadable { position, .. } if *position == at)
        ));
    }
    assert!(findings.contains(&Finding::RootDiffers));
}

async fn an_event_filed_elsewhere_is_found(victim: Victim) {
    // Hazard: H36
    victim
        .execute("UPDATE event SET stream_version = 900 WHERE position = 10")
        .await;
    assert_eq!(
        victim.verify(None).await.findings,
        [Finding::Misfiled { position: 10 }]
    );
}

async fn an_event_that_was_replaced_with_its_hash_breaks_the_chain(victim: Victim) {
    // Hazard: H36
    let which = "position = 10";
    let header = victim.bytes("header", "event", which).await;
    let body = b"{\"event\":\"NoteWritten\",\"text\":\"never said\"}";
    let leaf = clinical::record::leaf_hash(&header, body);
    victim.put_bytes("body", "event", which, body).await;
    victim.put_bytes("leaf", "event", which, &leaf).await;
    let findings = victim.verify(None).await.findings;
    assert_eq!(
        findings,
        [Finding::ChainBroken { position: 11 }, Finding::RootDiffers]
    );
}

async fn a_flipped_bit_in_a_sample_block_is_found(victim: Victim) {
    // Hazard: H36, H29
    for column in ["bytes", "hash"] {
        let whole = victim.bytes(column, "sample_block", "samples = 60").await;
        for bit in [0, 77, whole.len() * 8 - 1] {
            let mut flipped = whole.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            victim
                .put_bytes(column, "sample_block", "samples = 60", &flipped)
                .await;
            let findings = victim.verify(None).await.findings;
            assert!(matches!(findings[..], [Finding::BlockDamaged { .. }]));
        }
        victim
            .put_bytes(column, "sample_block", "samples = 60", &whole)
            .await;
    }
    assert!(victim.verify(None).await.is_sound());
}

async fn a_clock_that_went_back_is_found(victim: Victim) {
    // Hazard: H36
    let mut earlier = decision(command(900), session(0), EVENTS / 3, 1);
    earlier.recorded_at = at(0);
    commit(&*victim.store, earlier).await;
    let findings = victim.verify(None).await.findings;
    let position = EVENTS + 1;
    let by = at(EVENTS as i64 - 3) - at(0);
    assert_eq!(findings, [Finding::RecordedEarlier { position, by }]);
}

macro_rules! on_both_engines {
    ($($sentence:ident),* $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test]
            async fn $sentence() {
                super::$sentence(super::Victim::sqlite().await).await;
            })*
        }
        mod on_postgres {
            $(#[tokio::test]
            async fn $sentence() {
                super::$sentence(super::Victim::postgres().await).await;
            })*
        }
    };
}

on_both_engines! {
    every_flipped_bit_is_found,
    a_deleted_event_is_found,
    a_truncated_log_is_found,
    a_log_truncated_with_its_head_is_found_by_a_checkpoint_kept_outside,
    an_inserted_event_is_found,
    two_swapped_events_are_found,
    an_event_filed_elsewhere_is_found,
    an_event_that_was_replaced_with_its_hash_breaks_the_chain,
    a_flipped_bit_in_a_sample_block_is_found,
    a_clock_that_went_back_is_found,
}
