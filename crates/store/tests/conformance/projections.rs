use super::world::*;
use store::{
    DateBound, DeviceRow, PatientRow, ProjectionWrite, Rebuilt, ResourceSearch, SortKey, SortOrder,
    Store, TokenClause,
};
use uuid::Uuid;

fn person(number: u128, family: &str, given: &str, record: &str) -> PatientRow {
    PatientRow {
        patient: patient(number),
        record_number: record.to_owned(),
        family_name: family.to_owned(),
        given_name: given.to_owned(),
        birth_date: "1980-02-29".to_owned(),
        version: 1,
        summary: "{}".to_owned(),
    }
}

fn some_of_each() -> Vec<ProjectionWrite> {
    let mut writes = vec![
        ProjectionWrite::PutPatient(person(1, "Ōta", "Ana", "A-1")),
        ProjectionWrite::PutDevice(DeviceRow {
            device: clinical::record::DeviceId(Uuid::from_u128(5)),
            wire_key: "MON-1".to_owned(),
            name: "Monitor 1".to_owned(),
            version: 1,
            summary: "{}".to_owned(),
        }),
    ];
    for n in 0..5 {
        writes.push(ProjectionWrite::PutSession(session_row(session(n), 1)));
        let id = format!("o{n}");
        writes.push(ProjectionWrite::PutResource(resource(
            &id,
            &["8867-4", "x|8867-4"],
            Some(1),
        )));
    }
    writes.push(ProjectionWrite::PutResource(resource("untimed", &[], None)));
    writes
}

async fn write(store: &dyn Store, writes: Vec<ProjectionWrite>) {
    store.write_projections(TENANT, writes).await.unwrap();
}

pub async fn what_was_rebuilt_from_zero_has_the_same_digest(world: World) {
    let store = &world.store;
    let empty = store.projection_digest(TENANT).await.unwrap();
    let mut live = decision(command(1), session(1), 0, 1);
    live.projections = some_of_each();
    commit(&**store, live).await;
    let digest = store.projection_digest(TENANT).await.unwrap();
    assert_ne!(digest, empty);
    let rebuilt = store
        .rebuild_projections(TENANT, 1, some_of_each())
        .await
        .unwrap();
    assert_eq!(rebuilt, Rebuilt::Done);
    assert_eq!(store.projection_digest(TENANT).await.unwrap(), digest);
    store.clear_projections(TENANT).await.unwrap();
    assert_eq!(store.projection_digest(TENANT).await.unwrap(), empty);
    // Each row counts, whatever the order in which they were written.
    let mut backwards = some_of_each();
    backwards.reverse();
    write(&**store, backwards).await;
    assert_eq!(store.projection_digest(TENANT).await.unwrap(), digest);
    write(
        &**store,
        vec![ProjectionWrite::PutSession(session_row(session(1), 2))],
    )
    .await;
    assert_ne!(store.projection_digest(TENANT).await.unwrap(), digest);
}

pub async fn a_rebuild_on_an_old_log_changes_nothing(world: World) {
    let store = &world.store;
    commit(&**store, decision(command(1), session(1), 0, 2)).await;
    let digest = store.projection_digest(TENANT).await.unwrap();
    let rebuilt = store.rebuild_projections(TENANT, 1, vec![]).await.unwrap();
    assert_eq!(rebuilt, Rebuilt::LogMovedOn { position: 2 });
    assert_eq!(store.projection_digest(TENANT).await.unwrap(), digest);
}

pub async fn sessions_are_listed_by_state_and_person(world: World) {
    let store = &world.store;
    let mut writes = Vec::new();
    for n in 0..10 {
        let mut row = session_row(session(n), 1);
        row.open = n < 3;
        // Some begin at the same moment: the id decides.
        row.planned_for = at((n as i64) / 2);
        row.patient = patient(n % 2);
        writes.push(ProjectionWrite::PutSession(row));
    }
    write(&**store, writes).await;
    let ids = |rows: Vec<store::SessionRow>| -> Vec<u128> {
        rows.iter()
            .map(|row| row.session.0.as_u128() - session(0).0.as_u128())
            .collect()
    };
    assert_eq!(ids(store.open_sessions(TENANT).await.unwrap()), [0, 1, 2]);
    let first = store.closed_sessions(TENANT, None, 3).await.unwrap();
    let last = first.last().map(|row| (row.planned_for, row.session));
    assert_eq!(ids(first), [9, 8, 7]);
    let second = store.closed_sessions(TENANT, last, 10).await.unwrap();
    assert_eq!(ids(second), [6, 5, 4, 3]);
    assert_eq!(
        ids(store.sessions_of(TENANT, patient(1), 3).await.unwrap()),
        [9, 7, 5]
    );
    assert_eq!(store.session(TENANT, session(99)).await.unwrap(), None);
}

