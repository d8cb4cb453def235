//! The server, from opening the store to the last answered request.

use crate::application::Application;
use crate::configuration::Configuration;
use crate::devices::{Devices, listen, replay};
use crate::fault::Fault;
use crate::{jobs, web};
use anyhow::Context;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;

/// A server that answers.
pub struct Running {
    /// The application.
    pub application: Arc<Application>,
    /// Where pages and FHIR are served.
    pub http: SocketAddr,
    /// Where monitors connect.
    pub mllp: SocketAddr,
    served: tokio::task::JoinHandle<std::io::Result<()>>,
}

/// A server that holds its address and has read its store, and does nothing yet.
pub struct Opened {
    /// The application.
    pub application: Arc<Application>,
    listener: TcpListener,
}

/// Starts a server: when this returns, it is ready.
pub async fn start(configuration: Configuration) -> Result<Running, Fault> {
    open(configuration).await?.run().await
}

/// Takes the address and reads the store.
pub async fn open(configuration: Configuration) -> Result<Opened, Fault> {
    let listener = TcpListener::bind(configuration.http)
        .await
        .with_context(|| format!("listening on {}", configuration.http))?;
    let http = listener.local_addr().context("reading the address")?;
    let application = Application::open(Configuration {
        http,
        ..configuration
    })
    .await?;
    Devices::read_all(&application).await?;
    Ok(Opened {
        application,
        listener,
    })
}

impl Opened {
    /// Takes up what was open, reads again what was stored last, and begins to answer.
    pub async fn run(self) -> Result<Running, Fault> {
        let Self {
            application,
            listener,
        } = self;
        jobs::resume(&application).await?;
        let frames = replay(&application).await?;
        if frames > 0 {
            tracing::info!(frames, "stored frames were read again");
        }
        let http = application.configuration.http;
        let mllp = listen(Arc::clone(&application)).await?.address;
        jobs::start(&application);
        let router = web::router(Arc::clone(&application));
        let stop = application.shutdown.clone();
        let served = tokio::spawn(async move {
            axum::serve(
                listener,
                router.into_make_service_with_connect_info::<SocketAddr>(),
            )
            .with_graceful_shutdown(stop.cancelled_owned())
            .await
        });
        Ok(Running {
            application,
            http,
            mllp,
            served,
        })
    }
}

impl Running {
    /// Serves until the operating system asks to stop.
    pub async fn until_stopped(self) -> Result<(), Fault> {
        stop_signal().await;
        tracing::info!("stopping");
        self.stop().await
    }

    /// Stops: streams end, requests under way are answered.
    pub async fn stop(self) -> Result<(), Fault> {
        self.application.shutdown.cancel();
        self.served
            .await
            .context("the server's task")?
            .context("serving")?;
        Ok(())
    }
}

async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                tokio::select! {
                    _ = interrupt => {}
                    _ = terminate.recv() => {}
                }
            }
            Err(_) => {
                interrupt.await.ok();
            }
        }
    }
    #[cfg(not(unix))]
    interrupt.await.ok();
}
