//! The people of a clinic in which nothing has happened: one account for each role, one program.

use clinical::record::{Role, StaffId};
use serde_json::json;
use server::application::Application;
use server::demo::Credentials;
use server::identity::{Secret, hash_password};
use store::{Account, ApiClient};
use uuid::Uuid;

const PEOPLE: [(Role, &str, &str); 8] = [
    (Role::Patient, "patient", "Ana Moreno"),
    (Role::FrontDesk, "desk", "Frank Adeyemi"),
    (Role::Nurse, "nurse", "Nora Lindqvist"),
    (Role::Prescriber, "prescriber", "Dr Petra Ivanova"),
    (Role::Therapist, "therapist", "Theo Nakamura"),
    (Role::MedicalDirector, "director", "Dr Maria Okonkwo"),
    (Role::Owner, "owner", "Olaf Brandt"),
    (Role::Auditor, "auditor", "Aude Laurent"),
];

/// Makes the accounts, and says how to use them.
pub async fn appoint(application: &Application) -> Credentials {
    let (store, tenant) = (&application.store, application.tenant);
    let password = Secret::new().reveal().to_owned();
    // One hash for all of them: making it is slow on purpose.
    let password_hash = hash_password(password.clone()).await.unwrap();
    let mut users = Vec::new();
    for (role, username, display_name) in PEOPLE {
        let account = Account {
            staff: StaffId(Uuid::now_v7()),
            username: username.to_owned(),
            display_name: display_name.to_owned(),
            role,
            password_hash: password_hash.clone(),
            patient: None,
            disabled: false,
        };
        store.put_account(tenant, account).await.unwrap();
        users.push(json!({ "role": role.word(), "username": username, "password": password }));
    }
    let secret = Secret::new();
    let client = ApiClient {
        client_id: "program".to_owned(),
        staff: StaffId(Uuid::now_v7()),
        name: "A program".to_owned(),
        secret_digest: secret.digest(),
        scopes: "system/*.rs".to_owned(),
    };
    store.put_client(tenant, client).await.unwrap();
    let credentials = json!({
        "base_url": application.base_url,
        "mllp": { "host": "", "port": 0 },
        "users": users,
        "fhir_client": {
            "client_id": "program",
            "client_secret": secret.reveal(),
            "token_url": "",
            "fhir_base": "",
        },
        "rooms": [],
    });
    serde_json::from_value(credentials).unwrap()
}