pub async fn people_are_found_by_the_beginning_of_name_or_number(world: World) {
    let store = &world.store;
    let people = [
        person(1, "Anders", "Zoë", "100"),
        person(2, "Berg", "Anna", "200"),
        person(3, "ÅNGSTRÖM", "Bo", "ab-3"),
        person(4, "100%", "_", "300"),
    ];
    write(
        &**store,
        people
            .iter()
            .cloned()
            .map(ProjectionWrite::PutPatient)
            .collect(),
    )
    .await;
    let found = |begins: &'static str| {
        let store = store.clone();
        async move {
            let rows = store.patients(TENANT, begins, 10).await.unwrap();
            rows.iter().map(|row| row.patient).collect::<Vec<_>>()
        }
    };
    assert_eq!(found("an").await, [patient(1), patient(2)]);
    assert_eq!(found("ång").await, [patient(3)]);
    assert_eq!(found("AB-").await, [patient(3)]);
    assert_eq!(found("100").await, [patient(4), patient(1)]);
    assert_eq!(found("%").await, []);
    assert_eq!(found("").await.len(), 4);
    assert_eq!(store.patients(TENANT, "", 2).await.unwrap().len(), 2);
    assert_eq!(
        store.patient(TENANT, patient(2)).await.unwrap(),
        Some(people[1].clone())
    );
    // Whoever goes through all of them by their ids misses none.
    let nobody = clinical::record::PatientId(uuid::Uuid::nil());
    let first = store.patient_ids(TENANT, nobody, 3).await.unwrap();
    assert_eq!(first, [patient(1), patient(2), patient(3)]);
    let rest = store.patient_ids(TENANT, patient(3), 3).await.unwrap();
    assert_eq!(rest, [patient(4)]);
}

async fn ids(store: &dyn Store, search: &ResourceSearch) -> Vec<String> {
    let page = store.search(TENANT, search).await.unwrap();
    page.resources
        .into_iter()
        .map(|resource| resource.id)
        .collect()
}

