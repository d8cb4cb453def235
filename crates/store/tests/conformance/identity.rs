use super::world::*;
use clinical::record::{Role, StaffId};
use store::{Account, ApiClient, ApiToken, LoginSession, Throttle};
use uuid::Uuid;

fn staff(number: u128) -> StaffId {
    StaffId(Uuid::from_u128(0x57aff + number))
}

fn account(number: u128, username: &str) -> Account {
    Account {
        staff: staff(number),
        username: username.to_owned(),
        display_name: "Ingrid Åberg".to_owned(),
        role: Role::Nurse,
        password_hash: "$argon2id$…".to_owned(),
        patient: None,
        disabled: false,
    }
}

pub async fn an_account_is_found_whatever_the_case(world: World) {
    let store = &*world.store;
    let mut nurse = account(1, "Nurse");
    store.put_account(TENANT, nurse.clone()).await.unwrap();
    let found = store.account_by_username(TENANT, "nURSE").await.unwrap();
    assert_eq!(found, Some(nurse.clone()));
    assert_eq!(
        store
            .account_by_username(OTHER_TENANT, "Nurse")
            .await
            .unwrap(),
        None
    );
    nurse.disabled = true;
    nurse.patient = Some(patient(1));
    store.put_account(TENANT, nurse.clone()).await.unwrap();
    assert_eq!(store.account(TENANT, staff(1)).await.unwrap(), Some(nurse));
    store
        .put_account(TENANT, account(2, "auditor"))
        .await
        .unwrap();
    let names: Vec<String> = store
        .accounts(TENANT)
        .await
        .unwrap()
        .into_iter()
        .map(|one| one.username)
        .collect();
    assert_eq!(names, ["auditor", "Nurse"]);
}

pub async fn a_username_belongs_to_one_account(world: World) {
    let store = &*world.store;
    store
        .put_account(TENANT, account(1, "nurse"))
        .await
        .unwrap();
    assert!(
        store
            .put_account(TENANT, account(2, "NURSE"))
            .await
            .is_err()
    );
    assert_eq!(store.accounts(TENANT).await.unwrap().len(), 1);
    // The refused one has not stopped anything.
    store
        .put_account(TENANT, account(2, "nurse2"))
        .await
        .unwrap();
}

pub async fn a_sign_in_begins_and_ends(world: World) {
    let store = &*world.store;
    let nurse = account(1, "nurse");
    store.put_account(TENANT, nurse.clone()).await.unwrap();
    let mut login = LoginSession {
        digest: [1; 32],
        staff: staff(1),
        created_at: at(0),
        last_seen_at: at(0),
        expires_at: at(100),
    };
    store.add_login(TENANT, login.clone()).await.unwrap();
    store.touch_login(TENANT, &[1; 32], at(50)).await.unwrap();
    login.last_seen_at = at(50);
    let found = store.login(TENANT, &[1; 32]).await.unwrap();
    assert_eq!(found, Some((login.clone(), nurse)));
    assert_eq!(store.login(TENANT, &[2; 32]).await.unwrap(), None);
    store.end_login(TENANT, &[1; 32]).await.unwrap();
    assert_eq!(store.login(TENANT, &[1; 32]).await.unwrap(), None);
    for digest in [[3; 32], [4; 32]] {
        store
            .add_login(
                TENANT,
                LoginSession {
                    digest,
                    ..login.clone()
                },
            )
            .await
            .unwrap();
    }
    assert_eq!(store.forget_expired(TENANT, at(100)).await.unwrap(), 0);
    store.end_logins_of(TENANT, staff(1)).await.unwrap();
    assert_eq!(store.login(TENANT, &[3; 32]).await.unwrap(), None);
    store.add_login(TENANT, login).await.unwrap();
    assert_eq!(store.forget_expired(TENANT, at(101)).await.unwrap(), 1);
}

pub async fn programs_tokens_throttles_and_settings_are_kept(world: World) {
    let store = &*world.store;
    let client = ApiClient {
        client_id: "outside".to_owned(),
        staff: staff(1),
        name: "An outside tool".to_owned(),
        secret_digest: [7; 32],
        scopes: "system/*.rs".to_owned(),
    };
    store.put_client(TENANT, client.clone()).await.unwrap();
    assert_eq!(store.client(TENANT, "outside").await.unwrap(), Some(client));
    let token = ApiToken {
        digest: [9; 32],
        client_id: "outside".to_owned(),
        scopes: "system/*.rs".to_owned(),
        expires_at: at(60),
    };
    store.add_token(TENANT, token.clone()).await.unwrap();
    assert_eq!(store.token(TENANT, &[9; 32]).await.unwrap(), Some(token));
    assert_eq!(store.token(OTHER_TENANT, &[9; 32]).await.unwrap(), None);
    assert_eq!(store.throttle(TENANT, "name:x").await.unwrap(), None);
    store
        .set_throttle(TENANT, "name:x", 6, Some(at(4)))
        .await
        .unwrap();
    let throttle = Throttle {
        failures: 6,
        locked_until: Some(at(4)),
    };
    assert_eq!(
        store.throttle(TENANT, "name:x").await.unwrap(),
        Some(throttle)
    );
    store.clear_throttle(TENANT, "name:x").await.unwrap();
    assert_eq!(store.throttle(TENANT, "name:x").await.unwrap(), None);
    store
        .put_setting(TENANT, "base-url", "http://a")
        .await
        .unwrap();
    store
        .put_setting(TENANT, "base-url", "http://b")
        .await
        .unwrap();
    assert_eq!(
        store.setting(TENANT, "base-url").await.unwrap().as_deref(),
        Some("http://b")
    );
}
