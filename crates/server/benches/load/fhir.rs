//! FHIR: read, search and metadata, on four connections.

use crate::clinic::{Clinic, Running};
use crate::figures::{Figures, Goal};
use crate::number;
use crate::stranger::http::{encoded, get};
use anyhow::{Context as _, Result, anyhow, ensure};
use serde_json::Value;
use std::time::{Duration, Instant};

/// Past sessions that give about a thousand Observations: each gives 42.
pub const A_THOUSAND: u32 = 24;
/// … about a hundred thousand.
pub const A_HUNDRED_THOUSAND: u32 = 2_400;

const CONNECTIONS: usize = 4;

/// Measures on a clinic with this many past sessions.
pub fn measure(figures: &mut Figures, past: u32) -> Result<()> {
    let clinic = Clinic::with_past(past)?;
    let (running, _) = clinic.serve()?;
    let token = format!("Bearer {}", running.token()?);
    let ask = |path: &str| json(&running, &token, path);
    let stored = ask("/fhir/Observation?_summary=count")?["total"].as_u64();
    let stored = stored.context("a count of Observations")?;
    let people: Vec<String> = entries(&ask("/fhir/Patient?_count=200")?);
    ensure!(!people.is_empty(), "no patients");
    let mut reads = Vec::new();
    let mut searches = Vec::new();
    let code = encoded("http://loinc.org|8867-4");
    for person in &people {
        let search = format!(
            "/fhir/Observation?patient={person}&code={code}&date=ge2020-01-01&_sort=-date&_count=20"
        );
        let found = entries(&ask(&search)?);
        if !found.is_empty() {
            reads.extend(found.iter().map(|id| format!("/fhir/Observation/{id}")));
            searches.push(search);
        }
    }
    ensure!(!searches.is_empty(), "no person has a heart rate");
    let metadata = ["/fhir/metadata".to_owned()];
    let part = format!("FHIR with {stored} Observations");
    for (name, paths, rate, late) in [
        ("read", &reads[..], Goal::AtLeast(10_000.0), Goal::Told),
        (
            "search",
            &searches[..],
            Goal::AtLeast(3_000.0),
            Goal::AtMost(15.0),
        ),
        ("metadata", &metadata[..], Goal::Told, Goal::Told),
    ] {
        let (mut taken, per_second) = hammer(&running, &token, paths)?;
        figures.add(&format!("{part}: {name}"), per_second, "/s", rate);
        figures.add_times(&format!("{part}: {name}"), &mut taken, late);
    }
    Ok(())
}

fn json(running: &Running<'_>, token: &str, path: &str) -> Result<Value> {
    let answer = running
        .connect()?
        .send(&get(path, &[("authorization", token)]))?;
    ensure!(
        answer.status == 200,
        "{path}: {} {}",
        answer.status,
        answer.text()
    );
    Ok(serde_json::from_slice(&answer.body)?)
}

fn entries(bundle: &Value) -> Vec<String> {
    let entries = bundle["entry"].as_array().into_iter().flatten();
    entries
        .filter_map(|entry| Some(entry["resource"]["id"].as_str()?.to_owned()))
        .collect()
}

/// Asks on each connection as fast as answers come.
fn hammer(running: &Running<'_>, token: &str, paths: &[String]) -> Result<(Vec<Duration>, f64)> {
    let length = Duration::from_secs(u64::from(number("BENCH_SECONDS", 60).clamp(1, 10)));
    let requests: Vec<Vec<u8>> = paths
        .iter()
        .map(|path| get(path, &[("authorization", token)]))
        .collect();
    let began = Instant::now();
    let all = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..CONNECTIONS)
            .map(|place| {
                let requests = &requests;
                scope.spawn(move || {
                    let mut connection = running.connect()?;
                    let mut taken = Vec::new();
                    let skip = place * requests.len() / CONNECTIONS;
                    for request in requests.iter().cycle().skip(skip) {
                        let sent = Instant::now();
                        let answer = connection.send(request)?;
                        taken.push(sent.elapsed());
                        ensure!(answer.status == 200, "{}", answer.status);
                        if began.elapsed() > length {
                            break;
                        }
                    }
                    Ok::<_, anyhow::Error>(taken)
                })
            })
            .collect();
        let mut all = Vec::new();
        for thread in threads {
            all.extend(
                thread
                    .join()
                    .map_err(|_| anyhow!("a connection fell over"))??,
            );
        }
        Ok::<_, anyhow::Error>(all)
    })?;
    #[expect(clippy::cast_precision_loss, reason = "a count")]
    let per_second = all.len() as f64 / began.elapsed().as_secs_f64();
    Ok((all, per_second))
}