pub async fn a_search_finds_by_person_code_and_date_in_order(world: World) {
    let store = &*world.store;
    let mut rows = vec![
        resource("a", &["8867-4"], Some(1)),
        resource("b", &["8867-4", "59408-5"], Some(2)),
        resource("c", &["59408-5"], Some(2)),
        resource("d", &["8867-4"], Some(3)),
        resource("e", &["8867-4"], None),
    ];
    rows[3].patient = Some(patient(2));
    rows[3].session = Some(session(2));
    let mut other_kind = resource("a", &["8867-4"], Some(1));
    other_kind.kind = "Encounter".to_owned();
    rows.push(other_kind);
    write(
        store,
        rows.into_iter().map(ProjectionWrite::PutResource).collect(),
    )
    .await;

    let all = ResourceSearch {
        kind: "Observation".to_owned(),
        count: 10,
        ..ResourceSearch::default()
    };
    assert_eq!(ids(store, &all).await, ["d", "c", "b", "a", "e"]);
    let oldest = ResourceSearch {
        order: SortOrder::OldestFirst,
        ..all.clone()
    };
    assert_eq!(ids(store, &oldest).await, ["e", "a", "b", "c", "d"]);
    let coded = |codes: &[&str]| ResourceSearch {
        codes: codes.iter().map(|code| (*code).to_owned()).collect(),
        total: true,
        ..all.clone()
    };
    assert_eq!(ids(store, &coded(&["8867-4"])).await, ["d", "b", "a", "e"]);
    let either = store
        .search(TENANT, &coded(&["8867-4", "59408-5"]))
        .await
        .unwrap();
    assert_eq!((either.resources.len(), either.total), (5, Some(5)));
    let persons = ResourceSearch {
        patients: vec![patient(1)],
        ..coded(&["8867-4"])
    };
    assert_eq!(ids(store, &persons).await, ["b", "a", "e"]);
    assert_eq!(store.search(TENANT, &persons).await.unwrap().total, Some(3));
    let sessions = ResourceSearch {
        sessions: vec![session(2)],
        ..coded(&["8867-4"])
    };
    assert_eq!(ids(store, &sessions).await, ["d"]);
    let nobodys = ResourceSearch {
        patients: vec![patient(1)],
        ..sessions
    };
    assert_eq!(ids(store, &nobodys).await, [""; 0]);
    let dated = |from: Option<i64>, until: Option<i64>| ResourceSearch {
        date: DateBound {
            from: from.map(at),
            until: until.map(at),
        },
        ..all.clone()
    };
    assert_eq!(ids(store, &dated(Some(2), None)).await, ["d", "c", "b"]);
    assert_eq!(ids(store, &dated(None, Some(2))).await, ["a"]);
    assert_eq!(ids(store, &dated(Some(2), Some(3))).await, ["c", "b"]);
    assert_eq!(ids(store, &dated(Some(4), None)).await, [""; 0]);
    let by_id = ResourceSearch {
        ids: vec!["c".to_owned(), "a".to_owned(), "none".to_owned()],
        patients: vec![patient(1)],
        total: true,
        ..all.clone()
    };
    assert_eq!(ids(store, &by_id).await, ["c", "a"]);
    assert_eq!(store.search(TENANT, &by_id).await.unwrap().total, Some(2));
    let one = store
        .resource(TENANT, "Encounter", "a")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (one.version, one.json.as_slice()),
        (1, b"{\"id\":\"a\"}".as_slice())
    );
    assert_eq!(
        store
            .resource(OTHER_TENANT, "Encounter", "a")
            .await
            .unwrap(),
        None
    );
}

pub async fn a_search_with_several_conditions_finds_what_fulfils_all_of_them(world: World) {
    let store = &*world.store;
    let tokens = |name: &str, state: &str| {
        let mut row = resource(name, &["8867-4"], Some(1));
        row.codes.push(format!("status\t{state}"));
        row.codes.push(format!("family\t{name}"));
        row
    };
    let mut rows: Vec<_> = (0..600)
        .map(|number| tokens(&format!("n{number:03}"), "final"))
        .collect();
    rows[7] = tokens("n007", "amended");
    rows[599] = tokens("n599", "amended");
    write(
        store,
        rows.into_iter().map(ProjectionWrite::PutResource).collect(),
    )
    .await;
    let with = |clause: TokenClause, count: usize| ResourceSearch {
        kind: "Observation".to_owned(),
        codes: vec!["8867-4".to_owned()],
        also: vec![clause],
        count,
        total: true,
        ..ResourceSearch::default()
    };
    let amended = with(TokenClause::AnyOf(vec!["status\tamended".to_owned()]), 1);
    let first = store.search(TENANT, &amended).await.unwrap();
    assert_eq!(first.resources.len(), 1);
    assert_eq!(first.resources[0].id, "n599");
    assert_eq!(first.total, Some(2));
    let second = ResourceSearch {
        after: first.next,
        ..amended
    };
    let second = store.search(TENANT, &second).await.unwrap();
    assert_eq!(second.resources[0].id, "n007");
    assert_eq!(second.next, None);
    let begins = with(TokenClause::BeginsWith(vec!["family\tn59".to_owned()]), 50);
    assert_eq!(ids(store, &begins).await.len(), 10);
    let between = with(
        TokenClause::Between(vec![
            ("family\tn100".to_owned(), "family\tn103".to_owned()),
            ("family\tn598".to_owned(), "family\tn7".to_owned()),
        ]),
        50,
    );
    assert_eq!(ids(store, &between).await.len(), 5);
    let two = ResourceSearch {
        also: vec![
            TokenClause::AnyOf(vec!["status\tfinal".to_owned()]),
            TokenClause::BeginsWith(vec!["family\tn00".to_owned()]),
        ],
        ..between
    };
    assert_eq!(store.search(TENANT, &two).await.unwrap().total, Some(9));
}

