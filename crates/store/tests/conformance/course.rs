use super::world::*;
use store::{
    CourseRow, CourseSearch, DateBound, Document, PatientLink, PatientLogin, ProjectionWrite, Store,
};
use units::Moment;
use uuid::Uuid;

fn row(part: &str, number: u128, state: &str, due: Option<Moment>) -> CourseRow {
    CourseRow {
        part: part.to_owned(),
        id: Uuid::from_u128(number),
        patient: Some(patient(1)),
        state: state.to_owned(),
        due,
        version: 1,
        summary: "{}".to_owned(),
    }
}

async fn write(store: &dyn Store, rows: Vec<CourseRow>) {
    let writes = rows.into_iter().map(ProjectionWrite::PutCourse).collect();
    store.write_projections(TENANT, writes).await.unwrap();
}

async fn numbers(store: &dyn Store, search: CourseSearch) -> Vec<u128> {
    let rows = store.course_rows(TENANT, &search).await.unwrap();
    rows.into_iter().map(|row| row.id.as_u128()).collect()
}

fn visits() -> CourseSearch {
    CourseSearch {
        part: "visit".to_owned(),
        count: 100,
        ..CourseSearch::default()
    }
}

pub async fn what_is_due_first_comes_first_and_what_is_due_never_last(world: World) {
    let store = &*world.store;
    write(
        store,
        vec![
            row("visit", 1, "booked", None),
            row("visit", 2, "booked", Some(at(20))),
            row("visit", 3, "cancelled", Some(at(10))),
            row("visit", 4, "booked", Some(at(20))),
            row("message", 5, "waiting", Some(at(1))),
        ],
    )
    .await;
    assert_eq!(numbers(store, visits()).await, [3, 2, 4, 1]);
    let booked = CourseSearch {
        state: Some("booked".to_owned()),
        ..visits()
    };
    assert_eq!(numbers(store, booked.clone()).await, [2, 4, 1]);
    // From, inclusive; until, exclusive.
    let between = |from, until| CourseSearch {
        due: DateBound { from, until },
        ..visits()
    };
    let (ten, twenty) = (Some(at(10)), Some(at(20)));
    assert_eq!(numbers(store, between(ten, twenty)).await, [3]);
    assert_eq!(numbers(store, between(twenty, None)).await, [2, 4, 1]);
    // Pages have no gap and no repetition, also between two that are due together.
    let mut page = CourseSearch { count: 1, ..booked };
    let mut seen = Vec::new();
    loop {
        let rows = store.course_rows(TENANT, &page).await.unwrap();
        let Some(last) = rows.last() else { break };
        seen.push(last.id.as_u128());
        page.after = Some((last.due, last.id));
    }
    assert_eq!(seen, [2, 4, 1]);
}

pub async fn a_row_of_the_way_is_replaced_whole_and_can_be_taken_away(world: World) {
    let store = &*world.store;
    let empty = store.projection_digest(TENANT).await.unwrap();
    write(store, vec![row("visit", 1, "booked", Some(at(5)))]).await;
    let first = store.projection_digest(TENANT).await.unwrap();
    assert_ne!(first, empty);
    let moved = CourseRow {
        patient: None,
        version: 2,
        ..row("visit", 1, "booked", None)
    };
    write(store, vec![moved.clone()]).await;
    let id = Uuid::from_u128(1);
    let read = |store| Store::course_row(store, TENANT, "visit", id);
    assert_eq!(read(store).await.unwrap(), Some(moved.clone()));
    let asked = [Uuid::from_u128(9), id, id];
    let named = store.course_rows_named(TENANT, "visit", &asked).await;
    assert_eq!(named.unwrap(), [None, Some(moved.clone()), Some(moved)]);
    assert_ne!(store.projection_digest(TENANT).await.unwrap(), first);
    assert_eq!(
        store.course_row(OTHER_TENANT, "visit", id).await.unwrap(),
        None
    );
    let gone = ProjectionWrite::RemoveCourse {
        part: "visit".to_owned(),
        id,
    };
    store.write_projections(TENANT, vec![gone]).await.unwrap();
    assert_eq!(read(store).await.unwrap(), None);
    assert_eq!(store.projection_digest(TENANT).await.unwrap(), empty);
}

pub async fn everything_on_one_persons_way_is_theirs(world: World) {
    let store = &*world.store;
    let of_another = CourseRow {
        patient: Some(patient(2)),
        ..row("visit", 3, "booked", Some(at(1)))
    };
    let of_nobody = CourseRow {
        patient: None,
        ..row("visit", 4, "booked", Some(at(1)))
    };
    let visit = row("visit", 1, "booked", Some(at(9)));
    let consent = row("consent", 2, "signed", None);
    let all = vec![visit.clone(), consent.clone(), of_another, of_nobody];
    write(store, all).await;
    assert_eq!(
        store.course_rows_of(TENANT, patient(1)).await.unwrap(),
        [consent, visit.clone()]
    );
    assert_eq!(store.course_count(TENANT, "visit").await.unwrap(), 3);
    assert_eq!(store.course_count(TENANT, "letter").await.unwrap(), 0);
    let mut ids = Vec::new();
    let mut after = Uuid::nil();
    loop {
        let page = store.course_rows_by_id(TENANT, "visit", after, 2).await;
        let page = page.unwrap();
        let Some(last) = page.last() else { break };
        after = last.id;
        ids.extend(page.iter().map(|row| row.id));
    }
    assert_eq!(ids.len(), 3);
    assert_eq!(ids[0], visit.id);
    assert!(ids.is_sorted());
}

