//! Pages, as a browser asks for them: how long, and how many bytes.

use crate::clinic::{Clinic, Running, between};
use crate::figures::{Figures, Goal};
use crate::rooms::Room;
use crate::stranger::http::get;
use anyhow::{Result, ensure};
use std::time::{Duration, Instant};

/// How often each page is asked for.
const TIMES: usize = 400;

/// Pages of a clinic with a past.
pub fn measure(figures: &mut Figures, past: u32) -> Result<()> {
    let clinic = Clinic::with_past(past)?;
    let (running, _) = clinic.serve()?;
    let cookie = running.cookie("nurse")?;
    let people: Vec<String> = between(&running.page(&cookie, "/patients")?, "/patients/", "\"")
        .into_iter()
        .filter(|id| id.len() == 36)
        .collect();
    ensure!(!people.is_empty(), "the list of patients is empty");
    let charts: Vec<String> = people.iter().map(|id| format!("/patients/{id}")).collect();
    let mut sessions = Vec::new();
    for chart in charts.iter().take(10) {
        let page = running.page(&cookie, chart)?;
        let found = between(&page, "/sessions/", "\"")
            .into_iter()
            .filter(|id| id.len() == 36);
        sessions.extend(found.map(|id| format!("/sessions/{id}")));
    }
    let open: Vec<String> = clinic
        .credentials
        .rooms
        .iter()
        .filter_map(|room| Some(format!("/sessions/{}", room.session_id.as_ref()?)))
        .collect();
    let list = ["/patients".to_owned()];
    let found = [
        "/patients?q=haddad".to_owned(),
        "/patients?q=no. 12".replace(' ', "+"),
    ];
    for (name, paths) in [
        ("board", &["/board".to_owned()][..]),
        ("patient list", &list),
        ("patient list, searched", &found),
        ("patient chart", &charts),
        ("session room, open", &open),
        ("session room, past", &sessions),
    ] {
        if paths.is_empty() {
            println!("  no {name} to measure");
            continue;
        }
        let mut taken = ask(&running, &cookie, paths)?;
        let name = format!("page with {past} past sessions: {name}");
        figures.add_times(&name, &mut taken, Goal::AtMost(25.0));
    }
    Ok(())
}

/// A session room with a chart of two hours: time, bytes on first load.
pub fn room(
    figures: &mut Figures,
    running: &Running<'_>,
    cookie: &str,
    rooms: &[Room],
) -> Result<()> {
    let path = format!("/sessions/{}", rooms[0].session);
    let mut taken = ask(running, cookie, std::slice::from_ref(&path))?;
    figures.add_times(
        "session room, two hours charted",
        &mut taken,
        Goal::AtMost(25.0),
    );
    let page = running.page(cookie, &path)?;
    let assets = between(&page, "=\"/assets/", "\"")
        .into_iter()
        .filter(|name| name.ends_with(".css") || name.ends_with(".js"))
        .map(|name| format!("/assets/{name}"));
    let mut together = 0;
    for path in [path].into_iter().chain(assets) {
        let headers = [
            ("cookie", cookie),
            ("accept", "text/html"),
            ("accept-encoding", "gzip"),
        ];
        let answer = running.connect()?.send(&get(&path, &headers))?;
        ensure!(answer.status == 200, "{path}: {}", answer.status);
        println!("    {path}: {} bytes", answer.body.len());
        together += answer.body.len();
    }
    #[expect(clippy::cast_precision_loss, reason = "a count of bytes")]
    let kilobytes = together as f64 / 1_000.0;
    let name = "session room, first load (page, styles, scripts; gzip)";
    figures.add(name, kilobytes, "kB", Goal::AtMost(100.0));
    Ok(())
}

fn ask(running: &Running<'_>, cookie: &str, paths: &[String]) -> Result<Vec<Duration>> {
    let mut connection = running.connect()?;
    let headers = [
        ("cookie", cookie),
        ("accept", "text/html"),
        ("accept-encoding", "gzip"),
    ];
    let mut taken = Vec::with_capacity(TIMES);
    for path in paths.iter().cycle().take(TIMES) {
        let request = get(path, &headers);
        let began = Instant::now();
        let answer = connection.send(&request)?;
        taken.push(began.elapsed());
        ensure!(answer.status == 200, "{path}: {}", answer.status);
    }
    Ok(taken)
}
