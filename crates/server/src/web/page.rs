//! What every page handler needs: who asks, on which device, and what stands around the page.

use super::pages::around::{Around, Here, Theme, Viewer as Shown};
use super::pages::my_frame::{Frame, Insider};
use crate::application::Application;
use crate::identity::{Own, Viewer, Way, cookie};
use axum::http::{HeaderMap, Uri, header};
use axum::response::Html;
use clinical::clinic::Clinic;
use clinical::leaflet::Language;
use clinical::record::CommandId;
use std::sync::Arc;
use units::Moment;
use uuid::Uuid;

/// A request for a page, taken apart once.
pub struct Asked<'a> {
    application: &'a Application,
    viewer: Option<&'a Viewer>,
    theme: Theme,
    path: &'a str,
    secure: bool,
    now: Moment,
    clinic: Arc<Clinic>,
    fresh_id: CommandId,
}

/// The theme's cookie: kept for each device, not for each person.
pub const THEME: &str = "theme";

impl<'a> Asked<'a> {
    /// Takes the request apart.
    pub fn new(
        application: &'a Application,
        viewer: Option<&'a Viewer>,
        headers: &HeaderMap,
        uri: &'a Uri,
    ) -> Self {
        Self {
            application,
            viewer,
            theme: cookie(headers, THEME)
                .and_then(|word| Theme::from_word(&word))
                .unwrap_or_default(),
            path: uri.path(),
            secure: is_secure(application, headers),
            now: application.clock.now(),
            clinic: application.clinic(),
            fresh_id: CommandId(Uuid::new_v4()),
        }
    }

    /// When the page is made.
    pub const fn now(&self) -> Moment {
        self.now
    }

    /// The device's theme.
    pub const fn theme(&self) -> Theme {
        self.theme
    }

    /// What stands around a patient's own page.
    pub fn own_frame<'b>(&'b self, own: &'b Own) -> Frame<'b> {
        Frame {
            around: self.around(Here::Elsewhere, false),
            language: own.language,
            own: Some(Insider {
                name: &own.name,
                csrf: &own.csrf,
                on_the_tablet: own.way == Way::Tablet,
            }),
            phone: &self.application.configuration.phone,
        }
    }

    /// What stands around a patient's page before they are let in.
    pub fn door_frame(&self, language: Language) -> Frame<'_> {
        Frame {
            around: self.around(Here::Elsewhere, false),
            language,
            own: None,
            phone: &self.application.configuration.phone,
        }
    }

    /// What stands around the page.
    pub fn around(&self, here: Here, simulated: bool) -> Around<'_> {
        Around {
            now: self.now,
            zone: &self.application.zone,
            theme: self.theme,
            viewer: self.viewer.map(|viewer| Shown {
                name: &viewer.name,
                role: viewer.role,
            }),
            csrf: self.viewer.map_or("", |viewer| &viewer.csrf),
            fresh_id: self.fresh_id,
            clinic: if self.application.configuration.demo {
                "Evenkeel demo clinic"
            } else {
                "Evenkeel"
            },
            secure: self.secure,
            demo: self.application.configuration.demo,
            simulated,
            path: self.path,
            assets: super::assets::version(),
            here,
            drill: self.clinic.drill(self.now),
        }
    }
}

/// True where a browser lets a page be installed, work without a network and keep the screen
/// awake: by HTTPS, or from the machine itself. Source: W3C Secure Contexts, 3.1.
fn is_secure(application: &Application, headers: &HeaderMap) -> bool {
    if application.base_url.starts_with("https://") {
        return true;
    }
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let host = host.unwrap_or_default();
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name == "localhost"
        || name.ends_with(".localhost")
        || name
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// A page on its way out.
pub fn html(text: String) -> Html<String> {
    Html(text)
}
