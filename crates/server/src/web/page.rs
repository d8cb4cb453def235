//! What every page handler needs: who asks, on which device, and what stands around the page.

use super::pages::around::{Around, Here, Theme, Viewer as Shown};
use super::pages::my_frame::{Frame, Insider};
use crate::application::Application;
use crate::identity::{Own, Viewer, Way, cookie};
use axum::http::{HeaderMap, Uri};
use axum::response::Html;
use clinical::leaflet::Language;
use clinical::record::CommandId;
use units::Moment;
use uuid::Uuid;

/// A request for a page, taken apart once.
pub struct Asked<'a> {
    application: &'a Application,
    viewer: Option<&'a Viewer>,
    theme: Theme,
    path: &'a str,
    now: Moment,
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
            now: application.clock.now(),
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
            demo: self.application.configuration.demo,
            simulated,
            path: self.path,
            assets: super::assets::version(),
            here,
        }
    }
}

/// A page on its way out.
pub fn html(text: String) -> Html<String> {
    Html(text)
}
