//! The emergency cards to read, to print, and for the medical director to approve.

use super::around::Around;
use crate::web::access::HANDLE_DRUGS;
use askama::Template;
use clinical::clinic::{CardApproval, Clinic};
use clinical::emergency::{Card, Cards, Step};

/// What is said of a card that nobody approved.
pub const NOT_APPROVED: &str = "Not approved by this clinic’s medical director: the doses are what is commonly named, for adults unless stated.";

/// Every card.
pub struct CardList<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// The cards.
    pub cards: &'a Cards,
    /// Who approved what.
    pub clinic: &'a Clinic,
}

/// One card.
pub struct CardPage<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// The card.
    pub card: &'a Card,
    /// Who approved what.
    pub clinic: &'a Clinic,
    /// Whoever looks may approve it.
    pub may_approve: bool,
    /// Why the last approval was not saved.
    pub refused: Option<String>,
    /// The statement as it was typed.
    pub statement: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "emergency_cards.html")]
struct ListTemplate<'a> {
    around: Around<'a>,
    lines: Vec<ListLine<'a>>,
    not_approved: usize,
    /// Nobody is led to what they may not open.
    looks_at_equipment: bool,
}

struct ListLine<'a> {
    card: &'a Card,
    approved: Option<String>,
}

#[derive(Template)]
#[template(path = "emergency_card.html")]
struct CardTemplate<'a> {
    around: Around<'a>,
    card: &'a Card,
    parts: Vec<(&'static str, Vec<&'a Step>)>,
    approved: Option<String>,
    warning: &'static str,
    history: Vec<(String, &'a CardApproval)>,
    may_approve: bool,
    refused: Option<String>,
    statement: String,
    signer: &'a str,
}

impl CardList<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let lines: Vec<ListLine<'_>> = self
            .cards
            .all()
            .iter()
            .map(|card| ListLine {
                card,
                approved: approved(self.around, self.clinic, card),
            })
            .collect();
        super::written(&ListTemplate {
            around: self.around,
            not_approved: lines.iter().filter(|line| line.approved.is_none()).count(),
            looks_at_equipment: self
                .around
                .viewer
                .is_some_and(|viewer| HANDLE_DRUGS.include(viewer.role)),
            lines,
        })
    }
}

impl CardPage<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let card = self.card;
        let clock = self.around.clock();
        let statement = self.statement.map_or_else(
            || {
                format!(
                    "I have read card {}, version {}, with every dose in it, and approve it for this clinic.",
                    card.letter, card.version
                )
            },
            str::to_owned,
        );
        super::written(&CardTemplate {
            around: self.around,
            card,
            parts: parts(card),
            approved: approved(self.around, self.clinic, card),
            warning: NOT_APPROVED,
            history: self
                .clinic
                .approvals
                .iter()
                .rev()
                .filter(|approval| approval.card == card.id)
                .map(|approval| (clock.when(approval.at), approval))
                .collect(),
            may_approve: self.may_approve && self.clinic.approval(card).is_none(),
            refused: self.refused.clone(),
            statement,
            signer: self.around.viewer.map_or("", |viewer| viewer.name),
        })
    }
}

/// Who approved the card as it is, and when.
pub fn approved(around: Around<'_>, clinic: &Clinic, card: &Card) -> Option<String> {
    clinic.approval(card).map(|approval| {
        let when = around.clock().when(approval.at);
        format!("approved {when} by {}", approval.signed_by)
    })
}

/// The steps under their headings.
pub(super) fn parts(card: &Card) -> Vec<(&'static str, Vec<&Step>)> {
    let last = card.steps.len().saturating_sub(card.shared_last);
    let part = |from: usize, to: usize| -> Vec<&Step> {
        let steps = card.steps.iter().skip(from);
        steps.take(to.saturating_sub(from)).collect()
    };
    vec![
        ("First", part(0, card.shared_first)),
        ("Then", part(card.shared_first, last)),
        ("At the end", part(last, card.steps.len())),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::around::sample::around;
    use super::*;

    #[test]
    fn a_card_that_nobody_approved_says_so_and_shows_every_step_with_its_source() {
        // Hazard: H56
        let cards = Cards::shipped().unwrap();
        for card in cards.all() {
            let html = CardPage {
                around: around("/cards/hypertension"),
                card,
                clinic: &Clinic::default(),
                may_approve: false,
                refused: None,
                statement: None,
            }
            .html();
            assert!(html.contains(NOT_APPROVED), "{}", card.id);
            assert_eq!(
                html.matches("class=\"source\"").count(),
                card.steps.len() + 1
            );
            assert!(!html.contains("<form method=\"post\" action=\"/cards/"));
        }
    }

    #[test]
    fn the_list_names_every_card_with_its_letter_and_when_to_open_it() {
        let cards = Cards::shipped().unwrap();
        let html = CardList {
            around: around("/cards"),
            cards: &cards,
            clinic: &Clinic::default(),
        }
        .html();
        for card in cards.all() {
            assert!(html.contains(&format!("href=\"/cards/{}\"", card.id)));
        }
        assert_eq!(html.matches("not approved").count(), cards.all().len());
    }
}
