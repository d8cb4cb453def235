//! The demo's accounts: one for every role, and one program.

use super::credentials::{Credentials, FhirClient, Mllp, Room, User};
use crate::application::Application;
use crate::fault::Fault;
use crate::identity::{Secret, hash_password};
use anyhow::Context;
use clinical::record::{PatientId, Role, StaffId};
use store::{Account, ApiClient};
use uuid::Uuid;

/// The people who work in the demo clinic, and one patient.
const PEOPLE: [(Role, &str, &str); 8] = [
    (Role::Patient, "ana", "Ana Moreno"),
    (Role::FrontDesk, "frank", "Frank Adeyemi"),
    (Role::Nurse, "nora", "Nora Lindqvist"),
    (Role::Prescriber, "petra", "Dr Petra Ivanova"),
    (Role::Therapist, "theo", "Theo Nakamura"),
    (Role::MedicalDirector, "maria", "Dr Maria Okonkwo"),
    (Role::Owner, "olaf", "Olaf Brandt"),
    (Role::Auditor, "aude", "Aude Laurent"),
];

/// Makes the accounts and says how to use them.
pub async fn people_and_programs(
    application: &Application,
    rooms: Vec<(Room, PatientId)>,
) -> Result<Credentials, Fault> {
    let (store, tenant) = (&application.store, application.tenant);
    let moreno = rooms
        .iter()
        .find(|(room, _)| room.room == "2")
        .map(|(_, patient)| *patient);
    let mut users = Vec::new();
    for (role, username, display_name) in PEOPLE {
        let secret = Secret::new();
        let tail: String = secret
            .reveal()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(10)
            .collect();
        let password = format!("{username}-{tail}");
        let account = Account {
            staff: StaffId(Uuid::now_v7()),
            username: username.to_owned(),
            display_name: display_name.to_owned(),
            role,
            password_hash: hash_password(password.clone()).await?,
            patient: moreno.filter(|_| role == Role::Patient),
            disabled: false,
        };
        store
            .put_account(tenant, account)
            .await
            .context("making an account")?;
        users.push(User {
            role: role.word().to_owned(),
            username: username.to_owned(),
            password,
        });
    }
    let secret = Secret::new();
    let client = ApiClient {
        client_id: "demo-fhir-client".to_owned(),
        staff: StaffId(Uuid::now_v7()),
        name: "Demo FHIR client".to_owned(),
        secret_digest: secret.digest(),
        scopes: "system/*.rs".to_owned(),
    };
    let client_id = client.client_id.clone();
    store
        .put_client(tenant, client)
        .await
        .context("making a program's account")?;
    users.push(User {
        role: Role::IntegrationClient.word().to_owned(),
        username: client_id.clone(),
        password: secret.reveal().to_owned(),
    });
    Ok(Credentials {
        base_url: String::new(),
        mllp: Mllp {
            host: String::new(),
            port: 0,
        },
        users,
        fhir_client: FhirClient {
            client_id,
            client_secret: secret.reveal().to_owned(),
            token_url: String::new(),
            fhir_base: String::new(),
        },
        rooms: rooms.into_iter().map(|(room, _)| room).collect(),
        signal: String::new(),
    })
}
