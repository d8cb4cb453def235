//! Frames read again: at the start, after an association, or by a newer reader.

use super::ingest::{Arrived, take_in};
use crate::application::Application;
use crate::fault::Fault;
use anyhow::Context;
use store::FrameId;
use units::{Moment, Span};

/// How far back frames are read at the start, where no block was sealed later. Longer than a
/// minute and its sealing, so that nothing falls between.
const BACK: Span = Span::from_minutes(10);

/// How many frames are read at once.
const PAGE: usize = 512;

/// Reads again, at the start, what was stored and perhaps not charted before the server ended.
///
/// Charting is by derived command ids, so that what was charted already is not charted again.
/// Says how many frames it read.
pub async fn replay(application: &Application) -> Result<usize, Fault> {
    let now = application.clock.now();
    read_again(application, None, now - BACK, now + Span::from_minutes(1)).await
}

/// Reads a device's stored frames of a stretch of time again: after a registration or a claim,
/// or with a newer reader. Says how many frames it read.
pub async fn reprocess(
    application: &Application,
    device_key: &str,
    from: Moment,
    until: Moment,
) -> Result<usize, Fault> {
    // What was seen before must count as new for the session that it now belongs to.
    {
        let located = application.devices.at(device_key);
        let mut held = located.lock();
        held.repeats = exchange::hl7v2::repeat::Repeats::new();
        held.repeats_simulated = exchange::hl7v2::repeat::Repeats::new();
    }
    read_again(application, Some(device_key), from, until).await
}

/// Reads one frame again.
pub async fn reprocess_one(application: &Application, frame: &store::Frame) {
    let arrived = Arrived {
        frame: frame.id,
        received_at: frame.received_at,
        remote: frame.remote.clone(),
    };
    take_in(application, &arrived, &frame.bytes)
        .follow(application)
        .await;
}

async fn read_again(
    application: &Application,
    device_key: Option<&str>,
    from: Moment,
    until: Moment,
) -> Result<usize, Fault> {
    let (mut after, mut count) = (FrameId(0), 0);
    loop {
        let frames = application
            .store
            .frames(application.tenant, device_key, from, until, after, PAGE)
            .await
            .context("reading stored frames")?;
        let Some(last) = frames.last() else {
            return Ok(count);
        };
        after = last.id;
        for frame in &frames {
            reprocess_one(application, frame).await;
        }
        count += frames.len();
    }
}
