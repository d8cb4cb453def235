//! What is tapped before the start, and of the patient's signal, as a command of the core.

use super::acts::{Act, read_word};
use super::form::{Fields, Problem};
use super::respond::Refused;
use crate::application::Application;
use crate::fault::Fault;
use anyhow::Context as _;
use clinical::course::session::{Command, DayLine, Present, SignalAct, StartCheck};
use clinical::record::Role;

/// Reads such an act; none where the form is another's.
pub fn read(fields: &Fields) -> Result<Option<Act>, Problem> {
    let command = match fields.text("act") {
        "day-asked" => check(StartCheck::DayAsked {
            lines: fields
                .all("line")
                .map(|line| read_word::<DayLine>("line", line))
                .collect::<Result<_, _>>()?,
        }),
        "escort" => check(StartCheck::EscortNamed {
            escort: fields.text("escort").to_owned(),
        }),
        "staff" => check(StartCheck::StaffPresent {
            in_room: present(fields, "in_room")?,
            in_house: present(fields, "in_house")?,
        }),
        "sound" => check(StartCheck::SoundHeard {}),
        "signal-test" => signal(SignalAct::AskForTest),
        "signal-seen" => signal(SignalAct::SeeTest {
            number: fields
                .text("number")
                .parse()
                .map_err(|_| Problem::new("number", "The signal was not named. Reload."))?,
        }),
        "signal-end" => signal(SignalAct::End {
            why: fields.text("why").to_owned(),
        }),
        _ => return Ok(None),
    };
    Ok(Some(Act { command, at: None }))
}

const fn check(check: StartCheck) -> Command {
    Command::CheckForStart { check }
}

const fn signal(act: SignalAct) -> Command {
    Command::UseSignal { act }
}

/// People as the form names them: `nurse: Nora Quist`.
fn present(fields: &Fields, name: &str) -> Result<Vec<Present>, Problem> {
    fields
        .all(name)
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(|text| {
            let (role, who) = text
                .split_once(':')
                .ok_or_else(|| Problem::new(name, "Name somebody of the list."))?;
            Ok(Present {
                name: who.trim().to_owned(),
                role: read_word::<Role>(name, role.trim())?,
            })
        })
        .collect()
}

/// Whoever is named as present is on the clinic's staff, in the role that the form says: nobody
/// becomes a nurse by being typed.
// Hazard: H17
pub async fn check_staff(application: &Application, command: &Command) -> Result<(), Refused> {
    let Command::CheckForStart {
        check: StartCheck::StaffPresent { in_room, in_house },
    } = command
    else {
        return Ok(());
    };
    let accounts = staff(application).await?;
    let unknown = in_room
        .iter()
        .chain(in_house)
        .find(|one| !accounts.contains(one));
    match unknown {
        None => Ok(()),
        Some(one) => {
            let says = format!("Not saved: {} is not on the staff in that role.", one.name);
            Err(Problem::new("in_room", says).into())
        }
    }
}

/// Everybody who may be named as present, by name.
pub async fn staff(application: &Application) -> Result<Vec<Present>, Fault> {
    let accounts = application
        .store
        .accounts(application.tenant)
        .await
        .context("reading who is on the staff")?;
    let mut all: Vec<Present> = accounts
        .into_iter()
        .filter(|account| !account.disabled)
        .filter(|account| {
            matches!(
                account.role,
                Role::Nurse | Role::Prescriber | Role::MedicalDirector | Role::Therapist
            )
        })
        .map(|account| Present {
            name: account.display_name,
            role: account.role,
        })
        .collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all.dedup();
    Ok(all)
}
