use super::world::*;
use clinical::record::{StreamId, merkle};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use store::{Append, Outcome, Receipt};

pub async fn a_decision_is_appended_whole(world: World) {
    let store = &world.store;
    let receipt = commit(&**store, decision(command(1), session(1), 0, 3)).await;
    assert_eq!(
        receipt,
        Receipt {
            first_position: 1,
            last_position: 3
        }
    );
    let events = store.events(TENANT, 0, 100).await.unwrap();
    let positions: Vec<u64> = events.iter().map(|event| event.header.position).collect();
    assert_eq!(positions, [1, 2, 3]);
    let stream = StreamId::session(session(1));
    assert_eq!(store.stream(TENANT, stream, 0).await.unwrap(), events);
    assert_eq!(store.stream(TENANT, stream, 2).await.unwrap(), events[2..]);
    let nobodys = StreamId::session(session(9));
    let asked = [(nobodys, 0), (stream, 0), (stream, 2), (stream, 3)];
    let several = store.streams(TENANT, &asked).await;
    let since = events[2..].to_vec();
    assert_eq!(several.unwrap(), [vec![], events.clone(), since, vec![]]);
    assert_eq!(store.events(TENANT, 1, 1).await.unwrap(), events[1..2]);
    assert_eq!(events[0].header.previous, [0; 32]);
    assert_eq!(events[1].header.previous, events[0].leaf);
    assert_eq!(events[0].header.recorded_at, at(1));
    let row = store.session(TENANT, session(1)).await.unwrap();
    assert_eq!(row, Some(session_row(session(1), 0)));
    let answer = store.answer(TENANT, command(1)).await.unwrap();
    assert_eq!(
        answer,
        Some(format!("answer to {}", command(1)).into_bytes())
    );
}

pub async fn a_conflict_leaves_no_trace(world: World) {
    // Hazard: H26
    let store = &world.store;
    commit(&**store, decision(command(1), session(1), 0, 1)).await;
    let before = store.head(TENANT).await.unwrap();
    let mut stale = decision(command(2), session(2), 0, 2);
    // The first stream fits, the second does not: neither may be written.
    stale.appends.push(Append {
        stream: StreamId::session(session(1)),
        expected_version: 0,
        events: vec![event("stale")],
    });
    let outcome = store.commit(stale).await.unwrap();
    let stream = StreamId::session(session(1));
    assert_eq!(
        outcome,
        Outcome::Conflict {
            stream,
            expected: 0,
            actual: 1
        }
    );
    assert_eq!(store.head(TENANT).await.unwrap(), before);
    let other = StreamId::session(session(2));
    assert!(store.stream(TENANT, other, 0).await.unwrap().is_empty());
    assert_eq!(store.session(TENANT, session(2)).await.unwrap(), None);
    assert_eq!(store.answer(TENANT, command(2)).await.unwrap(), None);
    assert_eq!(store.audit(TENANT, None, 10).await.unwrap().len(), 1);
    // The same command, decided again on what is true now, is executed.
    commit(&**store, decision(command(2), session(1), 1, 1)).await;
}

pub async fn a_repeated_command_is_answered_the_same_and_does_nothing(world: World) {
    // Hazard: H21
    let store = &world.store;
    commit(&**store, decision(command(1), session(1), 0, 1)).await;
    let before = store.head(TENANT).await.unwrap();
    let mut again = decision(command(1), session(1), 1, 2);
    again.answer = b"another".to_vec();
    let outcome = store.commit(again).await.unwrap();
    let first = format!("answer to {}", command(1)).into_bytes();
    assert_eq!(outcome, Outcome::Duplicate(first));
    assert_eq!(store.head(TENANT).await.unwrap(), before);
    assert_eq!(store.audit(TENANT, None, 10).await.unwrap().len(), 1);
}

pub async fn a_command_sent_fifty_times_at_once_is_executed_once(world: World) {
    // Hazard: H21
    let mut sent = Vec::new();
    for _ in 0..50 {
        let store = Arc::clone(&world.store);
        sent.push(tokio::spawn(async move {
            store
                .commit(decision(command(1), session(1), 0, 1))
                .await
                .unwrap()
        }));
    }
    let (mut committed, mut duplicates) = (0, 0);
    for outcome in sent {
        match outcome.await.unwrap() {
            Outcome::Committed(_) => committed += 1,
            Outcome::Duplicate(answer) => {
                assert_eq!(answer, format!("answer to {}", command(1)).into_bytes());
                duplicates += 1;
            }
            Outcome::Conflict { .. } => panic!("a repetition is no conflict"),
        }
    }
    assert_eq!((committed, duplicates), (1, 49));
    assert_eq!(world.store.head(TENANT).await.unwrap().size, 1);
}

