//! Segments and times as text.

use jiff::tz::TimeZone;
use units::Moment;

/// One OBX segment; what is empty stays empty, and trailing empty fields are left out.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    /// OBX-2.
    pub(super) value_type: &'static str,
    /// OBX-3.
    pub(super) code: &'static str,
    /// OBX-4.
    pub(super) sub_id: String,
    /// OBX-5.
    pub(super) value: String,
    /// OBX-6.
    pub(super) unit: &'static str,
    /// OBX-7.
    pub(super) limits: String,
    /// OBX-8.
    pub(super) flags: &'static str,
    /// OBX-11.
    pub(super) status: &'static str,
    /// OBX-13.
    pub(super) access: &'static str,
    /// OBX-14.
    pub(super) time: String,
    /// OBX-17.
    pub(super) method: &'static str,
    /// OBX-18.
    pub(super) equipment: String,
}

impl Row {
    fn segment(&self, set_id: usize) -> String {
        let fields: [&str; 18] = [
            &set_id.to_string(),
            self.value_type,
            self.code,
            &self.sub_id,
            &self.value,
            self.unit,
            &self.limits,
            self.flags,
            "",
            "",
            self.status,
            "",
            self.access,
            &self.time,
            "",
            "",
            self.method,
            &self.equipment,
        ];
        let used = fields
            .iter()
            .rposition(|field| !field.is_empty())
            .map_or(0, |last| last + 1);
        format!("OBX|{}", fields[..used].join("|"))
    }
}

/// The whole message: the leading segments, then the rows, each ended with a carriage return.
pub(super) fn message(leading: &[String], rows: &[Row]) -> String {
    let mut text = String::with_capacity(128 * (leading.len() + rows.len()));
    for segment in leading {
        text.push_str(segment);
        text.push('\r');
    }
    for (index, row) in rows.iter().enumerate() {
        text.push_str(&row.segment(index + 1));
        text.push('\r');
    }
    text
}

/// Writes a person's text so that none of its signs is taken for a delimiter.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '|' => safe.push_str("\\F\\"),
            '^' => safe.push_str("\\S\\"),
            '&' => safe.push_str("\\T\\"),
            '~' => safe.push_str("\\R\\"),
            '\\' => safe.push_str("\\E\\"),
            sign if sign.is_control() => safe.push(' '),
            sign => safe.push(sign),
        }
    }
    safe
}

/// `20261103101500.250-0500`.
pub(super) fn zoned_milliseconds(moment: Moment, zone: &TimeZone) -> String {
    moment
        .timestamp()
        .to_zoned(zone.clone())
        .strftime("%Y%m%d%H%M%S%.3f%z")
        .to_string()
}

/// `20261103101502.0000-0500`: four decimals, always zero.
pub(super) fn zoned_ten_thousandths(moment: Moment, zone: &TimeZone) -> String {
    moment
        .timestamp()
        .to_zoned(zone.clone())
        .strftime("%Y%m%d%H%M%S.0000%z")
        .to_string()
}

/// `20261103101501`: local time, no zone.
pub(super) fn local_seconds(moment: Moment, zone: &TimeZone) -> String {
    moment
        .timestamp()
        .to_zoned(zone.clone())
        .strftime("%Y%m%d%H%M%S")
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Witness: the written times of the device reference §2.6 and §3.
    #[test]
    fn times_are_written_as_each_maker_writes_them() {
        let zone = TimeZone::get("America/New_York").unwrap();
        let at = Moment::parse("2026-11-03T10:15:00.250-05:00").unwrap();
        assert_eq!(zoned_milliseconds(at, &zone), "20261103101500.250-0500");
        assert_eq!(zoned_ten_thousandths(at, &zone), "20261103101500.0000-0500");
        assert_eq!(local_seconds(at, &zone), "20261103101500");
        let whole = Moment::parse("2026-11-03T10:15:00-05:00").unwrap();
        assert_eq!(zoned_milliseconds(whole, &zone), "20261103101500.000-0500");
    }

    #[test]
    fn a_delimiter_in_a_name_is_escaped() {
        assert_eq!(escaped("A|B^C&D~E\\F"), "A\\F\\B\\S\\C\\T\\D\\R\\E\\E\\F");
    }

    // Witness: the container row of the device reference §3.2.
    #[test]
    fn a_container_row_carries_only_its_code_and_its_status() {
        let row = Row {
            code: "69798^MDC_DEV_ECG_VMD^MDC",
            sub_id: "1.5.0.0".to_owned(),
            status: "X",
            ..Row::default()
        };
        assert_eq!(
            row.segment(2),
            "OBX|2||69798^MDC_DEV_ECG_VMD^MDC|1.5.0.0|||||||X"
        );
    }
}