pub async fn a_document_is_kept_under_the_digest_of_its_bytes(world: World) {
    let store = &*world.store;
    // Witness: the digest of "abc" in FIPS 180-2, appendix B.1.
    let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let letter = Document::new("application/pdf", b"abc".to_vec());
    assert_eq!(hex::encode(letter.digest), expected);
    for _ in 0..2 {
        store.put_document(TENANT, letter.clone()).await.unwrap();
    }
    let digest = letter.digest;
    assert_eq!(store.document(TENANT, &digest).await.unwrap(), Some(letter));
    assert_eq!(store.document(OTHER_TENANT, &digest).await.unwrap(), None);
    // Whoever goes through all of them misses none, and sees nobody else's.
    let another = Document::new("text/plain", b"another".to_vec());
    let mut all = vec![digest, another.digest];
    all.sort_unstable();
    store.put_document(TENANT, another).await.unwrap();
    let mut found = Vec::new();
    while let Some(next) = store
        .document_digests(TENANT, found.last().copied(), 1)
        .await
        .unwrap()
        .first()
    {
        found.push(*next);
    }
    assert_eq!(found, all);
    let none = store
        .document_digests(OTHER_TENANT, None, 10)
        .await
        .unwrap();
    assert!(none.is_empty());
}

pub async fn a_link_lets_one_in_once(world: World) {
    // Hazard: H45
    let store = &*world.store;
    let link = PatientLink {
        digest: [7; 32],
        patient: patient(1),
        leads_to: "/my".to_owned(),
        created_at: at(0),
        expires_at: at(100),
        used_at: None,
    };
    store.add_patient_link(TENANT, link.clone()).await.unwrap();
    let read = |digest| async move { store.patient_link(TENANT, &digest).await.unwrap() };
    assert_eq!(read([7; 32]).await, Some(link.clone()));
    assert_eq!(read([8; 32]).await, None);
    let tries = (0..8).map(|n| store.use_patient_link(TENANT, &link.digest, at(n)));
    let mut let_in = 0;
    for one in futures_util::future::join_all(tries).await {
        let_in += u32::from(one.unwrap());
    }
    assert_eq!(let_in, 1);
    assert!(read([7; 32]).await.unwrap().used_at.is_some());
    let elsewhere = store.use_patient_link(OTHER_TENANT, &link.digest, at(9));
    assert!(!elsewhere.await.unwrap());
}

pub async fn a_patients_way_in_ends_when_it_is_ended_or_over(world: World) {
    let store = &*world.store;
    let login = |byte: u8, number, until| PatientLogin {
        digest: [byte; 32],
        patient: patient(number),
        way: "link".to_owned(),
        language: "es".to_owned(),
        created_at: at(0),
        last_seen_at: at(0),
        expires_at: at(until),
    };
    let link = |byte: u8, number, until| PatientLink {
        digest: [byte; 32],
        patient: patient(number),
        leads_to: "/my".to_owned(),
        created_at: at(0),
        expires_at: at(until),
        used_at: None,
    };
    for (byte, number, until) in [(1, 1, 100), (2, 1, 10), (3, 2, 100), (4, 2, 100)] {
        let login = login(byte, number, until);
        store.add_patient_login(TENANT, login).await.unwrap();
        let link = link(byte, number, until);
        store.add_patient_link(TENANT, link).await.unwrap();
    }
    let again = PatientLogin {
        last_seen_at: at(5),
        language: "en".to_owned(),
        ..login(1, 1, 100)
    };
    store
        .add_patient_login(TENANT, again.clone())
        .await
        .unwrap();
    let known = |byte: u8| async move {
        let digest = [byte; 32];
        let login = store.patient_login(TENANT, &digest).await.unwrap();
        let link = store.patient_link(TENANT, &digest).await.unwrap();
        (login, link.is_some())
    };
    assert_eq!(known(1).await, (Some(again), true));
    assert_eq!(store.forget_expired(TENANT, at(50)).await.unwrap(), 2);
    assert_eq!(known(2).await, (None, false));
    store.end_patient_login(TENANT, &[3; 32]).await.unwrap();
    assert_eq!(known(3).await, (None, true));
    store.end_patient_access(TENANT, patient(2)).await.unwrap();
    assert_eq!(known(3).await, (None, false));
    assert_eq!(known(4).await, (None, false));
    assert!(known(1).await.0.is_some());
}
