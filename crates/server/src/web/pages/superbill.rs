//! What a payer reads of a visit, on the screen and on paper.

use super::around::Around;
use super::identity_strip::IdentityStrip;
use askama::Template;
use clinical::course::session::Session;
use clinical::patient::CivilDate;
use exchange::superbill::{Diagnosis, Superbill};
use report::book::{Block, Chapter};

/// The page.
#[derive(Template)]
#[template(path = "superbill.html")]
pub struct SuperbillPage<'a> {
    /// What stands around it.
    pub around: Around<'a>,
    /// Whose visit.
    pub strip: IdentityStrip,
    /// The chart.
    pub session: &'a Session,
    /// The clinic's day of the visit.
    pub day: CivilDate,
    /// The lines.
    pub bill: Superbill,
    /// What may be chosen as a diagnosis, and whether it was.
    pub diagnoses: Vec<(&'a Diagnosis, bool)>,
}

impl SuperbillPage<'_> {
    fn chosen(&self) -> Vec<&Diagnosis> {
        self.diagnoses
            .iter()
            .filter(|(_, chosen)| *chosen)
            .map(|(diagnosis, _)| *diagnosis)
            .collect()
    }

    fn prescriber(&self) -> &str {
        self.session
            .order
            .as_ref()
            .map_or("not recorded", |order| &order.prescriber)
    }

    fn version(&self) -> u32 {
        exchange::superbill::version()
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }

    /// The diagnoses that were chosen, as they stand in an address: `?diagnosis=F33.2`; empty where
    /// none was.
    fn chosen_in_address(&self) -> String {
        let mut address = String::new();
        for one in self.chosen() {
            address.push(if address.is_empty() { '?' } else { '&' });
            address.push_str("diagnosis=");
            address.push_str(&one.code);
        }
        address
    }

    /// The same as sheets are set from it.
    pub fn blocks(&self) -> Vec<Block> {
        let mut sheet = Chapter::default();
        let fact = |name: &str, says: String| (name.to_owned(), says);
        sheet.facts(vec![
            fact("Day of the visit", self.day.to_string()),
            fact("Room", self.session.room.clone()),
            fact("Ordered by", self.prescriber().to_owned()),
        ]);
        for says in &self.bill.open {
            sheet.words(says.clone());
        }
        sheet.heading("What was done");
        if self.bill.lines.is_empty() {
            sheet.words("No line.");
        }
        let head = ["Number", "Units", "What", "Rests on", "Fee"];
        let rows = self.bill.lines.iter().map(|line| {
            vec![
                line.code.to_owned(),
                line.units.to_string(),
                line.says.to_owned(),
                line.because.clone(),
                String::new(),
            ]
        });
        sheet.table(head.map(str::to_owned).to_vec(), rows.collect());
        if let Some(line) = &self.bill.instead {
            sheet.words(format!(
                "Some payers read one line in place of all of these: {}, {} ({}).",
                line.code, line.says, line.because
            ));
        }
        sheet.heading("Diagnosis");
        let chosen: Vec<String> = self
            .chosen()
            .into_iter()
            .map(|one| format!("{} {}", one.code, one.says))
            .collect();
        if chosen.is_empty() {
            sheet.words("None is chosen.");
        }
        sheet.list(chosen);
        sheet.small(format!(
            "Numbers of procedures and drugs as payers in the United States read them, in words of our own. Fees are the clinic’s. Table version {}.",
            self.version()
        ));
        sheet.blocks
    }
}

pub mod sample {
    //! An infusion of 40 minutes.

    use super::SuperbillPage;
    use crate::web::pages::around;
    use crate::web::pages::identity_strip::{IdentityStrip, sample::person};
    use clinical::course::screening::person::{Product, Route};
    use clinical::course::session::Session;
    use clinical::patient::CivilDate;
    use exchange::superbill::{Service, diagnoses, superbill};
    use units::{Decimal, Milligrams};

    /// The page, with the first diagnosis chosen; without the amount where it is not known.
    pub fn page(session: &Session, day: CivilDate, is_known: bool) -> SuperbillPage<'_> {
        let around = around::sample::around("/sessions/1/superbill");
        let given = Milligrams::new(Decimal::from(35)).ok();
        SuperbillPage {
            strip: IdentityStrip::of(&person(1, "Moreno", "Ana", None), around.now, around.zone),
            around,
            session,
            day,
            bill: superbill(&Service {
                product: Product::Racemic,
                route: Route::Intravenous,
                minutes: Some(40),
                doses: 0,
                given: given.filter(|_| is_known),
                day,
                ended: true,
            }),
            diagnoses: diagnoses()
                .iter()
                .enumerate()
                .map(|(index, one)| (one, index == 0))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clinical::record::SessionId;
    use uuid::Uuid;

    #[test]
    fn what_is_not_known_is_said_and_has_no_line() {
        let session = Session::new(SessionId(Uuid::from_u128(1)));
        let day = CivilDate::new(2026, 11, 20).unwrap();
        let known = sample::page(&session, day, true).html();
        assert!(known.contains("96365") && known.contains("J3490"));
        assert!(known.contains("the pump ran 40 min by the record"));
        let unknown = sample::page(&session, day, false).html();
        assert!(!unknown.contains("J3490"));
        assert!(unknown.contains("How much went in is not known"));
    }
}
