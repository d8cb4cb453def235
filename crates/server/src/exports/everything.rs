//! The clinic's own whole record as files. Everybody stands in it by name.
//!
//! Events are written exactly as they were recorded, in the order of the log, with their seals: whoever
//! has the files can prove them without this program. The record is read in slices, so that a running
//! server goes on working.

use super::Progress;
use super::folder::{Filling, Refused, durable};
use crate::application::Application;
use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use exchange::export::{FileLine, Hashed};
use exchange::fhir::ResourceKind;
use serde_json::json;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use store::{AuditRow, ResourceSearch};

/// How many events, blocks or rows are read at once.
const PAGE: usize = 500;

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WroteEverything {
    /// How many events.
    pub events: u64,
    /// The Merkle root over them, as hexadecimal digits.
    pub root: String,
    /// Every file.
    pub files: Vec<FileLine>,
}

/// A file of one JSON object a line.
struct Lines {
    name: String,
    into: Hashed<BufWriter<File>>,
    rows: u64,
}

impl Lines {
    fn begin(filling: &Filling, name: &str) -> Result<Self, Refused> {
        Ok(Self {
            name: name.to_owned(),
            into: filling.hashed(name)?,
            rows: 0,
        })
    }

    fn push(&mut self, line: &serde_json::Value) -> Result<(), Refused> {
        serde_json::to_writer(&mut self.into, line).context("writing a line")?;
        self.into.write_all(b"\n")?;
        self.rows += 1;
        Ok(())
    }

    fn end(self, files: &mut Vec<FileLine>) -> Result<(), Refused> {
        let (line, file) = self.into.finish(self.name, Some(self.rows))?;
        durable(file)?;
        files.push(line);
        Ok(())
    }
}

/// Writes all of it into a folder that is new or empty.
///
/// Refuses a folder that is not empty.
pub async fn everything(
    application: &Application,
    folder: &Path,
    progress: &Progress,
) -> Result<WroteEverything, Refused> {
    let filling = Filling::begin(folder)?;
    let head = application
        .store
        .head(application.tenant)
        .await
        .context("reading where the log ends")?;
    progress.begins(head.size);
    let mut files = Vec::new();
    write_events(application, &filling, head.size, progress, &mut files).await?;
    write_blocks(application, &filling, &mut files).await?;
    write_documents(application, &filling, &mut files).await?;
    write_resources(application, &filling, &mut files).await?;
    write_access_log(application, &filling, &mut files).await?;
    let root = hex::encode(head.root);
    files.push(filling.text("README.md", &readme(head.size, &root))?);
    let manifest = json!({
        "what": "Evenkeel: the whole record of a clinic. PEOPLE STAND IN IT BY NAME.",
        "program": format!("evenkeel {}", env!("CARGO_PKG_VERSION")),
        "events": head.size,
        "root": root,
        "last_seal": hex::encode(head.last_leaf),
        "files": files,
    });
    filling.text("manifest.json", &format!("{manifest:#}\n"))?;
    filling.keep()?;
    Ok(WroteEverything {
        events: head.size,
        root,
        files,
    })
}

async fn write_events(
    application: &Application,
    filling: &Filling,
    until: u64,
    progress: &Progress,
    files: &mut Vec<FileLine>,
) -> Result<(), Refused> {
    let mut lines = Lines::begin(filling, "events.ndjson")?;
    let mut after = 0;
    while after < until {
        let page = application
            .store
            .stored_events(application.tenant, after, PAGE)
            .await
            .context("reading the log")?;
        let Some(last) = page.last() else { break };
        after = last.position;
        for event in page.iter().filter(|event| event.position <= until) {
            let text = |bytes: &[u8]| {
                String::from_utf8(bytes.to_vec()).context("an event that is no text")
            };
            lines.push(&json!({
                "position": event.position,
                "stream_kind": event.stream.kind.word(),
                "stream": event.stream.id,
                "stream_version": event.stream_version,
                "header": text(&event.header)?,
                "body": text(&event.body)?,
                "seal": hex::encode(event.leaf),
            }))?;
        }
        progress.went_on(page.len() as u64);
        tokio::task::yield_now().await;
    }
    lines.end(files)
}

async fn write_blocks(
    application: &Application,
    filling: &Filling,
    files: &mut Vec<FileLine>,
) -> Result<(), Refused> {
    let mut lines = Lines::begin(filling, "samples.ndjson")?;
    let mut after = None;
    loop {
        let page = application
            .store
            .all_blocks(application.tenant, after, PAGE)
            .await
            .context("reading sealed samples")?;
        let Some(last) = page.last() else { break };
        after = Some((last.device, last.received_from, last.hash));
        for block in &page {
            lines.push(&json!({
                "device": block.device,
                "received_from_microseconds": block.received_from.microseconds(),
                "received_until_microseconds": block.received_until.microseconds(),
                "count": block.count,
                "bytes_base64": STANDARD.encode(&block.bytes),
                "seal": hex::encode(block.hash),
            }))?;
        }
        tokio::task::yield_now().await;
    }
    lines.end(files)
}

