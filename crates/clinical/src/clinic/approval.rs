//! Approving an emergency card: the medical director signs for its words as they are.

use super::{Clinic, ClinicEvent};
use crate::emergency::Card;
use crate::record::{Actor, Role};
use units::Moment;

/// What someone wants to approve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approve {
    /// The digest of the card that was on the page.
    pub digest: String,
    /// Their own name, as they typed it.
    pub signed_as: String,
    /// The words that they sign.
    pub statement: String,
}

/// Why a card was not approved. A closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApprovalRefused {
    /// Only the medical director approves cards.
    #[error("Not saved: only the medical director approves the clinic's emergency cards.")]
    NotTheMedicalDirector,
    /// The card has other words than the page had.
    #[error("Not saved: the card has changed since this page was open. Read it again.")]
    ChangedMeanwhile,
    /// It is approved, word for word.
    #[error("Nothing to save: this card is approved as it is.")]
    NothingChanged,
    /// The name is not the signer's own.
    #[error("Not saved: sign with your own name, as it stands at the top of the page.")]
    NameDiffers,
    /// There are no words that are signed.
    #[error("Not saved: the statement that is signed is missing.")]
    StatementMissing,
}

/// Decides an approval.
///
/// Pure: the same clinic, card, wish and moment give the same event. Refuses with the reason.
// Hazard: H56
pub fn approve(
    clinic: &Clinic,
    card: &Card,
    wanted: Approve,
    actor: &Actor,
    at: Moment,
) -> Result<ClinicEvent, ApprovalRefused> {
    let name = match actor {
        Actor::Person {
            name,
            role: Role::MedicalDirector,
            ..
        } => name,
        Actor::Person { .. } | Actor::Device { .. } | Actor::System { .. } => {
            return Err(ApprovalRefused::NotTheMedicalDirector);
        }
    };
    if wanted.digest != card.digest {
        return Err(ApprovalRefused::ChangedMeanwhile);
    }
    if clinic.approval(card).is_some() {
        return Err(ApprovalRefused::NothingChanged);
    }
    if !wanted.signed_as.trim().eq_ignore_ascii_case(name.trim()) {
        return Err(ApprovalRefused::NameDiffers);
    }
    let statement = wanted.statement.trim();
    if statement.is_empty() {
        return Err(ApprovalRefused::StatementMissing);
    }
    Ok(ClinicEvent::CardApproved {
        card: card.id.clone(),
        version: card.version,
        digest: card.digest.clone(),
        signed_by: name.clone(),
        statement: statement.to_owned(),
        at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emergency::Cards;
    use crate::record::StaffId;
    use uuid::Uuid;

    const AT: Moment = Moment::from_microseconds(7);

    fn card() -> Card {
        Cards::shipped().unwrap().card("panic").unwrap().clone()
    }

    fn who(role: Role) -> Actor {
        Actor::Person {
            id: StaffId(Uuid::from_u128(1)),
            name: "Dr Maria Okonkwo".into(),
            role,
        }
    }

    fn wish() -> Approve {
        Approve {
            digest: card().digest,
            signed_as: "dr maria okonkwo ".into(),
            statement: "I approve this card.".into(),
        }
    }

    fn approved(wanted: Approve, role: Role) -> Result<ClinicEvent, ApprovalRefused> {
        approve(&Clinic::default(), &card(), wanted, &who(role), AT)
    }

    #[test]
    fn an_approval_counts_for_these_words_and_no_others() {
        // Hazard: H56
        let event = approved(wish(), Role::MedicalDirector).unwrap();
        let clinic = Clinic::fold([&event]);
        assert!(clinic.approval(&card()).is_some());
        let changed = Card {
            digest: "another".into(),
            ..card()
        };
        assert_eq!(clinic.approval(&changed), None);
        let again = approve(&clinic, &card(), wish(), &who(Role::MedicalDirector), AT);
        assert_eq!(again, Err(ApprovalRefused::NothingChanged));
    }

    #[test]
    fn nobody_but_the_medical_director_approves() {
        // Hazard: H56
        for role in Role::ALL {
            let allowed = approved(wish(), role).is_ok();
            assert_eq!(allowed, role == Role::MedicalDirector, "{role:?}");
        }
    }

    #[test]
    fn another_text_another_name_or_no_words_sign_nothing() {
        let other = Approve {
            digest: "another".into(),
            ..wish()
        };
        let refused = |wanted| approved(wanted, Role::MedicalDirector).unwrap_err();
        assert_eq!(refused(other), ApprovalRefused::ChangedMeanwhile);
        let name = Approve {
            signed_as: "Dr Lee".into(),
            ..wish()
        };
        assert_eq!(refused(name), ApprovalRefused::NameDiffers);
        let words = Approve {
            statement: " ".into(),
            ..wish()
        };
        assert_eq!(refused(words), ApprovalRefused::StatementMissing);
    }
}
