//! The pages for what was not done: refusal, problem, fault, not found, not allowed.

use super::around::Around;
use super::gate::GatePanel;
use super::identity_strip::IdentityStrip;
use askama::Template;
use clinical::policy::Verdict;

/// Which kind of not-working; they are never turned into one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The rules said no.
    Refusal,
    /// The input was not fully understood.
    Problem,
    /// The machine failed; nothing was saved.
    Fault,
    /// There is no such thing here.
    NotFound,
    /// This role may not do this.
    Forbidden,
}

impl Kind {
    const fn heading(self) -> &'static str {
        match self {
            Self::Refusal => "Not done: the clinic's rules say no",
            Self::Problem => "Not saved: please check what was entered",
            Self::Fault => "Evenkeel has a fault",
            Self::NotFound => "There is no such page",
            Self::Forbidden => "Your role may not do this",
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Refusal => "refusal",
            Self::Problem => "problem",
            Self::Fault => "fault",
            Self::NotFound => "not-found",
            Self::Forbidden => "forbidden",
        }
    }
}

/// The page that says why something was not done.
pub struct Answer<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Which kind.
    pub kind: Kind,
    /// In one plain sentence.
    pub says: &'a str,
    /// The person it was about, if one.
    pub strip: Option<IdentityStrip>,
    /// The gate's whole answer, where a gate refused.
    pub verdict: Option<&'a Verdict>,
    /// The way back.
    pub back: &'a str,
}

#[derive(Template)]
#[template(path = "answer.html")]
struct Page<'a> {
    around: Around<'a>,
    heading: &'static str,
    word: &'static str,
    says: &'a str,
    strip: Option<&'a IdentityStrip>,
    gate: String,
    back: &'a str,
}

impl Answer<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let role = self.around.viewer.map(|viewer| viewer.role);
        let gate = self.verdict.map_or_else(String::new, |verdict| {
            super::session_room::parts::gate(&GatePanel::of(verdict, role, &self.around.clock()))
        });
        super::written(&Page {
            around: self.around,
            heading: self.kind.heading(),
            word: self.kind.word(),
            says: self.says,
            strip: self.strip.as_ref(),
            gate,
            back: self.back,
        })
    }
}

/// A start that the rules refused.
pub fn sample(verdict: &Verdict) -> Answer<'_> {
    Answer {
        around: super::around::sample::around("/sessions/1"),
        kind: Kind::Refusal,
        says: "Not done: 2 requirements are open.",
        strip: None,
        verdict: Some(verdict),
        back: "/board",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_a_problem_and_a_fault_never_read_alike() {
        let headings = [
            Kind::Refusal,
            Kind::Problem,
            Kind::Fault,
            Kind::NotFound,
            Kind::Forbidden,
        ]
        .map(Kind::heading);
        let different: std::collections::BTreeSet<_> = headings.into_iter().collect();
        assert_eq!(different.len(), 5);
    }

    #[test]
    fn a_refused_start_shows_every_open_requirement() {
        // Hazard: H24
        let verdict = super::super::gate::sample();
        let html = sample(&verdict).html();
        assert!(html.contains("5 h 32 min"));
        assert!(html.contains("Two identifiers were read and confirmed in this room."));
    }
}
