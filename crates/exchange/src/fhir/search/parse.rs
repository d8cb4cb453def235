//! From a query string to a [`Search`].

use super::super::{Issue, IssueType, ResourceKind};
use super::{
    DEFAULT_COUNT, Filter, LARGEST_COUNT, LONGEST_QUERY, MOST_PARAMETERS, MOST_VALUES, Parameter,
    ParameterKind, Search, Sort, SortBy, Times, Total, parameters, query,
};
use jiff::tz::TimeZone;
use std::str::FromStr;

/// What to do with a parameter that we do not know: the client's `Prefer: handling=…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Handling {
    /// Leave it out and say so.
    #[default]
    Lenient,
    /// Refuse the search.
    Strict,
}

impl Handling {
    /// From the value of a `Prefer` header, if there is one.
    pub fn of_prefer(header: Option<&str>) -> Self {
        let strict = header.is_some_and(|header| {
            header
                .split([',', ';'])
                .any(|part| part.trim().eq_ignore_ascii_case("handling=strict"))
        });
        if strict { Self::Strict } else { Self::Lenient }
    }
}

/// Reads a search for a type from its query string (or the body of a `_search` form).
///
/// `zone` is the clinic's: dates without a zone are dates there. Refuses with every issue found,
/// to be sent as an OperationOutcome with status 400.
pub fn parse(
    kind: ResourceKind,
    query: &str,
    handling: Handling,
    zone: &TimeZone,
) -> Result<Search, Vec<Issue>> {
    let pairs = read(query).map_err(|issue| vec![issue])?;
    let by = match kind {
        ResourceKind::Patient | ResourceKind::Device => SortBy::Updated,
        ResourceKind::Encounter
        | ResourceKind::Observation
        | ResourceKind::MedicationAdministration => SortBy::Effective,
    };
    let mut search = Search {
        kind,
        ids: None,
        patients: None,
        sessions: None,
        codes: Vec::new(),
        tokens: Vec::new(),
        texts: Vec::new(),
        effective: Times::default(),
        updated: Times::default(),
        birth_date: Times::default(),
        sort: Sort {
            by,
            descending: by == SortBy::Effective,
        },
        count: DEFAULT_COUNT,
        count_only: false,
        total: Total::None,
        after: None,
        ignored: Vec::new(),
        understood: Vec::new(),
    };
    let mut issues = Vec::new();
    for (name, value) in pairs {
        match take(&mut search, &name, &value, zone) {
            Ok(true) => {
                // What was used, not what was asked for.
                let used = match name.as_str() {
                    "_count" if !search.count_only => search.count.to_string(),
                    _as_asked => value,
                };
                search.understood.push((name, used));
            }
            Ok(false) => match handling {
                Handling::Lenient => search.ignored.push(name),
                Handling::Strict => issues.push(Issue::error(
                    IssueType::NotSupported,
                    format!("{} has no search parameter {name:?}", kind.name()),
                )),
            },
            Err((issue, says)) => {
                issues.push(Issue::error(issue, format!("parameter {name:?}: {says}")));
            }
        }
    }
    // Who asks for what is new reads along the changes; the record's own order would be a detour.
    let sorted = search.understood.iter().any(|(name, _)| name == "_sort");
    if !sorted && !search.updated.is_open() {
        search.sort = Sort {
            by: SortBy::Updated,
            descending: false,
        };
    }
    if looked_up(&search) > MOST_VALUES {
        issues.push(too_costly("persons, visits and codes at once"));
    }
    if issues.is_empty() {
        Ok(search)
    } else {
        Err(issues)
    }
}

/// The pairs of a query string, none of them harmful or said twice.
fn read(query: &str) -> Result<Vec<(String, String)>, Issue> {
    if query.len() > LONGEST_QUERY {
        let says = format!("a search is at most {LONGEST_QUERY} bytes long");
        return Err(Issue::error(IssueType::TooLong, says));
    }
    let pairs = query::read(query).map_err(|says| Issue::error(IssueType::Invalid, says))?;
    if pairs.len() > MOST_PARAMETERS {
        let says = format!("a search has at most {MOST_PARAMETERS} parameters");
        return Err(Issue::error(IssueType::TooCostly, says));
    }
    for (place, (name, value)) in pairs.iter().enumerate() {
        // No name, code or number holds one; not every store can look for each, and a tabulator
        // stands between the parts of an index.
        if name.chars().chain(value.chars()).any(char::is_control) {
            return Err(Issue::error(IssueType::Invalid, "a control character"));
        }
        // Two answers cannot both be given; two conditions can both hold.
        let of_the_answer = name.starts_with('_') && name != "_id" && name != "_lastUpdated";
        if of_the_answer && pairs.iter().skip(place + 1).any(|(later, _)| later == name) {
            let says = format!("parameter {name:?} stands there more than once");
            return Err(Issue::error(IssueType::Invalid, says));
        }
    }
    Ok(pairs)
}

