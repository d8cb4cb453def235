//! Whose values these are, as far as the wire says: evidence, never authority. Hazard: H01.

use super::types::{Equipment, Identity, PatientGroup, PatientIdentifier};
use crate::hl7v2::message::{Field, Message, Segment};
use crate::hl7v2::profile::{DeviceIdentity, Profile};

/// The groups of a message, and the group of each segment.
pub(super) struct Groups {
    pub(super) groups: Vec<PatientGroup>,
    /// For each segment of the message, in order.
    pub(super) of_segment: Vec<usize>,
}

/// Cuts a message into patients: each row belongs to the nearest PID or PV1 before it.
pub(super) fn groups(
    message: &Message<'_>,
    profile: &Profile,
    identity: &Identity,
    sender: Option<&str>,
) -> Groups {
    let mut groups = vec![PatientGroup::default()];
    let mut of_segment = Vec::with_capacity(32);
    let (mut has_patient, mut has_visit, mut has_rows) = (false, false, false);
    for segment in message.segments() {
        let begins = match segment.name() {
            "PID" => has_patient || has_rows,
            "PV1" => has_visit || has_rows,
            _ => false,
        };
        if begins {
            groups.push(PatientGroup::default());
            (has_patient, has_visit, has_rows) = (false, false, false);
        }
        let current = groups.len() - 1;
        let group = &mut groups[current];
        match segment.name() {
            "PID" => {
                read_patient(segment, profile, group);
                has_patient = true;
            }
            "PV1" => {
                group.bed = bed(segment.field(3), &profile.bed_path);
                group.visit = text(segment.field(19).component(1));
                has_visit = true;
            }
            "OBR" => has_rows = true,
            "OBX" => {
                has_rows = true;
                let field = segment.field(18);
                if group.equipment.is_none() && !field.is_empty() {
                    group.equipment = Some(Equipment {
                        id: field.component(1).unescaped().into_owned(),
                        model: field.component(2).unescaped().into_owned(),
                    });
                }
            }
            _ => {}
        }
        of_segment.push(current);
    }
    name_devices(&mut groups, profile, identity, sender);
    Groups { groups, of_segment }
}

fn read_patient(segment: Segment<'_, '_>, profile: &Profile, group: &mut PatientGroup) {
    group.identifiers = segment
        .field(3)
        .repetitions()
        .filter(|repetition| !repetition.component(1).is_empty())
        .map(|repetition| {
            let id = repetition.component(1).unescaped().into_owned();
            PatientIdentifier {
                placeholder: profile.placeholder_ids.contains(&id),
                id,
                authority: repetition
                    .component(4)
                    .subcomponent(1)
                    .unescaped()
                    .into_owned(),
                kind: repetition.component(5).unescaped().into_owned(),
            }
        })
        .collect();
    let name = segment.field(5);
    group.family_name = text(name.component(1).subcomponent(1));
    group.given_name = text(name.component(2));
    group.birth_date = date(segment.field(7).component(1).raw());
    group.sex = text(segment.field(8).component(1));
}

fn text(field: Field<'_>) -> Option<String> {
    let unescaped = field.unescaped();
    let trimmed = unescaped.trim();
    (!trimmed.is_empty() && !field.is_empty()).then(|| trimmed.to_owned())
}

/// `19840312` as `1984-03-12`; nothing for what is no whole date.
fn date(text: &str) -> Option<String> {
    let day = text.get(..8)?;
    if !day.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    jiff::civil::Date::strptime("%Y%m%d", day)
        .ok()
        .map(|date| date.to_string())
}

fn bed(field: Field<'_>, path: &[usize]) -> Option<String> {
    let parts: Vec<String> = path
        .iter()
        .map(|component| {
            field
                .component(*component)
                .unescaped()
                .trim()
                .to_uppercase()
        })
        .filter(|part| !part.is_empty() && part != "\"\"")
        .collect();
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// Sixteen hexadecimal digits, in upper case: the only identifier that is a device's own.
pub(super) fn eui64(text: &str) -> Option<String> {
    (text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .then(|| text.to_ascii_uppercase())
}

/// Gives each group the key of its device.
///
/// `sender` is the EUI-64 of MSH-3. Source: device reference §2.3, MSH-3 and OBX-18.
fn name_devices(
    groups: &mut [PatientGroup],
    profile: &Profile,
    identity: &Identity,
    sender: Option<&str>,
) {
    let distinct = groups.iter().any(|group| !same_person(group, &groups[0]));
    for (number, group) in groups.iter_mut().enumerate() {
        let own = group
            .equipment
            .as_ref()
            .and_then(|equipment| eui64(&equipment.id));
        let base = match profile.device_key {
            DeviceIdentity::SendingApplication | DeviceIdentity::SendingApplicationAndBed => {
                sender.map(str::to_owned).or(own)
            }
            DeviceIdentity::Equipment => own.or(sender.map(str::to_owned)),
        };
        group.device = base.unwrap_or_else(|| identity.device.clone());
        let by_bed = profile.device_key == DeviceIdentity::SendingApplicationAndBed;
        if distinct || by_bed {
            // One sender for several people: nobody's values may be filed under another's key.
            match &group.bed {
                Some(bed) => {
                    group.device.push('/');
                    group.device.push_str(bed);
                }
                None if distinct => group.device.push_str(&format!("/patient-{}", number + 1)),
                None => {}
            }
        }
    }
    if distinct {
        for number in 1..groups.len() {
            let (earlier, rest) = groups.split_at_mut(number);
            let clashes = earlier
                .iter()
                .any(|other| other.device == rest[0].device && !same_person(other, &rest[0]));
            if clashes {
                rest[0].device.push_str(&format!("/patient-{}", number + 1));
            }
        }
    }
}

fn same_person(one: &PatientGroup, other: &PatientGroup) -> bool {
    one.identifiers == other.identifiers
        && one.bed == other.bed
        && one.visit == other.visit
        && one.family_name == other.family_name
        && one.given_name == other.given_name
        && one.birth_date == other.birth_date
}
