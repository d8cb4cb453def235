//! Our word for each signal, and everybody else's: MDC, LOINC, UCUM; and the units of the wire.
//!
//! The tables are data (`codes/vital-signs.toml`, `codes/units.toml`), read once. Source of every
//! row: the device reference, §5.

use clinical::vital_signs::Signal;
use rust_decimal::Decimal;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::LazyLock;

/// The FHIR system of MDC codes.
pub const MDC_SYSTEM: &str = "urn:iso:std:iso:11073:10101";
/// The FHIR system of LOINC codes.
pub const LOINC_SYSTEM: &str = "http://loinc.org";
/// The FHIR system of UCUM units.
pub const UCUM_SYSTEM: &str = "http://unitsofmeasure.org";

/// One IEEE 11073 code of a signal.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MdcCode {
    /// The number: partition × 65,536 + context-free code; none where only the name is known.
    pub code: Option<u32>,
    /// The reference identifier, such as `MDC_ECG_HEART_RATE`; none where only the number is known.
    pub refid: Option<String>,
    /// Other names of the same code.
    #[serde(default)]
    pub also: Vec<String>,
    /// Where on the body, if the code says it.
    pub site: Option<String>,
}

/// One LOINC code.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Loinc {
    /// The code, such as `8867-4`.
    pub code: String,
    /// LOINC's own wording.
    pub display: String,
}

/// Everything that other systems call one signal.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VitalSign {
    /// Our signal; its canonical UCUM unit is [`Signal::unit`].
    pub signal: Signal,
    /// The unit as people read it; empty for a bare number.
    pub shown_unit: String,
    /// The MDC number of the canonical unit.
    pub mdc_unit: u32,
    /// Outside these, inclusive bounds a reading is questionable; none where the source gives none.
    pub questionable_outside: Option<(Decimal, Decimal)>,
    /// The largest step between samples one second apart before the later is questionable.
    pub largest_step: Option<Decimal>,
    /// Short names that gateways print beside a code.
    pub labels: Vec<String>,
    /// MDC codes, the preferred first.
    pub mdc: Vec<MdcCode>,
    /// LOINC codes to emit, the required one first; empty where none is assigned.
    pub loinc: Vec<Loinc>,
    /// The panel that holds the signal, if any.
    pub loinc_panel: Option<Loinc>,
}

/// One unit of the wire, and how it becomes the canonical unit.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// The MDC reference identifier.
    pub refid: String,
    /// The MDC number.
    pub mdc: u32,
    /// The UCUM code.
    pub ucum: String,
    /// The UCUM code of the canonical unit.
    pub canonical: String,
    /// Subtracted first.
    #[serde(default)]
    pub subtract: Decimal,
    /// Then multiplied by.
    #[serde(default = "one")]
    pub multiply: Decimal,
    /// Then divided by.
    #[serde(default = "one")]
    pub divide: Decimal,
    /// Plain text that means this unit, exactly as written.
    pub text: Vec<String>,
}

fn one() -> Decimal {
    Decimal::ONE
}

impl Unit {
    /// Whether two units mean the same number, so that one may stand beside the other.
    pub fn means_the_same_as(&self, other: &Self) -> bool {
        self.canonical == other.canonical
            && self.subtract == other.subtract
            && self.multiply == other.multiply
            && self.divide == other.divide
    }
}

/// A blood-pressure code that does not say how the pressure was measured.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenericPressure {
    /// The MDC number.
    pub code: u32,
    /// The reference identifier.
    pub refid: String,
    /// The signal inside a cuff's channel.
    pub cuff: Signal,
    /// The signal inside an arterial line's channel.
    pub arterial: Signal,
}