/// How many look-ups the search leads to.
fn looked_up(search: &Search) -> usize {
    let many = |one: Option<usize>| one.unwrap_or(1).max(1);
    many(search.patients.as_ref().map(Vec::len))
        * many(search.sessions.as_ref().map(Vec::len))
        * many(search.codes.first().map(Vec::len))
}

fn too_costly(what: &str) -> Issue {
    let says = format!("more than {MOST_VALUES} {what}; ask for some at a time");
    Issue::error(IssueType::TooCostly, says)
}

type Wrong = (IssueType, String);

fn value_wrong(says: impl Into<String>) -> Wrong {
    (IssueType::Value, says.into())
}

fn not_supported(says: impl Into<String>) -> Wrong {
    (IssueType::NotSupported, says.into())
}

/// `false`: a parameter that this type does not have, or one without a value.
fn take(search: &mut Search, name: &str, value: &str, zone: &TimeZone) -> Result<bool, Wrong> {
    let (plain, modifier) = match name.split_once(':') {
        Some((plain, modifier)) => (plain, Some(modifier)),
        None => (name, None),
    };
    let head = plain.split_once('.').map_or(plain, |(head, _)| head);
    let Some(parameter) = parameters(search.kind)
        .iter()
        .find(|parameter| parameter.name == head)
    else {
        return Ok(false);
    };
    if head != plain {
        return Err(not_supported("chains are not supported"));
    }
    match (modifier, parameter.kind) {
        (None, _) | (Some("Patient"), ParameterKind::Patient) => {}
        (Some("Encounter"), ParameterKind::Encounter) | (Some("Device"), ParameterKind::Device) => {
        }
        (Some(modifier), _) => {
            return Err(not_supported(format!(
                "the modifier {modifier:?} is not supported"
            )));
        }
    }
    if value.is_empty() {
        return Ok(false);
    }
    if value.split(',').count() > MOST_VALUES {
        return Err((
            IssueType::TooCostly,
            format!("more than {MOST_VALUES} values; ask for some at a time"),
        ));
    }
    if parameter.kind != ParameterKind::Result && any_of(value).is_empty() {
        return Err(value_wrong("there is nothing between the commas"));
    }
    match parameter.kind {
        ParameterKind::Id => narrow(&mut search.ids, any_of(value)),
        ParameterKind::Patient => narrow(&mut search.patients, referred(value, "Patient")),
        ParameterKind::Encounter => narrow(&mut search.sessions, referred(value, "Encounter")),
        ParameterKind::Device => search.tokens.push(Filter {
            parameter: parameter.name,
            any_of: any_of(value)
                .iter()
                .map(|text| format!("Device/{}", text.strip_prefix("Device/").unwrap_or(text)))
                .collect(),
        }),
        ParameterKind::Token => take_token(search, parameter, value)?,
        ParameterKind::Text => search.texts.push(Filter {
            parameter: parameter.name,
            any_of: any_of(value)
                .iter()
                .map(|text| text.to_lowercase())
                .collect(),
        }),
        ParameterKind::Effective => one_date(&mut search.effective, value, zone)?,
        ParameterKind::Updated => one_date(&mut search.updated, value, zone)?,
        // A birth date is a day wherever it is asked for.
        ParameterKind::BirthDate => one_date(&mut search.birth_date, value, &TimeZone::UTC)?,
        ParameterKind::Result => return take_result(search, parameter, value),
    }
    Ok(true)
}

/// The values between commas; `\,` is a comma inside a value.
fn any_of(value: &str) -> Vec<String> {
    let mut values = vec![String::new()];
    let mut escaped = false;
    for character in value.chars() {
        match (escaped, character) {
            (false, '\\') => {
                escaped = true;
                continue;
            }
            (false, ',') => values.push(String::new()),
            (_, character) => {
                if let Some(last) = values.last_mut() {
                    last.push(character);
                }
            }
        }
        escaped = false;
    }
    values.retain(|value| !value.is_empty());
    values
}