pub async fn a_refusal_can_be_remembered_without_an_event(world: World) {
    let store = &world.store;
    let mut refusal = decision(command(1), session(1), 0, 0);
    refusal.appends.clear();
    refusal.projections.clear();
    let receipt = commit(&**store, refusal.clone()).await;
    assert_eq!(
        receipt,
        Receipt {
            first_position: 0,
            last_position: 0
        }
    );
    assert_eq!(store.head(TENANT).await.unwrap().size, 0);
    let again = store.commit(refusal.clone()).await.unwrap();
    assert_eq!(again, Outcome::Duplicate(refusal.answer));
}

pub async fn two_clinicians_on_one_stream_never_overwrite_each_other(world: World) {
    // Hazard: H26
    let mut clinicians = Vec::new();
    for clinician in 0..8u128 {
        let store = Arc::clone(&world.store);
        clinicians.push(tokio::spawn(async move {
            for entry in 0..10u128 {
                let id = command(clinician * 100 + entry);
                loop {
                    let stream = StreamId::session(session(1));
                    let seen = store.stream(TENANT, stream, 0).await.unwrap().len() as u64;
                    match store
                        .commit(decision(id, session(1), seen, 1))
                        .await
                        .unwrap()
                    {
                        Outcome::Committed(_) => break,
                        Outcome::Conflict {
                            expected, actual, ..
                        } => assert!(expected < actual),
                        Outcome::Duplicate(_) => panic!("it was never sent before"),
                    }
                }
            }
        }));
    }
    for clinician in clinicians {
        clinician.await.unwrap();
    }
    let events = world.store.events(TENANT, 0, 1_000).await.unwrap();
    let commands: BTreeSet<_> = events.iter().map(|event| event.header.command_id).collect();
    assert_eq!((events.len(), commands.len()), (80, 80));
}

pub async fn positions_have_no_gaps_however_many_write_at_once(world: World) {
    let mut writers = Vec::new();
    for writer in 0..16u128 {
        let store = Arc::clone(&world.store);
        writers.push(tokio::spawn(async move {
            for n in 0..20u128 {
                let id = command(writer * 100 + n);
                commit(&*store, decision(id, session(writer), n as u64 * 2, 2)).await;
            }
        }));
    }
    // Whoever reads the log while it grows never passes over a position that comes later.
    let reader = Arc::clone(&world.store);
    let reading = tokio::spawn(async move {
        let mut last = 0;
        while last < 640 {
            for event in reader.events(TENANT, last, 50).await.unwrap() {
                assert_eq!(event.header.position, last + 1);
                last = event.header.position;
            }
            tokio::task::yield_now().await;
        }
    });
    for writer in writers {
        writer.await.unwrap();
    }
    tokio::time::timeout(Duration::from_secs(60), reading)
        .await
        .unwrap()
        .unwrap();
    assert!(
        store::verify(&*world.store, TENANT, None)
            .await
            .unwrap()
            .is_sound()
    );
}

pub async fn a_reader_never_sees_half_a_decision(world: World) {
    let store = Arc::clone(&world.store);
    let writing = tokio::spawn(async move {
        for n in 0..60u64 {
            commit(&*store, decision(command(n.into()), session(1), n * 5, 5)).await;
        }
    });
    let stream = StreamId::session(session(1));
    loop {
        let done = writing.is_finished();
        let events = world.store.stream(TENANT, stream, 0).await.unwrap();
        assert_eq!(events.len() % 5, 0);
        // The row was written with the events, and tells the version before them.
        let row = world.store.session(TENANT, session(1)).await.unwrap();
        let version = row.map_or(0, |row| row.version + 5);
        assert!(version >= events.len() as u64);
        if done {
            break;
        }
    }
    writing.await.unwrap();
}

pub async fn tenants_do_not_see_each_other(world: World) {
    let store = &world.store;
    commit(&**store, decision(command(1), session(1), 0, 1)).await;
    let mut other = decision(command(1), session(1), 0, 2);
    other.tenant = OTHER_TENANT;
    let receipt = commit(&**store, other).await;
    assert_eq!(
        receipt,
        Receipt {
            first_position: 1,
            last_position: 2
        }
    );
    assert_eq!(store.events(TENANT, 0, 10).await.unwrap().len(), 1);
    assert_eq!(store.events(OTHER_TENANT, 0, 10).await.unwrap().len(), 2);
    assert_eq!(store.tenants().await.unwrap(), [TENANT, OTHER_TENANT]);
}

pub async fn whoever_listens_hears_of_each_commit(world: World) {
    let mut committed = world.store.committed();
    for n in 0..3u64 {
        committed.mark_unchanged();
        commit(&*world.store, decision(command(n.into()), session(1), n, 1)).await;
        let heard = tokio::time::timeout(Duration::from_secs(5), committed.changed()).await;
        heard.unwrap().unwrap();
        assert_eq!(*committed.borrow(), n + 1);
    }
}

