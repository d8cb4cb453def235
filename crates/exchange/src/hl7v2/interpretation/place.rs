//! OBX-4: where in the device a value comes from. It groups the rows of one message, and is no
//! identity across messages. Source: device reference §2.4.

/// `MDS.VMD.CHAN` of an OBX-4; the whole of it when it has fewer parts.
pub(super) fn channel(place: &str) -> &str {
    match place.match_indices('.').nth(2) {
        Some((end, _)) => &place[..end],
        None => place,
    }
}

/// The prefix that a container row stands for: its OBX-4 without the trailing unused levels.
pub(super) fn container(place: &str) -> &str {
    let mut prefix = channel(place);
    while let Some(shorter) = prefix.strip_suffix(".0") {
        prefix = shorter;
    }
    prefix
}

/// The fourth part of OBX-4, where it is a code of the nomenclature rather than an ordinal.
pub(super) fn metric_code(place: &str) -> Option<u32> {
    let metric: u32 = place.split('.').nth(3)?.parse().ok()?;
    (metric > 0xFFFF).then_some(metric)
}