/// The ids that are referred to; one that cannot be an id of ours finds nothing.
fn referred<T: FromStr>(value: &str, kind: &str) -> Vec<T> {
    any_of(value)
        .iter()
        .filter_map(|reference| {
            let (before, id) = reference.rsplit_once('/').unwrap_or((kind, reference));
            let type_name = before.rsplit('/').next().unwrap_or(before);
            (type_name == kind).then(|| id.parse().ok())?
        })
        .collect()
}

fn narrow<T: PartialEq>(known: &mut Option<Vec<T>>, more: Vec<T>) {
    *known = Some(match known.take() {
        Some(known) => known.into_iter().filter(|one| more.contains(one)).collect(),
        None => more,
    });
}

fn take_token(search: &mut Search, parameter: &Parameter, value: &str) -> Result<(), Wrong> {
    let any_of = any_of(value);
    if any_of.iter().any(|token| token.ends_with('|')) {
        return Err(not_supported("every code of a system cannot be asked for"));
    }
    if parameter.name == "code" {
        search.codes.push(any_of);
    } else {
        search.tokens.push(Filter {
            parameter: parameter.name,
            any_of,
        });
    }
    Ok(())
}

fn one_date(times: &mut Times, value: &str, zone: &TimeZone) -> Result<(), Wrong> {
    if value.contains(',') {
        return Err(not_supported(
            "several dates in one parameter; repeat it for a range",
        ));
    }
    times.add(value, zone).map_err(value_wrong)
}

fn take_result(search: &mut Search, parameter: &Parameter, value: &str) -> Result<bool, Wrong> {
    match parameter.name {
        "_sort" => search.sort = read_sort(search.kind, value)?,
        "_count" => {
            let count: u32 = value
                .parse()
                .map_err(|_| value_wrong(format!("{value:?} is not a number of resources")))?;
            // Zero asks for the total alone, as the specification says.
            search.count_only |= count == 0;
            search.count = count.clamp(1, LARGEST_COUNT);
        }
        "_summary" => match value {
            "count" => search.count_only = true,
            "false" => {}
            "true" | "text" | "data" => return Ok(false),
            other => return Err(value_wrong(format!("{other:?} is not a kind of summary"))),
        },
        "_total" => {
            search.total = match value {
                "none" => Total::None,
                "estimate" | "accurate" => Total::Accurate,
                other => return Err(value_wrong(format!("{other:?} is not a kind of total"))),
            };
        }
        "_format" => match value {
            asked if speaks(asked) => {}
            other => {
                return Err(not_supported(format!(
                    "{other:?}; only JSON is spoken here"
                )));
            }
        },
        "_page" => {
            let cursor = value
                .parse()
                .map_err(|why: super::cursor::NotACursor| value_wrong(why.to_string()))?;
            search.after = Some(cursor);
        }
        _unlisted => return Ok(false),
    }
    Ok(true)
}

/// Whether a format that was asked for, in `_format` or `Accept`, is the one we write: JSON, of
/// this release. A plus sign that a client forgot to encode has become a blank.
pub fn speaks(format: &str) -> bool {
    let mut parts = format.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
    let json = matches!(
        kind.as_str(),
        "json"
            | "application/json"
            | "application/fhir+json"
            | "application/fhir json"
            | "text/json"
    );
    json && parts
        .filter_map(|part| part.split_once('='))
        .all(|(name, value)| {
            let value = value.trim().trim_matches('"');
            !name.trim().eq_ignore_ascii_case("fhirVersion") || matches!(value, "4.0" | "4.0.1")
        })
}

fn read_sort(kind: ResourceKind, value: &str) -> Result<Sort, Wrong> {
    let (name, descending) = match value.strip_prefix('-') {
        Some(name) => (name, true),
        None => (value, false),
    };
    let found = parameters(kind)
        .iter()
        .find(|parameter| parameter.name == name)
        .map(|parameter| parameter.kind);
    let by = match found {
        Some(ParameterKind::Effective) => SortBy::Effective,
        Some(ParameterKind::Updated) => SortBy::Updated,
        Some(_) | None => {
            return Err(not_supported(format!(
                "{} cannot be sorted by {name:?}; sort by its date or by _lastUpdated",
                kind.name()
            )));
        }
    };
    Ok(Sort { by, descending })
}
