//! The same random commands on every engine give the same log and the same reads.

use super::world::*;
use clinical::record::{Actor, Envelope, EventId, NewEvent, StreamId};
use proptest::prelude::*;
use store::{
    Append, Decision, Head, Outcome, ProjectionWrite, ResourcePage, ResourceSearch, SortOrder,
    Store, VerifyReport,
};
use uuid::Uuid;

/// A command as chosen by chance: small numbers, so that they meet.
#[derive(Clone, Debug)]
struct Chosen {
    command: u8,
    appends: Vec<(u8, u8, u8)>,
    resource: Option<(u8, bool, Option<i8>)>,
    removes: Option<u8>,
}

fn chosen() -> impl Strategy<Value = Chosen> {
    (
        0..24u8,
        prop::collection::vec((0..3u8, 0..5u8, 0..3u8), 0..3),
        prop::option::of((0..6u8, any::<bool>(), prop::option::of(-3..3i8))),
        prop::option::of(0..6u8),
    )
        .prop_map(|(command, appends, resource, removes)| Chosen {
            command,
            appends,
            resource,
            removes,
        })
}

fn as_decision(place: usize, chosen: &Chosen) -> Decision {
    let appends = chosen
        .appends
        .iter()
        .enumerate()
        .map(|(which, (stream, version, events))| Append {
            stream: StreamId::session(session((*stream).into())),
            expected_version: (*version).into(),
            events: (0..*events)
                .map(|n| NewEvent {
                    event_id: EventId(Uuid::from_u128(
                        place as u128 * 100 + which as u128 * 10 + u128::from(n),
                    )),
                    kind: "NoteWritten".to_owned(),
                    schema_version: 1,
                    occurred_at: at(0),
                    body: format!("{{\"n\":{n}}}").into_bytes(),
                })
                .collect(),
        });
    let mut projections = Vec::new();
    if let Some((id, second_code, seconds)) = chosen.resource {
        let codes: &[&str] = if second_code { &["x", "y"] } else { &["x"] };
        let mut row = resource(&format!("r{id}"), codes, seconds.map(i64::from));
        row.version = place as u64;
        projections.push(ProjectionWrite::PutResource(row));
    }
    if let Some(id) = chosen.removes {
        let (kind, id) = ("Observation".to_owned(), format!("r{id}"));
        projections.push(ProjectionWrite::RemoveResource { kind, id });
    }
    Decision {
        tenant: TENANT,
        command_id: command(chosen.command.into()),
        actor: Actor::System {
            part: "chance".to_owned(),
        },
        recorded_at: at(place as i64),
        appends: appends.collect(),
        projections,
        audit: vec![],
        answer: vec![place as u8],
    }
}

/// Everything that can be asked, as one value.
#[derive(Debug, PartialEq)]
struct Seen {
    outcomes: Vec<Outcome>,
    log: Vec<Envelope>,
    head: Head,
    digest: [u8; 32],
    proof: VerifyReport,
    pages: Vec<ResourcePage>,
    streams: Vec<Vec<Envelope>>,
}

async fn seen(store: &dyn Store, outcomes: Vec<Outcome>) -> Seen {
    let mut pages = Vec::new();
    for order in [SortOrder::NewestFirst, SortOrder::OldestFirst] {
        for codes in [
            vec![],
            vec!["y".to_owned()],
            vec!["x".to_owned(), "y".to_owned()],
        ] {
            let search = ResourceSearch {
                kind: "Observation".to_owned(),
                codes,
                order,
                count: 3,
                total: true,
                ..ResourceSearch::default()
            };
            pages.push(store.search(TENANT, &search).await.unwrap());
        }
    }
    let mut streams = Vec::new();
    for n in 0..3 {
        streams.push(
            store
                .stream(TENANT, StreamId::session(session(n)), 1)
                .await
                .unwrap(),
        );
    }
    Seen {
        outcomes,
        log: store.events(TENANT, 0, 1_000).await.unwrap(),
        head: store.head(TENANT).await.unwrap(),
        digest: store.projection_digest(TENANT).await.unwrap(),
        proof: store::verify(store, TENANT, None).await.unwrap(),
        pages,
        streams,
    }
}

async fn run(store: &dyn Store, commands: &[Chosen]) -> Seen {
    let mut outcomes = Vec::new();
    for (place, chosen) in commands.iter().enumerate() {
        outcomes.push(store.commit(as_decision(place, chosen)).await.unwrap());
    }
    seen(store, outcomes).await
}

#[test]
fn the_same_commands_give_the_same_log_and_the_same_reads_on_every_engine() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let config = ProptestConfig {
        cases: 24,
        ..ProptestConfig::default()
    };
    proptest!(config, |(commands in prop::collection::vec(chosen(), 1..40))| {
        runtime.block_on(async {
            let model = run(&*memory().await.store, &commands).await;
            let on_sqlite = run(&*sqlite().await.store, &commands).await;
            prop_assert_eq!(&model, &on_sqlite);
            let on_postgres = run(&*postgres().await.store, &commands).await;
            prop_assert_eq!(&model, &on_postgres);
            Ok(())
        })?;
    });
}
