//! The fields of an order that depend on how its drug is given.

use crate::web::drafting::count;
use crate::web::form::Fields;
use clinical::policy::{AdoptedPolicy, Given};

/// How many other medicines, and how many lines of what to do if, a form has room for.
const ROOM: usize = 3;

/// What a form asks for.
pub struct DraftForm {
    /// By a pump.
    pub infusion: bool,
    /// How many doses may be chosen; none where there is but one, and where nothing is dosed.
    pub several: bool,
    /// Dose by dose.
    pub doses: bool,
    /// The numbers of devices to choose from, with what they hold together, and which is chosen.
    pub devices: Vec<(u8, String, bool)>,
    /// What the protocol says besides, in sentences.
    pub notes: Vec<String>,
    /// Other medicines as typed, with empty lines.
    pub medicines: Vec<[String; 4]>,
    /// What to do if, as typed, with empty lines.
    pub what_if: Vec<[String; 2]>,
    /// Something was typed of those two.
    pub filled: bool,
    /// The clinic gives it like this.
    pub known: bool,
}

impl DraftForm {
    /// Of a protocol, with what was typed.
    pub fn of(protocol: Option<(&AdoptedPolicy, Given)>, fields: &Fields) -> Self {
        let given = protocol.map(|(_, given)| given);
        let most = protocol
            .and_then(|(known, _)| count(known, "most"))
            .unwrap_or(1);
        let chosen = fields.text("devices").to_owned();
        let devices = protocol
            .filter(|_| given == Some(Given::Devices))
            .and_then(|(known, _)| Some((known.value("device")?, count(known, "most_devices")?)))
            .map_or_else(Vec::new, |(device, most)| {
                (1..=most)
                    .map(|number| {
                        let dose = device.value * units::Decimal::from(number);
                        let says = format!("{}\u{a0}mg", dose.normalize());
                        (number, says, number.to_string() == chosen)
                    })
                    .collect()
            });
        Self {
            infusion: given == Some(Given::Infusion),
            several: given == Some(Given::Doses) && most > 1,
            doses: given == Some(Given::Doses),
            devices,
            notes: protocol.map_or_else(Vec::new, |(known, _)| notes(known)),
            medicines: lines(
                fields,
                [
                    "medicine",
                    "medicine_dose",
                    "medicine_route",
                    "medicine_when",
                ],
            ),
            what_if: lines(fields, ["what_if", "what_then"]),
            filled: ["medicine", "what_if"]
                .iter()
                .any(|name| fields.all(name).any(|text| !text.is_empty())),
            known: protocol.is_some(),
        }
    }
}

/// What the room will keep to, before anybody is in it.
fn notes(protocol: &AdoptedPolicy) -> Vec<String> {
    let value = |name: &str| protocol.value(name);
    [
        value("spacing").map(|span| format!("At least {span} between two of them.")),
        value("minimum_stay").map(|span| format!("At least {span} from the last one to leaving.")),
        value("in_seven_days").map(|count| format!("At most {count} sessions in seven days.")),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn lines<const COLUMNS: usize>(fields: &Fields, names: [&str; COLUMNS]) -> Vec<[String; COLUMNS]> {
    let columns = names.map(|name| fields.all(name).map(str::to_owned).collect::<Vec<_>>());
    let typed = columns.iter().map(Vec::len).max().unwrap_or(0);
    (0..typed.max(ROOM))
        .map(|line| {
            columns
                .each_ref()
                .map(|column| column.get(line).cloned().unwrap_or_default())
        })
        .collect()
}
