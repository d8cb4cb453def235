//! `evenkeel rescreen`: what other rules would change for everybody with an answer of screening.

use super::StoreOptions;
use super::screen::{UNREADABLE, rules_of_folder};
use crate::application::Application;
use crate::configuration::Configuration;
use crate::fault::Fault;
use crate::rescreen::{Before, Found, Progress, Run, ask_everybody};
use anyhow::Context as _;
use clinical::policy::OwnValues;
use std::io::{IsTerminal as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

/// The exit code when somebody's answer changes.
const SOMEBODY_IS_AFFECTED: u8 = 3;

/// How many characters the bar has.
const BAR: usize = 40;

#[derive(clap::Args)]
pub(super) struct RescreenOptions {
    #[command(flatten)]
    store: StoreOptions,
    /// A folder with eligibility, interactions and tests policies to ask instead of the rules in
    /// force; the clinic's own values are asked with them where they permit them.
    #[arg(long)]
    policy: Option<PathBuf>,
}

/// Lists on standard output whom it affects, as tab-separated lines; nothing is saved. 0: nobody,
/// 3: somebody, 2: a policy was not understood.
///
/// With a folder, its rules are compared with those in force. Without one, the rules in force are
/// compared with the answers that stand in the record: a new day, an expired letter or a newer
/// release changes some of them.
pub(super) async fn rescreen(options: RescreenOptions) -> Result<ExitCode, Fault> {
    let nowhere = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
    let configuration = Configuration::new(options.store.address()?, nowhere, nowhere);
    let application = Application::open(configuration).await?;
    let in_force = application.screening();
    let (before, after) = match &options.policy {
        None => (Before::Record, in_force),
        Some(folder) => {
            let own: OwnValues = in_force
                .policies()
                .iter()
                .map(|policy| (policy.id().to_owned(), policy.own().clone()))
                .collect();
            match rules_of_folder(folder, &own) {
                Ok(rules) => (Before::Rules(in_force), Arc::new(rules)),
                Err(lines) => {
                    for line in lines {
                        eprintln!("{line}");
                    }
                    return Ok(ExitCode::from(UNREADABLE));
                }
            }
        }
    };
    let run = Arc::<Run>::default();
    let found = tokio::select! {
        found = ask_everybody(&application, before, after, &run) => found?,
        () = show(&run) => Found::default(),
    };
    if std::io::stderr().is_terminal() {
        eprintln!();
    }
    tell(&found).context("writing who is affected")?;
    eprintln!(
        "{} people were asked about; the answer of {} changes. Nothing was saved.",
        found.asked,
        found.affected.len()
    );
    Ok(if found.affected.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(SOMEBODY_IS_AFFECTED)
    })
}

fn tell(found: &Found) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for one in &found.affected {
        let why: Vec<String> = one.change.reasons.iter().map(ToString::to_string).collect();
        writeln!(
            out,
            "{}\t{}\t{}\t{}\t{}",
            one.record_number,
            one.name,
            one.change.from.word(),
            one.change.to.word(),
            why.join("; ")
        )?;
    }
    Ok(())
}

/// Draws a bar on a terminal, ten times a second; never ends.
async fn show(run: &Run) {
    let terminal = std::io::stderr().is_terminal();
    loop {
        tokio::time::sleep(Duration::from_millis(100)).await;
        if let (true, Progress::Running { done, total }) = (terminal, run.progress()) {
            let drawn = (done * BAR).checked_div(total).unwrap_or(0);
            eprint!(
                "\r[{}{}] {done} of {total}",
                "#".repeat(drawn),
                " ".repeat(BAR - drawn)
            );
        }
    }
}
