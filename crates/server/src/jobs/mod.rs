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

/// Each job is a task of its own: nothing that hangs in one holds up another.
struct Job {
    /// How often.
    every: Duration,
    /// The start itself has done it: the first time is later.
    done_at_start: bool,
    /// What is said when it fails; it is tried again the next time.
    failed: &'static str,
}

impl Job {
    const fn every(seconds: u64, failed: &'static str) -> Self {
        Self {
            every: Duration::from_secs(seconds),
            done_at_start: false,
            failed,
        }
    }

    /// Does it again and again, until the application stops.
    fn start<W, D>(self, application: &Arc<Application>, work: W)
    where
        W: Fn(Arc<Application>) -> D + Send + 'static,
        D: Future<Output = Result<(), Fault>> + Send,
    {
        let application = Arc::clone(application);
        tokio::spawn(async move {
            let mut often = interval(self.every);
            often.set_missed_tick_behavior(MissedTickBehavior::Skip);
            if self.done_at_start {
                often.tick().await;
            }
            loop {
                tokio::select! {
                    _ = often.tick() => {}
                    () = application.shutdown.cancelled() => return,
                }
                if let Err(error) = work(Arc::clone(&application)).await {
                    let cause = format!("{:#}", error.0);
                    tracing::error!(cause, "{}", self.failed);
                }
            }
        });
    }
}

/// Starts every job; each ends when the application stops.
pub fn start(application: &Arc<Application>) {
    if let Err(error) = exports::forget_old(application) {
        let cause = format!("{:#}", error.0);
        tracing::error!(cause, "exports of an earlier run lie about");
    }
    rescreen::begin(application);
    Job::every(1, "keeping watch failed").start(application, |application| async move {
        once(&application).await;
        Ok(())
    });
    // Hazard: H62
    Job::every(5, "following up failed").start(application, |application| async move {
        follow_up::keep(&application).await
    });
    // Messages to patients, however many and however slowly they leave, hold up no call to somebody
    // on duty. Hazard: H62
    Job::every(5, "calling people on duty failed").start(application, |application| async move {
        messages::send_calls(&application).await.map(|_| ())
    });
    Job::every(5, "sending messages failed").start(application, |application| async move {
        send_letters(&application).await
    });
    // A consent that was taken back while a room could not be told.
    Job::every(20, "telling rooms failed").start(application, |application| async move {
        consent_withdrawn::tell_rooms(&application).await
    });
    // A visit that was booked or moved is known to its preparation.
    let follow_the_book = Job {
        done_at_start: true,
        ..Job::every(20, "following the book failed")
    };
    follow_the_book.start(application, |application| async move {
        preparation::follow_the_book(&application).await
    });
    // The book is compared with the sessions.
    Job::every(60, "putting the book right failed").start(application, |application| async move {
        crate::book::put_right(&application).await
    });
    // Nobody waits for a day of the log when the page of outcomes is opened.
    Job::every(60, "reading what is kept for outcomes failed")
        .start(application, |application| async move {
            application.outcomes.follow(&application).await
        });
    Job::every(300, "matching the ledger of controlled drugs failed")
        .start(application, |application| async move {
            match_ledger(&application).await
        });
    Job::every(3_600, "raw frames past their time were not removed")
        .start(application, |application| async move {
            purge(&application).await
        });
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

/// Removes raw frames whose time is over.
async fn purge(application: &Application) -> Result<(), Fault> {
    let before = application.clock.now() - application.configuration.frames_kept_for;
    let removed = application
        .store
        .purge_frames(application.tenant, before)
        .await
        .context("removing raw frames")?;
    if removed > 0 {
        tracing::info!(removed, "raw frames past their time were removed");
    }
    Ok(())
}

/// Matches the ledger of controlled drugs, where the night's match is due.
async fn match_ledger(application: &Application) -> Result<(), Fault> {
    if safe::match_if_due(application).await? {
        tracing::info!("the ledger of controlled drugs was matched");
    }
    Ok(())
}

/// Messages to patients; a visit that was booked just now has its own first.
async fn send_letters(application: &Application) -> Result<(), Fault> {
    let followed = preparation::follow_the_book(application).await;
    messages::send_letters(application).await?;
    followed
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
