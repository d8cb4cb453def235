//! The contacts after a session, planned from its end.

use super::rules::FollowUpRules;
use super::vocabulary::PlannedContact;
use crate::course::screening::person::Product;
use crate::record::SessionId;
use units::Moment;
use uuid::Uuid;

/// A session whose drug has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Which.
    pub session: SessionId,
    /// With what.
    pub product: Product,
    /// Which of the person's, from 1.
    pub number: u32,
    /// When the drug ended.
    pub at: Moment,
}

/// The contacts of a session, in order.
///
/// Each is due so long after the end as the rules say, in time that passes, and then at the first
/// moment at which the person may be written to: `permitted` knows their zone and their hours. It
/// must give a moment not before the one that it is asked about. A contact keeps its identity
/// wherever its moment moves.
pub fn plan(
    ended: &Ended,
    rules: &FollowUpRules,
    permitted: impl Fn(Moment) -> Moment,
) -> Vec<PlannedContact> {
    rules
        .contacts(ended.product, ended.number)
        .into_iter()
        .map(|(kind, after)| PlannedContact {
            id: Uuid::new_v5(
                &ended.session.0,
                format!("follow up {}", kind.word()).as_bytes(),
            ),
            kind,
            due: permitted(ended.at + after),
        })
        .collect()
}
