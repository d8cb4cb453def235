//! A bedside monitor as a Device.

use super::datatypes::{Identifier, Meta};
use super::resource::{Resource, ResourceKind, Stamp, Token, bytes, tokens};
use super::terminology::wire_key_system;
use clinical::record::{DeviceId, TenantId};
use serde::Serialize;
use units::Moment;

const STATUS_SYSTEM: &str = "http://hl7.org/fhir/device-status";

/// What the mapping knows of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceFacts {
    /// The clinic, whose keys these are.
    pub tenant: TenantId,
    /// Our identity for it.
    pub device: DeviceId,
    /// Its key on the wire.
    pub wire_key: String,
    /// Its name as staff say it.
    pub name: String,
    /// The version of the device's stream that this is read from.
    pub version: u64,
    /// When that version was recorded.
    pub updated: Moment,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DeviceResource {
    resource_type: &'static str,
    id: String,
    meta: Meta,
    identifier: Vec<Identifier>,
    status: &'static str,
    device_name: Vec<DeviceName>,
}

#[derive(Serialize)]
struct DeviceName {
    name: String,
    #[serde(rename = "type")]
    kind: &'static str,
}

/// The device as FHIR.
pub fn device(facts: &DeviceFacts) -> Resource {
    let stamp = Stamp {
        version: facts.version,
        updated: facts.updated,
    };
    let id = facts.device.to_string();
    let system = wire_key_system(facts.tenant);
    let mut found_by = tokens("identifier", &system, &facts.wire_key).to_vec();
    found_by.push(Token {
        parameter: "device-name",
        value: facts.name.to_lowercase(),
    });
    found_by.extend(tokens("status", STATUS_SYSTEM, "active"));
    Resource {
        kind: ResourceKind::Device,
        json: bytes(&DeviceResource {
            resource_type: ResourceKind::Device.name(),
            id: id.clone(),
            meta: stamp.meta(None),
            identifier: vec![Identifier {
                used_as: None,
                kind: None,
                system,
                value: facts.wire_key.clone(),
            }],
            status: "active",
            device_name: vec![DeviceName {
                name: facts.name.clone(),
                kind: "user-friendly-name",
            }],
        }),
        id,
        patient: None,
        session: None,
        codes: Vec::new(),
        tokens: found_by,
        effective: None,
        effective_until: None,
        updated: stamp.updated,
        version: stamp.version,
    }
}
