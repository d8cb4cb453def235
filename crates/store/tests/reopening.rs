//! What was answered is there after the store was closed, and beside a second replica.

// Tests say what went wrong by failing.
#![allow(clippy::unwrap_used, clippy::panic)]

#[allow(dead_code)]
#[path = "conformance/world.rs"]
mod world;

use std::sync::Arc;
use std::time::Duration;
use store::{Fault, NewFrame, Outcome};
use world::*;

fn address(folder: &tempfile::TempDir) -> String {
    format!("sqlite:{}", folder.path().join("clinic/store.db").display())
}

async fn what_was_answered_is_there_again(address: &str) {
    // Hazard: H29
    let store = store::open(address).await.unwrap();
    for n in 0..20u64 {
        commit(&*store, decision(command(n.into()), session(1), n, 1)).await;
    }
    let frame = NewFrame {
        tenant: TENANT,
        received_at: at(0),
        connection: 1,
        remote: String::new(),
        profile: "generic".to_owned(),
        bytes: b"MSH|^~\\&|".to_vec(),
    };
    let id = store.append_frame(frame).await.unwrap();
    let head = store.head(TENANT).await.unwrap();
    drop(store);

    let store = store::open(address).await.unwrap();
    assert_eq!(store.head(TENANT).await.unwrap(), head);
    assert_eq!(*store.committed().borrow(), 20);
    assert_eq!(
        store.frame(TENANT, id).await.unwrap().unwrap().bytes,
        b"MSH|^~\\&|"
    );
    let again = store
        .commit(decision(command(3), session(1), 20, 1))
        .await
        .unwrap();
    assert!(matches!(again, Outcome::Duplicate(_)));
    commit(&*store, decision(command(20), session(1), 20, 1)).await;
    assert!(
        store::verify(&*store, TENANT, None)
            .await
            .unwrap()
            .is_sound()
    );
}

#[tokio::test]
async fn sqlite_keeps_what_was_answered() {
    let folder = tempfile::tempdir().unwrap();
    what_was_answered_is_there_again(&address(&folder)).await;
}

#[tokio::test]
async fn postgresql_keeps_what_was_answered() {
    let address = match store::throwaway::database() {
        Ok(address) => address,
        Err(why) => panic!("{why}"),
    };
    what_was_answered_is_there_again(&address).await;
}

#[tokio::test]
async fn a_store_of_a_newer_release_is_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    drop(store::open(&address(&folder)).await.unwrap());
    let file = folder.path().join("clinic/store.db");
    rusqlite::Connection::open(file)
        .unwrap()
        .execute("INSERT INTO migration VALUES (999, 'later', '')", [])
        .unwrap();
    let Err(Fault::Unusable(why)) = store::open(&address(&folder)).await else {
        panic!("it was opened");
    };
    assert!(why.contains("newer release"), "{why}");
}

/// Two replicas on one database; with SQLite, two processes on one file.
async fn two_writers_make_one_log(address: &str) {
    let replicas = [
        store::open(address).await.unwrap(),
        store::open(address).await.unwrap(),
    ];
    let mut writers = Vec::new();
    for writer in 0..8u128 {
        let store = Arc::clone(&replicas[writer as usize % 2]);
        writers.push(tokio::spawn(async move {
            for n in 0..25u128 {
                // Two writers of different replicas share each stream.
                let shared = session(writer / 2);
                loop {
                    let stream = clinical::record::StreamId::session(shared);
                    let seen = store.stream(TENANT, stream, 0).await.unwrap().len() as u64;
                    let decision = decision(command(writer * 100 + n), shared, seen, 1);
                    match store.commit(decision).await.unwrap() {
                        Outcome::Committed(_) => break,
                        Outcome::Conflict { .. } => {}
                        Outcome::Duplicate(_) => panic!("it was never sent before"),
                    }
                }
            }
        }));
    }
    for writer in writers {
        writer.await.unwrap();
    }
    for store in &replicas {
        let report = store::verify(&**store, TENANT, None).await.unwrap();
        assert_eq!((report.events, report.findings), (200, vec![]));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_on_one_file_make_one_log() {
    // Hazard: H26
    let folder = tempfile::tempdir().unwrap();
    two_writers_make_one_log(&address(&folder)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_replicas_on_postgresql_make_one_log_and_hear_of_each_other() {
    // Hazard: H26
    let address = match store::throwaway::database() {
        Ok(address) => address,
        Err(why) => panic!("{why}"),
    };
    two_writers_make_one_log(&address).await;
    let writer = store::open(&address).await.unwrap();
    let listener = store::open(&address).await.unwrap();
    let mut committed = listener.committed();
    for n in 0..3u64 {
        commit(
            &*writer,
            decision(command(5_000 + u128::from(n)), session(77), n, 1),
        )
        .await;
        let heard = committed.wait_for(|position| *position > 200 + n);
        tokio::time::timeout(Duration::from_secs(5), heard)
            .await
            .unwrap()
            .unwrap();
    }
}
