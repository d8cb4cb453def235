//! The server, from opening the store to the last answered request.

use crate::application::Application;
use crate::configuration::Configuration;
use crate::devices::{Devices, listen, replay};
use crate::fault::Fault;
use crate::https::{Arrivals, InTheClear, LOOKED_AT_EVERY, Peer};
use crate::{jobs, web};
use anyhow::Context;
use axum::extract::{ConnectInfo, Request};
use axum::middleware::Next;
use axum::response::Response;
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
        let served = match &application.certificates {
            None => tokio::spawn(async move {
                axum::serve(
                    listener,
                    router.into_make_service_with_connect_info::<SocketAddr>(),
                )
                .with_graceful_shutdown(stop.cancelled_owned())
                .await
            }),
            Some(certificates) => {
                let clear = InTheClear {
                    base_url: application.base_url.clone(),
                    root: certificates.root().map(|root| root.der.clone()),
                };
                let config = certificates.server_config()?;
                let arrivals = Arrivals::of(listener, config, clear, stop.clone())
                    .context("listening for HTTPS")?;
                tokio::spawn(keep_certificate(Arc::clone(&application)));
                let router = router.layer(axum::middleware::from_fn(peer_as_address));
                tokio::spawn(async move {
                    axum::serve(
                        arrivals,
                        router.into_make_service_with_connect_info::<Peer>(),
                    )
                    .with_graceful_shutdown(stop.cancelled_owned())
                    .await
                })
            }
        };
        Ok(Running {
            application,
            http,
            mllp,
            served,
        })
    }
}

/// Handlers ask for the address alone, however the connection came about.
async fn peer_as_address(mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<Peer>>();
    if let Some(ConnectInfo(Peer(address))) = peer.cloned() {
        request.extensions_mut().insert(ConnectInfo(address));
    }
    next.run(request).await
}

/// Renews the certificate in time; one that cannot be renewed stays, and is said in the log.
async fn keep_certificate(application: Arc<Application>) {
    let Some(certificates) = application.certificates.clone() else {
        return;
    };
    let mut often = tokio::time::interval(LOOKED_AT_EVERY);
    loop {
        tokio::select! {
            _ = often.tick() => {}
            () = application.shutdown.cancelled() => return,
        }
        match certificates.keep_fresh(application.clock.now()) {
            Ok(true) => tracing::info!("the server’s certificate was renewed"),
            Ok(false) => {}
            Err(fault) => {
                let cause = format!("{:#}", fault.0);
                tracing::error!(cause, "the server’s certificate was not renewed");
            }
        }
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
