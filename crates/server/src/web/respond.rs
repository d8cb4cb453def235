//! The three kinds of not-working, on their way to a person: Refusal, Problem, Fault.

use super::form::Problem;
use super::pages::answer::Kind;
use crate::fault::{Fault, NOT_SAVED};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use clinical::course::session::Refusal;
use clinical::policy::Verdict;
use serde_json::json;

/// Why something wanted was not done.
#[derive(Debug)]
pub enum Refused {
    /// The rules said no.
    Refusal(Box<Refusal>),
    /// The rules of another part of the course said no, in one plain sentence.
    Ruled(String),
    /// The input was not understood.
    Problem(Problem),
    /// The machine failed; nothing was saved.
    Fault(Fault),
    /// There is no such thing, or not for this person.
    NotFound,
    /// This person may not do this.
    Forbidden(&'static str),
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self::Refusal(Box::new(refusal))
    }
}

impl From<clinical::course::clearance::Refusal> for Refused {
    fn from(refusal: clinical::course::clearance::Refusal) -> Self {
        Self::Ruled(refusal.says())
    }
}

impl From<clinical::course::screening::Refusal> for Refused {
    fn from(refusal: clinical::course::screening::Refusal) -> Self {
        Self::Ruled(refusal.says())
    }
}

impl Refused {
    /// One plain sentence.
    pub fn says(&self) -> String {
        match self {
            Self::Refusal(refusal) => refusal.says(),
            Self::Ruled(says) => says.clone(),
            Self::Problem(problem) => problem.says.clone(),
            Self::Fault(_) => NOT_SAVED.to_owned(),
            Self::NotFound => "There is no such page or record here.".to_owned(),
            Self::Forbidden(why) => (*why).to_owned(),
        }
    }

    /// The status that says which kind it is.
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::Refusal(_) | Self::Ruled(_) => StatusCode::CONFLICT,
            Self::Problem(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Fault(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
        }
    }

    /// For the page's scripts.
    pub fn json(&self) -> serde_json::Value {
        match self {
            Self::Refusal(refusal) => {
                json!({ "refused": refusal.says(), "verdict": refusal.verdict() })
            }
            Self::Ruled(says) => json!({ "refused": says, "verdict": null }),
            Self::Problem(problem) => json!({ "problem": problem.says, "field": problem.field }),
            Self::Fault(_) => json!({ "fault": self.says() }),
            Self::NotFound | Self::Forbidden(_) => json!({ "problem": self.says(), "field": "" }),
        }
    }

    /// Writes a fault's causes to the log; the other kinds are not failures of ours.
    pub fn log(&self) {
        if let Self::Fault(fault) = self {
            tracing::error!(cause = format!("{:#}", fault.0), "fault");
        }
    }
}

/// What a person is told, kept beside the answer for scripts: a browser gets a page of it.
#[derive(Clone)]
pub struct Told {
    /// Which kind of not-working.
    pub kind: Kind,
    /// In one plain sentence.
    pub says: String,
    /// The gate's answer, where a gate refused.
    pub verdict: Option<Verdict>,
}

impl Refused {
    fn told(&self) -> Told {
        let (kind, verdict) = match self {
            Self::Refusal(refusal) => (Kind::Refusal, refusal.verdict().cloned()),
            Self::Ruled(_) => (Kind::Refusal, None),
            Self::Problem(_) => (Kind::Problem, None),
            Self::Fault(_) => (Kind::Fault, None),
            Self::NotFound => (Kind::NotFound, None),
            Self::Forbidden(_) => (Kind::Forbidden, None),
        };
        Told {
            kind,
            says: self.says(),
            verdict,
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        self.log();
        let told = self.told();
        let mut response = (self.status(), axum::Json(self.json())).into_response();
        response.extensions_mut().insert(told);
        response
    }
}