/// How a pressure channel measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PressureChannel {
    /// By a cuff.
    Cuff,
    /// By an arterial line.
    Arterial,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeAndName {
    code: u32,
    refid: Option<String>,
    pressure: Option<PressureChannel>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct VitalSignFile {
    vital_sign: Vec<VitalSign>,
    expired_carbon_dioxide: CodeAndName,
    generic_pressure: Vec<GenericPressure>,
    container: Vec<CodeAndName>,
    not_taken: Vec<CodeAndName>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct UnitFile {
    unit: Vec<Unit>,
}

/// What one MDC code is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// A vital sign, perhaps with the place on the body.
    VitalSign {
        /// Which.
        signal: Signal,
        /// The place on the body that the code names.
        site: Option<&'static str>,
    },
    /// A blood pressure whose channel must say how it was measured.
    GenericPressure(&'static GenericPressure),
    /// Expired carbon dioxide: end-tidal only where the profile says so.
    ExpiredCarbonDioxide,
    /// A container row: it has no value, but says what its channel is.
    Container(Option<PressureChannel>),
    /// Known, and not taken.
    NotTaken,
}

/// One row of the code index: the meaning and every name that agrees with it.
#[derive(Debug)]
pub struct Coded {
    /// The number, where known.
    pub code: Option<u32>,
    /// What it is to us.
    pub meaning: Meaning,
    /// Reference identifiers that agree with the number; the preferred first.
    pub names: Vec<&'static str>,
}

struct Tables {
    signals: HashMap<Signal, &'static VitalSign>,
    coded: Vec<Coded>,
    by_number: HashMap<u32, usize>,
    by_name: HashMap<&'static str, usize>,
    by_label: HashMap<&'static str, Signal>,
    units: &'static [Unit],
    unit_by_number: HashMap<u32, &'static Unit>,
    unit_by_name: HashMap<&'static str, &'static Unit>,
    unit_by_text: HashMap<&'static str, &'static Unit>,
}

static VITAL_SIGN_FILE: LazyLock<VitalSignFile> =
    LazyLock::new(|| embedded(include_str!("../../../codes/vital-signs.toml")));
static UNIT_FILE: LazyLock<UnitFile> =
    LazyLock::new(|| embedded(include_str!("../../../codes/units.toml")));
static TABLES: LazyLock<Tables> = LazyLock::new(tables);

// The files are part of the program; a test reads them, so a broken one never ships.
#[expect(clippy::expect_used, reason = "embedded data, read by a test")]
pub(crate) fn embedded<T: serde::de::DeserializeOwned>(text: &str) -> T {
    toml::from_str(text).expect("an embedded table reads")
}

fn tables() -> Tables {
    let file = &*VITAL_SIGN_FILE;
    let mut coded = Vec::new();
    for entry in &file.vital_sign {
        for mdc in &entry.mdc {
            coded.push(Coded {
                code: mdc.code,
                meaning: Meaning::VitalSign {
                    signal: entry.signal,
                    site: mdc.site.as_deref(),
                },
                names: mdc
                    .refid
                    .iter()
                    .chain(&mdc.also)
                    .map(String::as_str)
                    .collect(),
            });
        }
    }
    for generic in &file.generic_pressure {
        coded.push(Coded {
            code: Some(generic.code),
            meaning: Meaning::GenericPressure(generic),
            names: vec![generic.refid.as_str()],
        });
    }
    let named = |entry: &'static CodeAndName, meaning| Coded {
        code: Some(entry.code),
        meaning,
        names: entry.refid.iter().map(String::as_str).collect(),
    };
    coded.push(named(
        &file.expired_carbon_dioxide,
        Meaning::ExpiredCarbonDioxide,
    ));
    for container in &file.container {
        coded.push(named(container, Meaning::Container(container.pressure)));
    }
    for other in &file.not_taken {
        coded.push(named(other, Meaning::NotTaken));
    }
    let mut by_number = HashMap::new();
    let mut by_name = HashMap::new();
    for (index, entry) in coded.iter().enumerate() {
        if let Some(number) = entry.code {
            by_number.insert(number, index);
        }
        for name in &entry.names {
            by_name.insert(*name, index);
        }
    }
    let units = UNIT_FILE.unit.as_slice();
    let mut unit_by_text = HashMap::new();
    for unit in units {
        // Several units share `/min`: they mean the same number, and the first is named.
        unit_by_text.entry(unit.ucum.as_str()).or_insert(unit);
        for text in &unit.text {
            unit_by_text.insert(text.as_str(), unit);
        }
    }
    Tables {
        signals: file
            .vital_sign
            .iter()
            .map(|entry| (entry.signal, entry))
            .collect(),
        coded,
        by_number,
        by_name,
        by_label: file
            .vital_sign
            .iter()
            .flat_map(|entry| {
                entry
                    .labels
                    .iter()
                    .map(|label| (label.as_str(), entry.signal))
            })
            .collect(),
        units,
        unit_by_number: units.iter().map(|unit| (unit.mdc, unit)).collect(),
        unit_by_name: units
            .iter()
            .map(|unit| (unit.refid.as_str(), unit))
            .collect(),
        unit_by_text,
    }
}

/// What other systems call this signal.
pub fn vital_sign(signal: Signal) -> &'static VitalSign {
    // Every signal has its row; the test below holds the table to it.
    TABLES.signals[&signal]
}

