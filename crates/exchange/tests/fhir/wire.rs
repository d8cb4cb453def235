//! Reading what we wrote, with a reader that is not ours.

use crate::story::Story;
use exchange::fhir::Resource;
use fhirkit::r4;
use serde_json::Value;

/// Decodes with `fhirkit`; any issue it reports, errors and warnings alike, fails the test.
pub fn read(json: &[u8]) -> r4::Resource {
    let text = std::str::from_utf8(json).unwrap();
    let (resource, issues) = fhirkit::from_json::<r4::Resource>(text).unwrap();
    assert!(issues.is_empty(), "{issues:?}\n{text}");
    let resource = resource.unwrap();
    // The reader kept everything that we wrote: nothing stands in an element it does not know.
    assert_eq!(
        value(fhirkit::to_json(&resource).as_bytes()),
        value(json),
        "{text}"
    );
    resource
}

pub fn value(json: &[u8]) -> Value {
    serde_json::from_slice(json).unwrap()
}

pub fn observation(resource: &Resource) -> r4::Observation {
    match read(&resource.json) {
        r4::Resource::Observation(observation) => *observation,
        other => panic!("not an Observation: {}", other.resource_type()),
    }
}

/// The exact text of a quantity's number.
pub fn number(quantity: &r4::Quantity) -> String {
    let value = quantity.value.as_ref().unwrap().value.as_ref().unwrap();
    value.as_str().to_owned()
}

pub fn find<'a>(resources: &'a [Resource], id: &str) -> &'a Resource {
    resources
        .iter()
        .find(|resource| resource.id == id)
        .unwrap_or_else(|| panic!("no {id}"))
}

/// The JSON of one resource of a story.
pub fn json_of(story: &Story, id: &str) -> Value {
    value(&find(&story.resources(), id).json)
}

/// What stands at a JSON pointer; its absence fails the test.
pub fn pointer<'a>(value: &'a Value, path: &str) -> &'a Value {
    value
        .pointer(path)
        .unwrap_or_else(|| panic!("no {path} in {value}"))
}
