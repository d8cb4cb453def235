//! The monitors' messages, from bytes to readings and answers, against the device reference.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod acknowledgements;
mod codes_on_the_wire;
mod differential;
mod evidence;
mod flags_and_status;
mod framing;
mod golden;
mod properties;
mod repeats;
mod rows;
mod simulated;
mod times;
mod units_of_the_wire;
mod values;
mod whole_messages;

use exchange::hl7v2::interpretation::{Arrival, Interpretation, interpret};
use exchange::hl7v2::profile::Profile;
use units::Moment;

/// The address that nameless devices speak from in these tests.
const REMOTE: &str = "192.0.2.7";

fn moment(text: &str) -> Moment {
    Moment::parse(text).expect("a moment in a test")
}

fn profile(name: &str) -> Profile {
    Profile::builtin(name)
        .expect("a built-in profile")
        .in_zone("America/New_York")
        .expect("a zone")
}

/// Every message of `tests/messages`, by name.
fn messages() -> Vec<(String, Vec<u8>)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/messages");
    let mut messages: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder of messages")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "hl7"))
        .map(|path| {
            let name = path
                .file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            (name, std::fs::read(&path).expect("a message"))
        })
        .collect();
    messages.sort();
    messages
}

/// A message with a header and an order of 10:15 in New York, and these rows.
fn message_with(rows: &[&str]) -> Vec<u8> {
    let mut text = String::from(
        "MSH|^~\\&|MON^00A0370000AABBCC^EUI-64|CLINIC|||20261103101500-0500||ORU^R01^ORU_R01|1|P|2.6|||AL|NE||UNICODE UTF-8\r\
         PID|||K-1^^^CLINIC^MR\rPV1||O|INF^R1^C1\rOBR|1|||182777000^monitoring of patient^SCT|||20261103101500-0500\r",
    );
    for row in rows {
        text.push_str(row);
        text.push('\r');
    }
    text.into_bytes()
}

/// The rows as the generic profile reads them, half a second after they were measured.
fn read_rows(rows: &[&str]) -> Interpretation {
    read_rows_with(rows, &profile("generic-pcd01"))
}

fn read_rows_with(rows: &[&str], profile: &Profile) -> Interpretation {
    read(&message_with(rows), profile)
}

fn read(message: &[u8], profile: &Profile) -> Interpretation {
    interpret(
        message,
        profile,
        Arrival::new(REMOTE, moment("2026-11-03T15:15:00.500Z")),
    )
}