/// Every vital sign of the table, in the table's order.
pub fn vital_signs() -> &'static [VitalSign] {
    &VITAL_SIGN_FILE.vital_sign
}

/// The row for an MDC number.
pub fn by_number(number: u32) -> Option<&'static Coded> {
    TABLES
        .by_number
        .get(&number)
        .map(|index| &TABLES.coded[*index])
}

/// The row for an MDC reference identifier.
pub fn by_name(name: &str) -> Option<&'static Coded> {
    TABLES.by_name.get(name).map(|index| &TABLES.coded[*index])
}

/// The signal that a gateway's short name stands for.
pub fn by_label(label: &str) -> Option<Signal> {
    TABLES.by_label.get(label).copied()
}

/// The signals that are emitted under this LOINC code, in the table's order.
pub fn by_loinc(code: &str) -> impl Iterator<Item = Signal> + '_ {
    vital_signs()
        .iter()
        .filter(move |entry| entry.loinc.iter().any(|loinc| loinc.code == code))
        .map(|entry| entry.signal)
}

/// Every unit of the table.
pub fn units() -> &'static [Unit] {
    TABLES.units
}

/// The unit for an MDC number.
pub fn unit_by_number(number: u32) -> Option<&'static Unit> {
    TABLES.unit_by_number.get(&number).copied()
}

/// The unit for an MDC reference identifier.
pub fn unit_by_name(name: &str) -> Option<&'static Unit> {
    TABLES.unit_by_name.get(name).copied()
}

/// The unit for a UCUM code or one of the accepted plain texts.
pub fn unit_by_text(text: &str) -> Option<&'static Unit> {
    TABLES.unit_by_text.get(text).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_signal_has_a_row_and_a_canonical_unit_that_is_in_the_table() {
        for signal in Signal::ALL {
            let entry = vital_sign(signal);
            let unit = unit_by_number(entry.mdc_unit).expect("the unit is in the table");
            assert_eq!(unit.canonical, signal.unit(), "{signal:?}");
            assert_eq!(unit.multiply, Decimal::ONE);
        }
        assert_eq!(vital_signs().len(), Signal::ALL.len());
    }

    #[test]
    fn no_number_name_or_unit_text_stands_for_two_things() {
        let numbers = TABLES
            .coded
            .iter()
            .filter(|entry| entry.code.is_some())
            .count();
        assert_eq!(numbers, TABLES.by_number.len());
        let names: usize = TABLES.coded.iter().map(|entry| entry.names.len()).sum();
        assert_eq!(names, TABLES.by_name.len());
        for unit in units() {
            for text in unit.text.iter().chain([&unit.ucum]) {
                let found = unit_by_text(text).expect("in the table");
                assert!(found.means_the_same_as(unit), "{text}");
            }
        }
        let labels: usize = vital_signs().iter().map(|entry| entry.labels.len()).sum();
        assert_eq!(labels, TABLES.by_label.len());
    }

    #[test]
    fn soft_bounds_lie_within_hard_bounds() {
        for entry in vital_signs() {
            let (hard_low, hard_high) = entry.signal.hard_bounds();
            if let Some((low, high)) = entry.questionable_outside {
                assert!(
                    hard_low <= low && low < high && high <= hard_high,
                    "{:?}",
                    entry.signal
                );
            }
        }
    }

    #[test]
    fn the_codes_of_the_reference_mean_what_it_says() {
        // Witness: device reference §5.1.
        for (number, signal) in [
            (147842, Signal::HeartRate),
            (149530, Signal::PulseFromOximeter),
            (150456, Signal::OxygenSaturation),
            (150021, Signal::CuffSystolic),
            (150303, Signal::CuffMean),
            (150035, Signal::ArterialMean),
            (151594, Signal::RespiratoryRateFromCarbonDioxide),
            (151708, Signal::EndTidalCarbonDioxide),
            (188424, Signal::Temperature),
        ] {
            let row = by_number(number).expect("in the table");
            assert!(
                matches!(row.meaning, Meaning::VitalSign { signal: found, .. } if found == signal),
                "{number}"
            );
        }
    }
}
