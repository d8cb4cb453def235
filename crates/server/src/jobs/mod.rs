//! What happens by itself, as time passes.

use crate::application::Application;
use crate::devices::seal_minutes;
use crate::exports;
use crate::fault::Fault;
use crate::web::drill;
use crate::{
    consent_withdrawn, devices, follow_up, messages, patients, preparation, rescreen, safe, signal,
};
use anyhow::Context;
use clinical::course::session::Stage;
use clinical::device::EndReason;
use clinical::record::SessionId;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};
use units::{Moment, Span};

/// A device serves a session this long after it has closed. Source: device reference 10.
const RELEASE_AFTER: Span = Span::from_minutes(15);

/// How often old frames are looked for.
const PURGE_EVERY: Duration = Duration::from_secs(3_600);

/// How often the outbox is looked through.
const SEND_EVERY: Duration = Duration::from_secs(5);

/// How often the book is compared with the sessions.
const BOOK_EVERY: Duration = Duration::from_secs(60);

/// Starts every job; each ends when the application stops.
pub fn start(application: &Arc<Application>) {
    if let Err(error) = exports::forget_old(application) {
        let cause = format!("{:#}", error.0);
        tracing::error!(cause, "exports of an earlier run lie about");
    }
    tokio::spawn(each_second(Arc::clone(application)));
    tokio::spawn(purge(Arc::clone(application)));
    tokio::spawn(send_messages(Arc::clone(application)));
    tokio::spawn(send_calls(Arc::clone(application)));
    rescreen::begin(application);
    tokio::spawn(keep_book(Arc::clone(application)));
    tokio::spawn(follow_the_book(Arc::clone(application)));
    tokio::spawn(tell_rooms(Arc::clone(application)));
    tokio::spawn(match_ledger(Arc::clone(application)));
    tokio::spawn(keep_following_up(Arc::clone(application)));
    tokio::spawn(follow_outcomes(Arc::clone(application)));
}

/// How often is looked whether somebody is to be written to, or told of a warning sign.
const FOLLOW_UP_EVERY: Duration = Duration::from_secs(5);

/// A task of its own: nothing that hangs elsewhere holds up a warning sign.
// Hazard: H62
async fn keep_following_up(application: Arc<Application>) {
    let mut often = interval(FOLLOW_UP_EVERY);
    often.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            _ = often.tick() => {}
            () = application.shutdown.cancelled() => return,
        }
        if let Err(error) = follow_up::keep(&application).await {
            tracing::error!(cause = format!("{:#}", error.0), "following up failed");
        }
    }
}

/// How often the outcomes of everybody are brought up to date, so that nobody waits for a day of the
/// log when a page is opened.
const OUTCOMES_EVERY: Duration = Duration::from_secs(60);

async fn follow_outcomes(application: Arc<Application>) {
    let mut often = interval(OUTCOMES_EVERY);
    often.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            _ = often.tick() => {}
            () = application.shutdown.cancelled() => return,
        }
        if let Err(error) = application.outcomes.follow(&application).await {
            let cause = format!("{:#}", error.0);
            tracing::error!(cause, "reading what is kept for outcomes failed");
        }
    }
}

/// How often is looked whether the night's match of the ledger is due.
const MATCH_EVERY: Duration = Duration::from_secs(300);

async fn match_ledger(application: Arc<Application>) {
    let mut often = interval(MATCH_EVERY);
    often.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            _ = often.tick() => {}
            () = application.shutdown.cancelled() => return,
        }
        match safe::match_if_due(&application).await {
            Ok(true) => tracing::info!("the ledger of controlled drugs was matched"),
            Ok(false) => {}
            Err(error) => {
                let cause = format!("{:#}", error.0);
                tracing::error!(cause, "matching the ledger of controlled drugs failed");
            }
        }
    }
}

/// A consent that was taken back while a room could not be told is told within this time.
const TELL_EVERY: Duration = Duration::from_secs(20);

async fn tell_rooms(application: Arc<Application>) {
    let mut often = interval(TELL_EVERY);
    often.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            _ = often.tick() => {}
            () = application.shutdown.cancelled() => return,
        }
        if let Err(error) = consent_withdrawn::tell_rooms(&application).await {
            tracing::error!(cause = format!("{:#}", error.0), "telling rooms failed");
        }
    }
}

/// A visit that was booked or moved is known to its preparation within this time.
const FOLLOW_EVERY: Duration = Duration::from_secs(20);

async fn follow_the_book(application: Arc<Application>) {
    let mut often = interval(FOLLOW_EVERY);
    often.set_missed_tick_behavior(MissedTickBehavior::Skip);
    // The first time was at the start.
    often.tick().await;
    loop {
        tokio::select! {
            _ = often.tick() => {}
            () = application.shutdown.cancelled() => return,
        }
        if let Err(error) = preparation::follow_the_book(&application).await {
            tracing::error!(
                cause = format!("{:#}", error.0),
                "following the book failed"
            );
        }
    }
}