pub async fn a_search_finds_what_lasts_by_its_beginning_and_its_end(world: World) {
    let store = &*world.store;
    let lasting = |id: &str, from: Option<i64>, until: Option<i64>| {
        let mut row = resource(id, &["x"], from);
        row.effective_until = until.map(at);
        row
    };
    let rows = vec![
        lasting("early", Some(1), Some(2)),
        lasting("across", Some(2), Some(5)),
        lasting("instant", Some(4), Some(4)),
        lasting("still", Some(3), None),
        lasting("never", None, None),
    ];
    write(
        store,
        rows.into_iter().map(ProjectionWrite::PutResource).collect(),
    )
    .await;
    let bound = |from: Option<i64>, until: Option<i64>| DateBound {
        from: from.map(at),
        until: until.map(at),
    };
    let none = bound(None, None);
    for (date, ended, not_within, expected) in [
        (
            none,
            none,
            vec![],
            &["instant", "still", "across", "early", "never"][..],
        ),
        // What overlaps with four to five: begun before its end, ended after its beginning.
        (
            bound(None, Some(5)),
            bound(Some(4), None),
            vec![],
            &["instant", "still", "across"],
        ),
        // What lies wholly within: what lasts still lies within nothing.
        (
            bound(Some(3), None),
            bound(None, Some(5)),
            vec![],
            &["instant"],
        ),
        (
            none,
            bound(None, Some(6)),
            vec![],
            &["instant", "across", "early"],
        ),
        (none, bound(Some(5), None), vec![], &["still", "across"]),
        (none, none, vec![(3, 6)], &["still", "across", "early"]),
        (none, none, vec![(0, 3), (4, 5)], &["still", "across"]),
    ] {
        for codes in [vec![], vec!["x".to_owned()]] {
            let search = ResourceSearch {
                kind: "Observation".to_owned(),
                codes,
                date,
                ended,
                not_within: not_within.iter().map(|(a, b)| (at(*a), at(*b))).collect(),
                count: 9,
                total: true,
                ..ResourceSearch::default()
            };
            assert_eq!(ids(store, &search).await, expected, "{search:?}");
            let total = store.search(TENANT, &search).await.unwrap().total;
            assert_eq!(total, Some(expected.len() as u64), "{search:?}");
        }
    }
}

pub async fn a_search_goes_along_the_changes_when_asked(world: World) {
    let store = &*world.store;
    // Charted in one order, changed in another; two at one moment.
    let rows = [
        ("a", 1, 7),
        ("b", 2, 5),
        ("c", 3, 6),
        ("d", 4, 6),
        ("e", 5, 8),
    ];
    let writes = rows.map(|(id, charted, changed)| {
        let mut row = resource(id, &["x"], Some(charted));
        row.updated = at(changed);
        row.patient = Some(patient(if id == "e" { 2 } else { 1 }));
        ProjectionWrite::PutResource(row)
    });
    write(store, writes.into()).await;
    let all = ResourceSearch {
        kind: "Observation".to_owned(),
        sort: SortKey::Updated,
        order: SortOrder::OldestFirst,
        count: 9,
        total: true,
        ..ResourceSearch::default()
    };
    let searches = [
        all.clone(),
        ResourceSearch {
            patients: vec![patient(1), patient(2)],
            ..all.clone()
        },
        ResourceSearch {
            codes: vec!["x".to_owned(), "y".to_owned()],
            ..all.clone()
        },
        ResourceSearch {
            ids: ["a", "b", "c", "d", "e"].map(str::to_owned).to_vec(),
            ..all.clone()
        },
        ResourceSearch {
            also: vec![TokenClause::AnyOf(vec!["x".to_owned()])],
            ..all.clone()
        },
    ];
    for search in searches {
        assert_eq!(ids(store, &search).await, ["b", "c", "d", "a", "e"]);
        let newest = ResourceSearch {
            order: SortOrder::NewestFirst,
            ..search.clone()
        };
        assert_eq!(ids(store, &newest).await, ["e", "a", "d", "c", "b"]);
        let since = ResourceSearch {
            updated: DateBound {
                from: Some(at(6)),
                until: Some(at(8)),
            },
            ..search.clone()
        };
        assert_eq!(ids(store, &since).await, ["c", "d", "a"]);
        assert_eq!(store.search(TENANT, &since).await.unwrap().total, Some(3));
        let other_times = ResourceSearch {
            not_updated_within: vec![(at(6), at(8))],
            ..search.clone()
        };
        assert_eq!(ids(store, &other_times).await, ["b", "e"]);
        for order in [SortOrder::OldestFirst, SortOrder::NewestFirst] {
            let mut page = ResourceSearch {
                order,
                count: 2,
                ..search.clone()
            };
            let mut seen = Vec::new();
            loop {
                let found = store.search(TENANT, &page).await.unwrap();
                assert_eq!(found.total, Some(5));
                seen.extend(found.resources.into_iter().map(|one| one.id));
                page.after = found.next;
                if page.after.is_none() {
                    break;
                }
            }
            assert_eq!(seen.len(), 5, "{page:?}: {seen:?}");
            seen.sort();
            assert_eq!(seen, ["a", "b", "c", "d", "e"], "{page:?}");
        }
    }
    let one = ResourceSearch {
        patients: vec![patient(2)],
        ..all
    };
    assert_eq!(ids(store, &one).await, ["e"]);
}

