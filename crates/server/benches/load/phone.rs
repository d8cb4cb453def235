//! Patients' own pages, as a phone asks for them: how long, and how many bytes.
//!
//! `BENCH_PATIENTS` (2000) people with a registration, a whole history and an answer of screening
//! stand beside those of the demo, who are at every stage of the way to treatment.

use crate::clinic::{Clinic, Running, between};
use crate::figures::{Figures, Goal};
use crate::rescreen;
use crate::stranger::http::{Connection, get};
use anyhow::{Context as _, Result, ensure};
use clinical::leaflet::Language;
use clinical::record::PatientId;
use server::application::Application;
use server::configuration::Configuration;
use server::fault::Fault;
use server::identity::{Way, let_in};
use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

/// How often each kind of page is asked for.
const TIMES: usize = 600;

/// How many of the made people ask besides those of the demo.
const OF_THE_MADE: usize = 40;

/// How long a page may take on the server, in milliseconds. Source: the project's promise.
const PROMISED_MILLISECONDS: f64 = 15.0;

/// How much a first load may transfer, in kilobytes. Source: the project's promise.
const PROMISED_KILOBYTES: f64 = 60.0;

/// A page of somebody: their cookie, its path.
type Page = (String, String);

/// Makes the people, lets some of them in, and asks for their pages.
pub fn measure(figures: &mut Figures, people: u32) -> Result<()> {
    let clinic = Clinic::with_past(0)?;
    let cookies = tokio::runtime::Runtime::new()
        .context("starting a runtime")?
        .block_on(inhabit(&clinic, people))?;
    let (running, _) = clinic.serve()?;
    let of_each = |path: &str| -> Vec<Page> {
        cookies
            .iter()
            .map(|cookie| (cookie.clone(), path.to_owned()))
            .collect()
    };
    let mut questions = Vec::new();
    let (mut consents, mut preparations) = (Vec::new(), Vec::new());
    for cookie in &cookies {
        questions.extend(linked(&running, cookie, "/my/history", "/my/history/")?);
        consents.extend(linked(&running, cookie, "/my/consent", "/my/consent/")?);
        let first = linked(&running, cookie, "/my", "/my/preparation")?;
        preparations.extend(first);
    }
    questions.retain(|(_, path)| !path.ends_with("/check") && !path.ends_with("/help"));
    consents.retain(|(_, path)| !path.ends_with("/copy"));
    let leaflets: Vec<Page> = between(&running.page("", "/learn")?, "href=\"/learn/", "\"")
        .into_iter()
        .map(|rest| (String::new(), format!("/learn/{rest}")))
        .collect();
    for (name, pages) in [
        ("first page", of_each("/my")),
        ("history", of_each("/my/history")),
        ("a question", questions),
        ("check your answers", of_each("/my/history/check")),
        ("consents", of_each("/my/consent")),
        ("a consent's text", consents),
        ("preparation", preparations),
        ("visits", of_each("/my/visits")),
        ("a leaflet", leaflets),
    ] {
        let Some(first) = pages.first() else {
            println!("  no {name} to measure");
            continue;
        };
        let name = format!("patient's page with {people} people: {name}");
        let mut taken = ask(&running, &pages)?;
        figures.add_times(&name, &mut taken, Goal::AtMost(PROMISED_MILLISECONDS));
        let kilobytes = first_load(&running, first)?;
        let name = format!("{name}, first load (page, styles, scripts; gzip)");
        figures.add(&name, kilobytes, "kB", Goal::AtMost(PROMISED_KILOBYTES));
    }
    Ok(())
}

/// Makes the people in the clinic's own store, and gives the cookies of those who are let in:
/// everybody of the demo, and some of the made.
async fn inhabit(clinic: &Clinic, people: u32) -> Result<Vec<String>> {
    let nowhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let store = format!("sqlite:{}", clinic.database().display());
    let application = Application::open(Configuration::new(store, nowhere, nowhere))
        .await
        .map_err(told)?;
    let listed = application.store.patients(application.tenant, "", 1_000);
    let demo = listed.await.context("listing the people of the demo")?;
    let began = Instant::now();
    rescreen::tell(&application, people).await?;
    println!(
        "  made {people} people in {:.0} s",
        began.elapsed().as_secs_f64()
    );
    let made = (0..people).step_by((people as usize / OF_THE_MADE).max(1));
    let everybody: BTreeSet<PatientId> = demo
        .into_iter()
        .map(|row| row.patient)
        .chain(made.map(rescreen::patient))
        .collect();
    let mut cookies = Vec::new();
    for patient in everybody {
        let secret = let_in(&application, patient, Way::Link, Language::English)
            .await
            .map_err(told)?;
        cookies.push(format!("evenkeel-own={}", secret.reveal()));
    }
    Ok(cookies)
}

fn told(fault: Fault) -> anyhow::Error {
    fault.0
}

/// The pages that begin so and to which a page of somebody links.
fn linked(running: &Running<'_>, cookie: &str, on: &str, begins: &str) -> Result<Vec<Page>> {
    let page = running.page(cookie, on)?;
    let hrefs = between(&page, "href=\"", "\"").into_iter();
    Ok(hrefs
        .filter(|path| path.starts_with(begins) && !path.contains('#'))
        .map(|path| (cookie.to_owned(), path))
        .collect())
}

fn ask(running: &Running<'_>, pages: &[Page]) -> Result<Vec<Duration>> {
    let mut connection = running.connect()?;
    let mut taken = Vec::with_capacity(TIMES);
    for (cookie, path) in pages.iter().cycle().take(TIMES) {
        let began = Instant::now();
        transfer(&mut connection, cookie, path)?;
        taken.push(began.elapsed());
    }
    Ok(taken)
}

/// What a phone that knows nothing yet is sent for a page, in kilobytes.
fn first_load(running: &Running<'_>, (cookie, path): &Page) -> Result<f64> {
    let page = running.page(cookie, path)?;
    let assets = between(&page, "=\"/assets/", "\"")
        .into_iter()
        .filter(|name| {
            // Behind the name stands its version.
            let name = name.split('?').next().unwrap_or(name);
            name.ends_with(".css") || name.ends_with(".js")
        })
        .map(|name| format!("/assets/{name}"));
    let mut connection = running.connect()?;
    let mut together = transfer(&mut connection, cookie, path)?;
    for asset in assets {
        together += transfer(&mut connection, cookie, &asset)?;
    }
    #[expect(clippy::cast_precision_loss, reason = "a count of bytes")]
    let kilobytes = together as f64 / 1_000.0;
    Ok(kilobytes)
}

/// Asks for something and gives the bytes of what came, as it was compressed on the way.
fn transfer(connection: &mut Connection, cookie: &str, path: &str) -> Result<usize> {
    let headers = [
        ("cookie", cookie),
        ("accept", "text/html"),
        ("accept-encoding", "gzip"),
    ];
    let answer = connection.send(&get(path, &headers))?;
    ensure!(answer.status == 200, "{path}: {}", answer.status);
    Ok(answer.body.len())
}
