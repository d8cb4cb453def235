//! Which question comes next.

use super::answers::Answers;
use super::condition::Holds;
use super::definition::{GivenBy, Instrument, Item};
use super::score::premise;

/// The first question that is asked and has no answer of any kind yet.
///
/// "Not sure" and "rather not say" are answers: nobody is asked twice. A question whose premise is
/// unknown is asked. `None` when there is nothing left to ask, though the result may be incomplete.
pub fn next_question<'a>(instrument: &'a Instrument, answers: &Answers) -> Option<&'a Item> {
    instrument
        .items
        .iter()
        .filter(|item| item.given_by == GivenBy::Question && answers.to(&item.id).is_none())
        .find(|item| premise(instrument, answers, item) != Holds::No)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instrument::{Answer, Library};

    fn order(replies: &[(&str, &str)]) -> Vec<String> {
        let library = Library::shipped().unwrap();
        let screener = library.named("c-ssrs-screener").unwrap();
        let mut answers = Answers::new();
        let mut asked = Vec::new();
        while let Some(item) = next_question(screener, &answers) {
            asked.push(item.id.clone());
            let reply = replies.iter().find(|(id, _)| *id == item.id);
            let reply = reply.map_or("no", |(_, reply)| reply);
            let answer = match reply {
                "not-sure" => Answer::NotSure,
                chosen => Answer::Chosen(chosen.to_owned()),
            };
            answers = answers.with(&item.id, answer);
        }
        asked
    }

    // Witness: clinical reference §8.1, items 3 to 5 if 2 is yes, 6 always.
    #[test]
    fn items_three_to_five_are_asked_only_after_a_yes_to_two() {
        assert_eq!(order(&[]), ["1", "2", "6"]);
        let asked = order(&[("2", "yes"), ("6", "yes")]);
        assert_eq!(asked, ["1", "2", "3", "4", "5", "6", "6-recent"]);
    }

    // Hazard: H40
    #[test]
    fn not_sure_about_two_is_no_reason_to_leave_out_three_to_five() {
        assert_eq!(order(&[("2", "not-sure")]), ["1", "2", "3", "4", "5", "6"]);
    }

    #[test]
    fn what_the_record_gives_is_not_asked() {
        let library = Library::shipped().unwrap();
        let audit = library.named("audit-c").unwrap();
        let mut answers = Answers::new();
        for item in ["1", "2", "3"] {
            assert_eq!(next_question(audit, &answers).unwrap().id, item);
            answers = answers.with(item, Answer::Declined);
        }
        assert_eq!(next_question(audit, &answers), None);
    }
}
