//! A clinic of six rooms with invented people, for looking, learning and testing.

pub mod admission;
mod after;
mod by_dose;
mod clinic;
mod credentials;
mod drugs;
mod experience;
mod integration;
mod months;
mod offline;
mod past;
mod people_over_months;
mod programme;
mod readers;
mod rooms;
mod story;
mod way;
mod written;

pub use credentials::Credentials;

use crate::clock::Clock;
use crate::configuration::Configuration;
use crate::fault::Fault;
use crate::serve::{self, Running};
use anyhow::Context;
use clinical::record::SessionId;
use simulator::clinic::Cast;
use simulator::{Dosing, Feed, run_monitor_with};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use units::{Milligrams, Moment};

/// What the demonstration is started with.
#[derive(Clone, Debug)]
pub struct Demo {
    /// Where its data are kept.
    pub data_dir: PathBuf,
    /// Where the data are, if not in a file in the folder.
    pub store: Option<String>,
    /// Where pages are served.
    pub http: SocketAddr,
    /// Where monitors connect.
    pub mllp: SocketAddr,
    /// Decides over bodies and device keys.
    pub seed: u64,
    /// Simulated monitors send.
    pub simulation: bool,
    /// How many sessions of the past are put into the record besides.
    pub past_sessions: u32,
    /// The clinic's time zone.
    pub zone: jiff::tz::TimeZone,
    /// The clock that it goes by.
    pub clock: Clock,
}

/// Says that a folder holds nothing but demonstrations.
const MARK: &str = "this-folder-holds-a-demo-clinic";

/// Opens the demonstration; a folder that holds one is opened as it was left.
pub async fn open(demo: &Demo) -> Result<(Running, Credentials), Fault> {
    std::fs::create_dir_all(&demo.data_dir).context("making the data folder")?;
    let known = Credentials::read(&demo.data_dir);
    if known.is_none() {
        begin_anew(&demo.data_dir)?;
    }
    let store = demo
        .store
        .clone()
        .unwrap_or_else(|| format!("sqlite:{}", demo.data_dir.join("evenkeel.db").display()));
    let configuration = Configuration {
        demo: true,
        phone: "01 234 567".to_owned(),
        zone: demo.zone.clone(),
        clock: demo.clock.clone(),
        connections: 2_048,
        connections_per_address: 2_048,
        exports: demo.data_dir.join("prepared-exports"),
        ..Configuration::new(store, demo.http, demo.mllp)
    };
    let opened = serve::open(configuration).await?;
    let cast = Cast::from_seed(demo.seed);
    // The story is told before anything runs, so that the record's times never run backwards.
    let told = match known {
        Some(known) => known,
        None => {
            let rooms = story::tell(&opened.application, &cast).await?;
            let in_rooms: Vec<_> = rooms.iter().map(|(_, person)| *person).collect();
            let seen: Vec<_> = rooms.iter().map(|(room, _)| room.clone()).collect();
            offline::tell(&opened.application, &seen).await?;
            way::tell(&opened.application, &cast).await?;
            by_dose::admit_both(&opened.application).await?;
            drugs::tell(&opened.application).await?;
            rooms::tell(&opened.application).await?;
            past::tell(&opened.application, demo.past_sessions).await?;
            let people = clinic::people_and_programs(&opened.application, rooms).await?;
            let after = after::tell(&opened.application).await?;
            integration::tell(&opened.application, &after).await?;
            programme::tell(&opened.application).await?;
            months::tell(&opened.application, demo.seed).await?;
            readers::tell(&opened.application, &in_rooms).await?;
            people
        }
    };
    let running = opened.run().await?;
    let credentials = told.at(&running);
    credentials.write(&demo.data_dir)?;
    if demo.simulation {
        start_monitors(&running, &cast, &credentials);
    }
    Ok((running, credentials))
}

/// Empties a folder that an unfinished demonstration left; never a folder of anything else.
fn begin_anew(folder: &Path) -> Result<(), Fault> {
    let mark = folder.join(MARK);
    let database = folder.join("evenkeel.db");
    if database.exists() && !mark.exists() {
        return Err(Fault(anyhow::anyhow!(
            "{} holds data that no demo made; give the demo a folder of its own with --data-dir",
            folder.display()
        )));
    }
    for name in ["evenkeel.db", "evenkeel.db-wal", "evenkeel.db-shm"] {
        match std::fs::remove_file(folder.join(name)) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    std::fs::write(mark, "Everything here is invented and may be deleted.\n")
        .context("marking the data folder")?;
    Ok(())
}

/// One simulated monitor for each room, and one that serves nobody.
fn start_monitors(running: &Running, cast: &Cast, credentials: &Credentials) {
    let to = running.mllp.to_string();
    let zone = running
        .application
        .zone
        .iana_name()
        .unwrap_or("UTC")
        .to_owned();
    for room in &cast.rooms {
        let options = cast.monitor_options(room, &to, &zone);
        let session = credentials
            .rooms
            .iter()
            .find(|known| known.room == room.name)
            .and_then(|known| known.session_id.parse::<SessionId>().ok());
        let dosing = session.map_or(Dosing::Planned, |session| delivered(running, session));
        run(running, options, dosing);
    }
    run(
        running,
        cast.spare_monitor.options(&to, &zone),
        Dosing::Planned,
    );
}

fn run(running: &Running, options: simulator::MonitorOptions, dosing: Dosing) {
    let stop = running.application.shutdown.clone();
    tokio::spawn(async move {
        let feed = Feed {
            dosing,
            stop,
            signs: None,
        };
        if let Err(error) = run_monitor_with(options, feed).await {
            tracing::warn!(%error, "a simulated monitor ended");
        }
    });
}

/// The simulated body gets what the record says was given: every pause, rate and bolus.
fn delivered(running: &Running, session: SessionId) -> Dosing {
    let application = Arc::clone(&running.application);
    let mut cell = None;
    Dosing::Delivered(Box::new(move |at: Moment| {
        if cell.is_none() {
            cell = application.sessions.held(session);
        }
        cell.as_ref()
            .and_then(|cell| cell.state().infusion())
            .map_or(Milligrams::ZERO, |infusion| infusion.delivered(at).amount)
    }))
}
