//! Gateway profiles: how each kind of monitor deviates, as data.

use super::number;
use crate::codes;
use clinical::vital_signs::Signal;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Which acknowledgement to send. Source: device reference §2.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum AcknowledgementStyle {
    /// As MSH-15 and MSH-16 ask.
    #[serde(rename = "auto")]
    Auto,
    /// One AA, AE or AR, whatever was asked.
    #[serde(rename = "always_AA")]
    AlwaysApplication,
    /// CA, CE or CR, even when nothing was asked.
    #[serde(rename = "enhanced")]
    Enhanced,
}

/// How the bytes of a message become text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Charset {
    /// UTF-8.
    #[serde(rename = "utf-8")]
    Utf8,
    /// Western European.
    #[serde(rename = "windows-1252")]
    Windows1252,
    /// Chinese; contains GB2312 and GBK.
    #[serde(rename = "gb18030")]
    Gb18030,
}

/// What makes one device's key on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeviceIdentity {
    /// The EUI-64 of MSH-3, else of OBX-18, else name and remote address.
    SendingApplication,
    /// The EUI-64 of OBX-18 first: for a gateway that speaks for several monitors.
    Equipment,
    /// The sending application and the bed: for a gateway that tells its monitors apart by bed.
    SendingApplicationAndBed,
}

/// Where the mark "measured once, then repeated" stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AperiodicMarker {
    /// OBX-13 is `APERIODIC`.
    #[serde(rename = "obx-13")]
    Obx13,
    /// OBX-17 is `^APERIODIC`.
    #[serde(rename = "obx-17")]
    Obx17,
    /// Either.
    Either,
    /// Never sent; only our own list of aperiodic signals counts.
    None,
}

/// Whether a row's own time is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OwnTime {
    /// Used when present; the order's time otherwise.
    WhenPresent,
    /// Never used.
    Ignore,
}

/// What a wire code means at this gateway, against the general table.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeOverride {
    /// The name that must stand beside the code; any name when absent.
    pub name: Option<String>,
    /// The signal; none for a code that is known and not taken.
    pub signal: Option<Signal>,
}

/// One kind of gateway.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// Its word, such as `ge-like`.
    pub name: String,
    /// One line for the person who chooses it.
    pub says: String,
    /// Which acknowledgement to send.
    pub ack_style: AcknowledgementStyle,
    /// Whether an unreadable message is refused rather than acknowledged and quarantined.
    pub nack_on_parse_error: bool,
    /// The charset when MSH-18 is empty and the bytes are not UTF-8.
    pub charset: Charset,
    /// What makes the device's key.
    pub device_key: DeviceIdentity,
    /// The components of PV1-3 that make the bed.
    pub bed_path: Vec<usize>,
    /// Patient identifiers that stand for nobody.
    pub placeholder_ids: Vec<String>,
    /// Numbers that mean "no value".
    pub sentinels: Vec<Decimal>,
    /// Where the aperiodic mark stands.
    pub aperiodic_marker: AperiodicMarker,
    /// Whether a row's own time is believed.
    pub obx14_policy: OwnTime,
    /// The usual time between messages, in milliseconds.
    pub period_milliseconds: i64,
    /// What stands between the monitor's limits, beside the hyphen that is always read.
    pub limits_separator: char,
    /// Confirmed at commissioning: the code for expired carbon dioxide carries the end-tidal value.
    pub expired_carbon_dioxide_is_end_tidal: bool,
    /// The unit of a signal whose rows carry none. Never for a pressure or a temperature.
    pub unit_defaults: HashMap<Signal, &'static codes::Unit>,
    /// Codes that mean something else here.
    pub code_overrides: HashMap<String, CodeOverride>,
    /// Which sensor is charted where a message carries two for one signal.
    pub charted_sites: HashMap<Signal, String>,
    /// The zone of times that carry none; such times cannot be used while it is unknown.
    pub zone: Option<TimeZone>,
}