pub async fn pages_of_a_search_have_no_gap_and_no_repetition(world: World) {
    let store = &*world.store;
    let rows = (0..57).map(|n| {
        let codes: &[&str] = if n % 3 == 0 { &["x", "y"] } else { &["x"] };
        // Five at each moment, so that pages end among equals; the first have no moment.
        let seconds = (n >= 7).then_some(n / 5);
        ProjectionWrite::PutResource(resource(&format!("r{n:03}"), codes, seconds))
    });
    write(store, rows.collect()).await;
    for order in [SortOrder::NewestFirst, SortOrder::OldestFirst] {
        for codes in [
            vec![],
            vec!["x".to_owned()],
            vec!["x".to_owned(), "y".to_owned()],
        ] {
            let mut search = ResourceSearch {
                kind: "Observation".to_owned(),
                patients: vec![patient(1)],
                codes,
                order,
                count: 4,
                ..ResourceSearch::default()
            };
            let mut seen = Vec::new();
            loop {
                let page = store.search(TENANT, &search).await.unwrap();
                seen.extend(page.resources.into_iter().map(|resource| resource.id));
                search.after = page.next;
                if search.after.is_none() {
                    break;
                }
            }
            // Written in order of time and id, without a moment first.
            let mut expected: Vec<String> = (0..57).map(|n| format!("r{n:03}")).collect();
            if order == SortOrder::NewestFirst {
                expected.reverse();
            }
            assert_eq!(seen, expected);
        }
    }
}

pub async fn a_removed_resource_is_not_found(world: World) {
    let store = &*world.store;
    write(
        store,
        vec![ProjectionWrite::PutResource(resource("a", &["x"], Some(1)))],
    )
    .await;
    // Written again with another code: the old one no longer finds it.
    write(
        store,
        vec![ProjectionWrite::PutResource(resource("a", &["y"], Some(2)))],
    )
    .await;
    let search = |code: &str| ResourceSearch {
        kind: "Observation".to_owned(),
        codes: vec![code.to_owned()],
        count: 9,
        ..ResourceSearch::default()
    };
    assert_eq!(ids(store, &search("x")).await, [""; 0]);
    assert_eq!(ids(store, &search("y")).await, ["a"]);
    let gone = ProjectionWrite::RemoveResource {
        kind: "Observation".to_owned(),
        id: "a".to_owned(),
    };
    write(store, vec![gone]).await;
    assert_eq!(ids(store, &search("y")).await, [""; 0]);
    assert_eq!(
        store.resource(TENANT, "Observation", "a").await.unwrap(),
        None
    );
}