pub async fn a_sound_log_is_proved_and_its_root_is_the_tree_of_its_leaves(world: World) {
    // Hazard: H36
    let store = &world.store;
    for n in 0..30u64 {
        commit(
            &**store,
            decision(command(n.into()), session(n.into()), 0, 3),
        )
        .await;
    }
    let events = store.events(TENANT, 0, 1_000).await.unwrap();
    let leaves: Vec<merkle::Hash> = events.iter().map(|event| event.leaf).collect();
    let head = store.head(TENANT).await.unwrap();
    assert_eq!((head.size, head.root), (90, merkle::root(&leaves)));
    assert_eq!(head.last_leaf, leaves[89]);
    let earlier = store::Checkpoint {
        size: 47,
        root: merkle::root(&leaves[..47]),
    };
    let report = store::verify(&**store, TENANT, Some(earlier))
        .await
        .unwrap();
    assert_eq!(report.findings, []);
    assert_eq!((report.events, report.root), (90, head.root));
    let forked = store::Checkpoint {
        size: 47,
        root: [7; 32],
    };
    let report = store::verify(&**store, TENANT, Some(forked)).await.unwrap();
    assert_eq!(
        report.findings,
        [store::Finding::CheckpointDiffers { size: 47 }]
    );
    let longer = store::Checkpoint {
        size: 91,
        root: [7; 32],
    };
    let report = store::verify(&**store, TENANT, Some(longer)).await.unwrap();
    let finding = store::Finding::ShorterThanCheckpoint {
        checkpoint: 91,
        found: 90,
    };
    assert_eq!(report.findings, [finding]);
}

pub async fn who_did_what_is_listed_newest_first(world: World) {
    let store = &world.store;
    for n in 0..5u64 {
        commit(&**store, decision(command(n.into()), session(1), n, 1)).await;
    }
    let mut entry = decision(command(9), session(1), 0, 0).audit.remove(0);
    entry.action = "opened the chart".to_owned();
    store.add_audit(TENANT, entry.clone()).await.unwrap();
    let newest = store.audit(TENANT, None, 2).await.unwrap();
    assert_eq!(newest[0].entry, entry);
    assert_eq!(newest[1].entry.detail, command(4).to_string());
    let older = store.audit(TENANT, Some(newest[1].id), 10).await.unwrap();
    let details: Vec<&str> = older.iter().map(|row| row.entry.detail.as_str()).collect();
    let expected: Vec<String> = (0..4).rev().map(|n| command(n).to_string()).collect();
    assert_eq!(details, expected);
}

pub async fn who_read_one_record_is_listed_without_anybody_elses(world: World) {
    let store = &world.store;
    let of = |patient: u128, detail: &str| {
        let mut entry = decision(command(1), session(1), 0, 0).audit.remove(0);
        entry.patient = Some(clinical::record::PatientId(uuid::Uuid::from_u128(patient)));
        entry.detail = detail.to_owned();
        entry
    };
    let entries = vec![of(1, "first"), of(2, "of another"), of(1, "second")];
    store.add_audits(TENANT, entries).await.unwrap();
    let mut of_nobody = of(1, "of nobody");
    of_nobody.patient = None;
    store
        .add_audits(TENANT, vec![of_nobody, of(1, "third")])
        .await
        .unwrap();
    store.add_audits(TENANT, Vec::new()).await.unwrap();
    let one = clinical::record::PatientId(uuid::Uuid::from_u128(1));
    let details = |rows: &[store::AuditRow]| {
        let details = rows.iter().map(|row| row.entry.detail.clone());
        details.collect::<Vec<_>>()
    };
    let newest = store.audit_of(TENANT, one, None, 2).await.unwrap();
    assert_eq!(details(&newest), ["third", "second"]);
    let before = Some(newest[1].id);
    let older = store.audit_of(TENANT, one, before, 2).await.unwrap();
    assert_eq!(details(&older), ["first"]);
    let elsewhere = clinical::record::TenantId(uuid::Uuid::from_u128(77));
    assert!(
        store
            .audit_of(elsewhere, one, None, 9)
            .await
            .unwrap()
            .is_empty()
    );
}

pub async fn a_write_that_fails_takes_no_other_with_it(world: World) {
    let taken = |number: u128| store::Account {
        staff: clinical::record::StaffId(uuid::Uuid::from_u128(number)),
        username: "nurse".to_owned(),
        display_name: "A nurse".to_owned(),
        role: clinical::record::Role::Nurse,
        password_hash: String::new(),
        patient: None,
        disabled: false,
    };
    world.store.put_account(TENANT, taken(1)).await.unwrap();
    // Sent together, so that they come into one batch with one that the database refuses.
    let mut sent = Vec::new();
    for n in 0..60u128 {
        let store = Arc::clone(&world.store);
        sent.push(tokio::spawn(async move {
            if n % 20 == 10 {
                assert!(store.put_account(TENANT, taken(n + 2)).await.is_err());
            } else {
                commit(&*store, decision(command(n), session(n), 0, 2)).await;
            }
        }));
    }
    for one in sent {
        one.await.unwrap();
    }
    let report = store::verify(&*world.store, TENANT, None).await.unwrap();
    assert_eq!((report.events, report.findings), (114, vec![]));
}