/// Why a profile is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProfileRefused {
    /// Not TOML of the expected shape.
    #[error("the gateway profile cannot be read: {0}")]
    Shape(String),
    /// Not a zone of the time zone database.
    #[error("{0:?} is not a time zone")]
    Zone(String),
    /// Not a plain decimal.
    #[error("{0:?} is not a number that can stand for \"no value\"")]
    Sentinel(String),
    /// A unit that we do not know, or that does not suit the signal.
    #[error("{unit:?} is not a unit of {signal}")]
    Unit {
        /// The signal's word.
        signal: String,
        /// As written.
        unit: String,
    },
    /// A default unit where none may be assumed.
    #[error("a unit may not be assumed for {0}: kPa and mmHg, °F and °C look alike")]
    UnitAssumed(String),
    /// A word that is no signal.
    #[error("{0:?} is not a signal")]
    Signal(String),
    /// A component number below one.
    #[error("a bed path counts components from one")]
    BedPath,
    /// A period that is not positive.
    #[error("the period between messages must be above zero and at most an hour")]
    Period,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    says: String,
    ack_style: AcknowledgementStyle,
    nack_on_parse_error: bool,
    charset: Charset,
    zone: Option<String>,
    device_key: DeviceIdentity,
    bed_path: Vec<usize>,
    placeholder_ids: Vec<String>,
    sentinels: Vec<String>,
    aperiodic_marker: AperiodicMarker,
    obx14_policy: OwnTime,
    period_s: f64,
    limits_separator: char,
    expired_carbon_dioxide_is_end_tidal: bool,
    unit_defaults: HashMap<String, String>,
    code_overrides: HashMap<String, CodeOverride>,
    charted_sites: HashMap<String, String>,
}

static BUILTIN: LazyLock<Vec<Profile>> = LazyLock::new(|| {
    [
        include_str!("../../../../codes/gateways/generic-pcd01.toml"),
        include_str!("../../../../codes/gateways/philips-like.toml"),
        include_str!("../../../../codes/gateways/ge-like.toml"),
        include_str!("../../../../codes/gateways/mindray-like.toml"),
        include_str!("../../../../codes/gateways/low-cost.toml"),
    ]
    .into_iter()
    .map(embedded)
    .collect()
});

// The files are part of the program; a test reads them, so a broken one never ships.
#[expect(clippy::expect_used, reason = "embedded data, read by a test")]
fn embedded(text: &str) -> Profile {
    Profile::read(text).expect("an embedded profile reads")
}

impl Profile {
    /// The words of the profiles that come with the program.
    pub const BUILTIN: [&'static str; 5] = [
        "generic-pcd01",
        "philips-like",
        "ge-like",
        "mindray-like",
        "low-cost",
    ];

    /// The built-in profile of this name. Its zone is unknown: see [`Profile::in_zone`].
    pub fn builtin(name: &str) -> Option<&'static Self> {
        BUILTIN.iter().find(|profile| profile.name == name)
    }

    /// The same profile for a monitor that stands in this IANA zone.
    ///
    /// The zone is a fact of the clinic and not of the maker. Until it is given, a time without a
    /// zone cannot be read, and the receive time is used and marked. Refuses an unknown zone.
    pub fn in_zone(&self, zone: &str) -> Result<Self, ProfileRefused> {
        Ok(Self {
            zone: Some(read_zone(zone)?),
            ..self.clone()
        })
    }

    /// Reads a profile from TOML; see `codes/gateways/` for the shape.
    ///
    /// Refuses unknown keys, units, signals and zones, and any default unit for a pressure or a
    /// temperature. Hazard: H06.
    pub fn read(text: &str) -> Result<Self, ProfileRefused> {
        let file: File =
            toml::from_str(text).map_err(|error| ProfileRefused::Shape(error.to_string()))?;
        if file.bed_path.contains(&0) {
            return Err(ProfileRefused::BedPath);
        }
        if !(file.period_s > 0.0 && file.period_s <= 3_600.0) {
            return Err(ProfileRefused::Period);
        }
        let sentinels = file
            .sentinels
            .into_iter()
            .map(|text| number::read(&text).map_err(|_| ProfileRefused::Sentinel(text)))
            .collect::<Result<_, _>>()?;
        let unit_defaults = file
            .unit_defaults
            .into_iter()
            .map(|(signal, unit)| default_unit(signal, unit))
            .collect::<Result<_, _>>()?;
        let charted_sites = file
            .charted_sites
            .into_iter()
            .map(|(word, site)| Ok((read_signal(word)?, site)))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            name: file.name,
            says: file.says,
            ack_style: file.ack_style,
            nack_on_parse_error: file.nack_on_parse_error,
            charset: file.charset,
            device_key: file.device_key,
            bed_path: file.bed_path,
            placeholder_ids: file.placeholder_ids,
            sentinels,
            aperiodic_marker: file.aperiodic_marker,
            obx14_policy: file.obx14_policy,
            // A number of seconds within the bounds checked above, for waiting and not for dosing.
            period_milliseconds: (file.period_s * 1_000.0).round() as i64,
            limits_separator: file.limits_separator,
            expired_carbon_dioxide_is_end_tidal: file.expired_carbon_dioxide_is_end_tidal,
            unit_defaults,
            code_overrides: file.code_overrides,
            charted_sites,
            zone: file.zone.as_deref().map(read_zone).transpose()?,
        })
    }
}

