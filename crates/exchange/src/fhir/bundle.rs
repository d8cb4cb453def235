//! A searchset, and a collection to take away, joined from resources that are bytes already.

use serde::Serialize;
use units::Moment;

/// The links of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links<'a> {
    /// The request as it was understood, as an absolute URL.
    pub this: &'a str,
    /// The page after this one, if there is one.
    pub next: Option<&'a str>,
}

/// A searchset Bundle's bytes. Nothing is parsed again: each entry's bytes stand in it as stored.
///
/// `base` is the FHIR base without a slash at its end; each entry gives the resource's type, its
/// id and its bytes; `outcome` is an OperationOutcome to add (parameters that were ignored);
/// `total` is left out when it was not counted.
pub fn bundle<'a>(
    base: &str,
    links: &Links<'_>,
    total: Option<u64>,
    entries: impl IntoIterator<Item = (&'static str, &'a str, &'a [u8])>,
    outcome: Option<&[u8]>,
) -> Vec<u8> {
    let mut out = Vec::with_capacity(64 * 1024);
    out.extend_from_slice(br#"{"resourceType":"Bundle","type":"searchset""#);
    if let Some(total) = total {
        out.extend_from_slice(br#","total":"#);
        out.extend_from_slice(total.to_string().as_bytes());
    }
    out.extend_from_slice(br#","link":[{"relation":"self","url":"#);
    string(&mut out, links.this);
    if let Some(next) = links.next {
        out.extend_from_slice(br#"},{"relation":"next","url":"#);
        string(&mut out, next);
    }
    out.extend_from_slice(b"}]");
    let mut first = true;
    let mut begin = |out: &mut Vec<u8>| {
        let text: &[u8] = if first { br#","entry":["# } else { b"," };
        out.extend_from_slice(text);
        first = false;
    };
    for (kind, id, json) in entries {
        begin(&mut out);
        out.extend_from_slice(br#"{"fullUrl":"#);
        string(&mut out, &format!("{base}/{kind}/{id}"));
        out.extend_from_slice(br#","resource":"#);
        out.extend_from_slice(json);
        out.extend_from_slice(br#","search":{"mode":"match"}}"#);
    }
    if let Some(outcome) = outcome {
        begin(&mut out);
        out.extend_from_slice(br#"{"resource":"#);
        out.extend_from_slice(outcome);
        out.extend_from_slice(br#","search":{"mode":"outcome"}}"#);
    }
    // An empty list is not allowed in FHIR: no entry, no list.
    out.extend_from_slice(if first { b"}" } else { b"]}" });
    out
}

fn string(out: &mut Vec<u8>, text: &str) {
    // Writing a text into memory cannot fail.
    let _ = text.serialize(&mut serde_json::Serializer::new(out));
}
/// A collection Bundle's bytes: resources that somebody takes away together, as they stand.
///
/// `base` is the FHIR base without a slash at its end, `at` when it was put together; each entry
/// gives the resource's type, its id and its bytes. Source: FHIR R4, bundle, 2.36.3 (collection).
pub fn collection<'a>(
    base: &str,
    at: Moment,
    entries: impl IntoIterator<Item = (&'static str, &'a str, &'a [u8])>,
) -> Vec<u8> {
    let mut out = Vec::with_capacity(64 * 1024);
    out.extend_from_slice(br#"{"resourceType":"Bundle","type":"collection","timestamp":"#);
    string(&mut out, &at.to_string());
    let mut first = true;
    for (kind, id, json) in entries {
        let begins: &[u8] = if first { br#","entry":["# } else { b"," };
        out.extend_from_slice(begins);
        first = false;
        out.extend_from_slice(br#"{"fullUrl":"#);
        string(&mut out, &format!("{base}/{kind}/{id}"));
        out.extend_from_slice(br#","resource":"#);
        out.extend_from_slice(json);
        out.push(b'}');
    }
    if !first {
        out.push(b']');
    }
    out.push(b'}');
    out
}
