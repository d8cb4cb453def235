//! Frames read again: at the start, after an association, or by a newer reader.

use super::ingest::{Arrived, take_in};
use crate::application::Application;
use crate::fault::Fault;
use anyhow::Context;
use store::{FrameId, FrameState};
use units::{Moment, Span};

/// How far back from the newest frame frames are read at the start: longer than a minute and its
/// sealing, so that nothing falls between what was sealed and what is read again.
const BACK: Span = Span::from_seconds(150);

/// How many frames are read at once.
const PAGE: usize = 512;

/// Reads again, at the start, what was stored and perhaps not charted before the server ended.
///
/// Charting is by derived command ids, so that what was charted already is not charted again.
/// Says how many frames it read.
pub async fn replay(application: &Application) -> Result<usize, Fault> {
    // Counted from the newest frame and not from now: the server may have been off for long.
    let Some(newest) = newest_frame(application).await? else {
        return Ok(0);
    };
    let until = newest + Span::from_seconds(1);
    read_again(application, None, newest - BACK, until).await
}

/// When the newest stored frame came.
async fn newest_frame(application: &Application) -> Result<Option<Moment>, Fault> {
    let mut newest = None;
    for state in FrameState::ALL {
        let last = application
            .store
            .frames_in(application.tenant, state, None, 1)
            .await
            .context("reading the newest frame")?;
        newest = newest.max(last.first().map(|frame| frame.received_at));
    }
    Ok(newest)
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
