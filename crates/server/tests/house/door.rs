//! A patient of the house on their phone, and the clinic's own values for its rules.

use super::{House, nurse};
use crate::stranger::http::post;
use clinical::clinic::{Clinic, ClinicEvent, written_values};
use clinical::policy::Quantity;
use clinical::record::{CommandId, PatientId};
use server::identity::patient_link;
use server::journey::{Change, change};
use server::web::respond::Refused;
use std::collections::BTreeMap;
use units::Span;
use uuid::Uuid;

impl House {
    /// The cookie of a patient who came through the door by a link that leads there.
    pub fn through_the_door(&self, patient: PatientId, to: &str) -> String {
        let link = patient_link(self.application(), patient, to, Span::from_hours(1));
        let link = self.wait_for(link).unwrap();
        let (_, secret) = link.split_once("/p/").unwrap();
        // Everybody of the house was born on this day.
        let birth = [("day", "21"), ("month", "8"), ("year", "1979")];
        let inside = self.anyone(&post(&format!("/p/{secret}"), &[], &birth));
        let set = inside.header("set-cookie").unwrap();
        set.split(';').next().unwrap().to_owned()
    }

    /// The clinic adopts another value of a rule.
    pub fn adopts(&self, policy: &str, parameter: &str, value: Quantity) {
        let application = self.application();
        let event = ClinicEvent::PolicyAdopted {
            policy: policy.to_owned(),
            version: 1,
            values: written_values(&BTreeMap::from([(parameter.to_owned(), value)])),
            signed_by: "Dr Maria Okonkwo".to_owned(),
            statement: "for our clinic".to_owned(),
            at: application.clock.now(),
        };
        let wanted = Change {
            command_id: CommandId(Uuid::now_v7()),
            actor: nurse(),
            at: None,
            id: application.tenant.0,
            patient: None,
            session: None,
            action: "set up",
            wanted: String::new(),
        };
        let done = change(application, wanted, |_: &Clinic, _| {
            Ok::<_, Refused>(vec![event.clone()])
        });
        self.wait_for(done).unwrap();
        self.wait_for(application.read_clinic()).unwrap();
    }
}