async fn write_documents(
    application: &Application,
    filling: &Filling,
    files: &mut Vec<FileLine>,
) -> Result<(), Refused> {
    let mut lines = Lines::begin(filling, "stored-files.ndjson")?;
    let mut after = None;
    loop {
        let digests = application
            .store
            .document_digests(application.tenant, after, PAGE)
            .await
            .context("reading which files are stored")?;
        let Some(last) = digests.last() else { break };
        after = Some(*last);
        for digest in &digests {
            let document = application
                .store
                .document(application.tenant, digest)
                .await
                .context("reading a stored file")?;
            let Some(document) = document else { continue };
            let name = format!("stored-files/{}", hex::encode(digest));
            let mut file = filling.hashed(&name)?;
            file.write_all(&document.bytes)?;
            let (line, file) = file.finish(name, None)?;
            durable(file)?;
            lines.push(&json!({
                "file": line.name,
                "sha256": line.sha256,
                "media_type": document.media_type,
                "bytes": line.bytes,
            }))?;
        }
    }
    lines.end(files)
}

async fn write_resources(
    application: &Application,
    filling: &Filling,
    files: &mut Vec<FileLine>,
) -> Result<(), Refused> {
    for kind in ResourceKind::ALL.map(ResourceKind::name) {
        let mut lines = Lines::begin(filling, &format!("fhir/{kind}.ndjson"))?;
        let mut search = ResourceSearch {
            kind: kind.to_owned(),
            count: PAGE,
            ..ResourceSearch::default()
        };
        loop {
            let page = application
                .store
                .search(application.tenant, &search)
                .await
                .context("reading resources")?;
            for resource in &page.resources {
                let read = serde_json::from_slice(&resource.json).context("reading a resource")?;
                lines.push(&read)?;
            }
            let Some(next) = page.next else { break };
            search.after = Some(next);
            tokio::task::yield_now().await;
        }
        lines.end(files)?;
    }
    Ok(())
}

async fn write_access_log(
    application: &Application,
    filling: &Filling,
    files: &mut Vec<FileLine>,
) -> Result<(), Refused> {
    let mut lines = Lines::begin(filling, "access-log.ndjson")?;
    let mut before = None;
    loop {
        let page: Vec<AuditRow> = application
            .store
            .audit(application.tenant, before, PAGE)
            .await
            .context("reading who did what")?;
        let Some(last) = page.last() else { break };
        before = Some(last.id);
        for row in &page {
            lines.push(&json!({
                "number": row.id,
                "at": row.entry.at.to_string(),
                "actor": row.entry.actor,
                "action": row.entry.action,
                "patient": row.entry.patient,
                "session": row.entry.session,
                "detail": row.entry.detail,
            }))?;
        }
        tokio::task::yield_now().await;
    }
    lines.end(files)
}

fn readme(events: u64, root: &str) -> String {
    format!(
        "# THE WHOLE RECORD OF A CLINIC. PEOPLE STAND IN IT BY NAME.

Keep it as you keep a paper chart: encrypted, and with as few people as can be.

| File | What it is |
| --- | --- |
| `events.ndjson` | Every event in the order of the log, one a line. `header` and `body` are the exact texts that were recorded and sealed; both are JSON themselves. `stream_kind` and `stream` say whose stream it is, `stream_version` its place there. |
| `samples.ndjson` | What monitors measured, a sealed block a line. The seal is the SHA-256 of device, both moments, count and bytes, numbers big-endian. |
| `stored-files.ndjson`, `stored-files/` | Letters and signed texts. Each file’s name is the SHA-256 of its bytes; the list says what it is. |
| `fhir/` | The resources that the program makes of the record, in FHIR R4, a kind a file, one a line. |
| `access-log.ndjson` | Who did what, and who opened whose record, the newest first. |
| `manifest.json` | Every file with its length and its SHA-256. |

## Proving it without this program

There are {events} events. The seal of each is SHA-256 of a zero byte, the SHA-256 of `header` and the
SHA-256 of `body`. `previous` in each header is the seal of the event before it; in the first, zeros.
The RFC 6962 Merkle tree over all seals has the root

    {root}

What is not here: passwords, sign-ins, links of patients, keys, and the secret of research exports.
Private notes of therapists are here as they are stored, sealed: nobody reads them without their
author’s passphrase.
"
    )
}