/// A task of its own: a mail server that does not answer holds up nothing else.
async fn send_messages(application: Arc<Application>) {
    let mut often = interval(SEND_EVERY);
    often.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            _ = often.tick() => {}
            () = application.shutdown.cancelled() => return,
        }
        if let Err(error) = preparation::follow_the_book(&application).await {
            tracing::error!(
                cause = format!("{:#}", error.0),
                "following the book failed"
            );
        }
        if let Err(error) = messages::send_letters(&application).await {
            tracing::error!(cause = format!("{:#}", error.0), "sending messages failed");
        }
    }
}

/// A task of its own: messages to patients, however many and however slowly they leave, hold up
/// no call to somebody on duty.
// Hazard: H62
async fn send_calls(application: Arc<Application>) {
    let mut often = interval(SEND_EVERY);
    often.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            _ = often.tick() => {}
            () = application.shutdown.cancelled() => return,
        }
        if let Err(error) = messages::send_calls(&application).await {
            tracing::error!(
                cause = format!("{:#}", error.0),
                "calling people on duty failed"
            );
        }
    }
}

async fn each_second(application: Arc<Application>) {
    let mut second = interval(Duration::from_secs(1));
    second.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            _ = second.tick() => {}
            () = application.shutdown.cancelled() => return,
        }
        once(&application).await;
    }
}

async fn keep_book(application: Arc<Application>) {
    let mut tick = interval(BOOK_EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            _ = tick.tick() => {}
            () = application.shutdown.cancelled() => return,
        }
        if let Err(error) = crate::book::put_right(&application).await {
            let cause = format!("{:#}", error.0);
            tracing::error!(cause, "putting the book right failed");
        }
    }
}

/// What happens each second, once: minutes that are over are sealed, limits are watched.
pub async fn once(application: &Application) {
    let _alone = application.watching.lock().await;
    let now = application.clock.now();
    seal_minutes(application, now).await;
    if let Err(error) = keep_watch(application, now).await {
        tracing::error!(cause = format!("{:#}", error.0), "keeping watch failed");
    }
}

/// Lets the clinic limits judge every open session.
async fn keep_watch(application: &Application, now: Moment) -> Result<(), Fault> {
    for id in open_sessions(application).await? {
        let Some(session) = application.sessions.session(id).await? else {
            continue;
        };
        let rules = application.rules_of(&session)?;
        let limits = application.limits_of(&session);
        let watched = application.live.watch(id);
        let on = application.limits_are_on();
        let changes = watched.keep_watch(&limits, on, &session, &rules, now);
        devices::advisory_changes(application, id, changes).await;
        devices::escalate(application, id, &rules, now).await;
        signal::keep(application, &session, now).await?;
    }
    drill::give_way(application, now).await?;
    release_closed(application, now).await
}

/// The sessions that are planned or under way.
pub async fn open_sessions(application: &Application) -> Result<Vec<SessionId>, Fault> {
    let rows = application
        .store
        .open_sessions(application.tenant)
        .await
        .context("open sessions")?;
    Ok(rows.into_iter().map(|row| row.session).collect())
}

/// Ends the service of devices whose session closed a while ago.
async fn release_closed(application: &Application, now: Moment) -> Result<(), Fault> {
    for located in application.devices.all() {
        let (id, session) = {
            let held = located.lock();
            (held.id, held.device.session_now())
        };
        let (Some(id), Some(session)) = (id, session) else {
            continue;
        };
        let Some(known) = application.sessions.session(session).await? else {
            continue;
        };
        let closed = matches!(
            known.stage,
            Stage::Discharged | Stage::Cancelled | Stage::Signed
        );
        if closed
            && known
                .stage_since
                .is_some_and(|since| now - since > RELEASE_AFTER)
        {
            devices::release(application, id, EndReason::SessionClosed).await;
            application.expected.remove(session);
            application.live.forget(session);
        }
    }
    Ok(())
}

async fn purge(application: Arc<Application>) {
    let mut hourly = interval(PURGE_EVERY);
    hourly.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            _ = hourly.tick() => {}
            () = application.shutdown.cancelled() => return,
        }
        let before = application.clock.now() - application.configuration.frames_kept_for;
        match application
            .store
            .purge_frames(application.tenant, before)
            .await
        {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "raw frames past their time were removed"),
            Err(error) => tracing::error!(%error, "raw frames past their time were not removed"),
        }
    }
}

/// Makes the live side ready for the sessions that the record says are open.
pub async fn resume(application: &Application) -> Result<(), Fault> {
    preparation::follow_the_book(application).await?;
    for id in open_sessions(application).await? {
        let Some(session) = application.sessions.session(id).await? else {
            continue;
        };
        patients::expect(application, &session).await?;
    }
    for located in application.devices.all() {
        let (id, device) = {
            let held = located.lock();
            (held.id, held.device.clone())
        };
        if let (Some(id), Some(session)) = (id, device.session_now()) {
            devices::serve(application, session, id, &device);
        }
    }
    Ok(())
}
