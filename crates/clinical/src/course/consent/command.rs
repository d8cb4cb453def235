//! What someone wants of a consent.

use super::event::{CopyWay, Interpreting, Meeting, Wish};
use crate::course::screening::person::Product;
use crate::record::SessionId;

/// What someone wants. A closed list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// The patient signs the text that they were shown.
    SignConsent {
        /// For which medicine.
        product: Product,
        /// Digest of the text that the page showed.
        text: String,
        /// The name as typed.
        typed_name: String,
        /// They say that they could ask what they wanted to.
        could_ask: bool,
        /// They say that they agree.
        agrees: bool,
    },
    /// Ask something about the text.
    AskQuestion {
        /// For which medicine.
        product: Product,
        /// The heading that it is about; may be empty.
        about: String,
        /// What is asked.
        words: String,
    },
    /// Answer a question.
    AnswerQuestion {
        /// Which.
        question: u32,
        /// What was said.
        words: String,
    },
    /// The clinician who explained it signs.
    SignAsClinician {
        /// For which medicine.
        product: Product,
        /// Digest of the text that was explained.
        text: String,
        /// How they met; `None` when it was not said.
        way: Option<Meeting>,
        /// Whether somebody interpreted; `None` when it was not said.
        interpreting: Option<Interpreting>,
        /// The name that they sign with.
        signed_as: String,
    },
    /// A guardian signs for a minor, beside a member of staff.
    SignAsGuardian {
        /// For which medicine.
        product: Product,
        /// Digest of the text that they were shown.
        text: String,
        /// The name as typed.
        typed_name: String,
        /// Who they are to the minor.
        relationship: String,
    },
    /// A minor agrees, in their own words.
    GiveAssent {
        /// For which medicine.
        product: Product,
        /// Digest of the text for minors that the page showed.
        text: String,
        /// The name as typed.
        typed_name: String,
        /// They say that they agree.
        agrees: bool,
    },
    /// Note that the person was given what they signed.
    NoteCopy {
        /// For which medicine.
        product: Product,
        /// How.
        way: CopyWay,
    },
    /// Note whether the patient still wants this today.
    Reconfirm {
        /// For which medicine.
        product: Product,
        /// At which visit, where it is asked at one.
        visit: Option<SessionId>,
        /// What they say.
        wish: Wish,
    },
    /// Take the consent back.
    Withdraw {
        /// For which medicine.
        product: Product,
        /// In the patient's words; may be empty.
        words: String,
    },
}