fn read_zone(zone: &str) -> Result<TimeZone, ProfileRefused> {
    TimeZone::get(zone).map_err(|_| ProfileRefused::Zone(zone.to_owned()))
}

fn read_signal(word: String) -> Result<Signal, ProfileRefused> {
    Signal::from_word(&word).ok_or(ProfileRefused::Signal(word))
}

fn default_unit(
    word: String,
    unit: String,
) -> Result<(Signal, &'static codes::Unit), ProfileRefused> {
    let signal = read_signal(word)?;
    if needs_its_unit(signal) {
        return Err(ProfileRefused::UnitAssumed(signal.word().to_owned()));
    }
    match codes::unit_by_text(&unit) {
        Some(found) if found.canonical == signal.unit() => Ok((signal, found)),
        Some(_) | None => Err(ProfileRefused::Unit {
            signal: signal.word().to_owned(),
            unit,
        }),
    }
}

/// Whether a value without a unit is refused whatever the profile says: pressures, temperatures.
pub fn needs_its_unit(signal: Signal) -> bool {
    matches!(signal.unit(), "mm[Hg]" | "Cel")
}

#[cfg(test)]
mod tests {
    use super::*;

    const GENERIC: &str = include_str!("../../../../codes/gateways/generic-pcd01.toml");

    #[test]
    fn every_builtin_profile_reads_and_bears_its_name() {
        for name in Profile::BUILTIN {
            assert_eq!(Profile::builtin(name).expect("reads").name, name);
        }
        assert_eq!(BUILTIN.len(), Profile::BUILTIN.len());
    }

    #[test]
    fn an_unknown_key_is_refused() {
        let text = format!("surprise = 1\n{GENERIC}");
        assert!(matches!(
            Profile::read(&text),
            Err(ProfileRefused::Shape(_))
        ));
    }

    // Hazard: H06
    #[test]
    fn a_default_unit_for_a_pressure_or_a_temperature_is_refused() {
        for (signal, unit) in [("cuff-systolic", "mm[Hg]"), ("temperature", "Cel")] {
            let text = GENERIC.replace(
                "[unit_defaults]",
                &format!("[unit_defaults]\n{signal} = \"{unit}\""),
            );
            assert_eq!(
                Profile::read(&text),
                Err(ProfileRefused::UnitAssumed(signal.to_owned()))
            );
        }
    }

    #[test]
    fn a_default_unit_for_a_saturation_is_taken_only_if_it_suits() {
        let with = |unit: &str| {
            Profile::read(&GENERIC.replace(
                "[unit_defaults]",
                &format!("[unit_defaults]\noxygen-saturation = \"{unit}\""),
            ))
        };
        assert!(with("%").is_ok());
        assert!(matches!(with("mmHg"), Err(ProfileRefused::Unit { .. })));
        assert!(matches!(with("furlong"), Err(ProfileRefused::Unit { .. })));
    }

    #[test]
    fn an_unknown_zone_is_refused() {
        let generic = Profile::builtin("generic-pcd01").expect("reads");
        assert!(generic.in_zone("America/New_York").is_ok());
        assert!(matches!(
            generic.in_zone("Mars/Olympus"),
            Err(ProfileRefused::Zone(_))
        ));
    }
}
