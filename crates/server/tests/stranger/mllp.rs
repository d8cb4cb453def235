//! A monitor's side of MLLP, and the messages it sends.
//!
//! Source: device reference 2.1 to 2.3. The codes stand here once more as literals, so that this
//! is a witness and not a mirror of our own tables.

use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const START: u8 = 0x0B;
const END: u8 = 0x1C;

/// A connection that waits for each acknowledgement before it sends again.
#[derive(Debug)]
pub struct Line {
    reader: BufReader<TcpStream>,
}

impl Line {
    /// Connects.
    pub fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, Duration::from_secs(5))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self {
            reader: BufReader::new(stream),
        })
    }

    /// Sends a message and waits for the acknowledgement: its code and the control id it names.
    pub fn send(&mut self, message: &str) -> io::Result<(String, String)> {
        self.reader.get_mut().write_all(&framed(message))?;
        let mut answer = Vec::new();
        self.reader.read_until(END, &mut answer)?;
        if answer.pop() != Some(END) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.reader.read_until(b'\r', &mut Vec::new())?;
        acknowledged(&answer)
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "an answer without MSA"))
    }
}

/// A message between its MLLP marks.
pub fn framed(message: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(message.len() + 3);
    bytes.push(START);
    bytes.extend_from_slice(message.as_bytes());
    bytes.extend_from_slice(&[END, b'\r']);
    bytes
}

/// MSA-1 and MSA-2 of an acknowledgement.
pub fn acknowledged(answer: &[u8]) -> Option<(String, String)> {
    let text = String::from_utf8_lossy(answer);
    let segment = text
        .split(['\r', '\n'])
        .find(|segment| segment.starts_with("MSA|"))?;
    let mut fields = segment.split('|').skip(1);
    Some((
        fields.next()?.to_owned(),
        fields.next().unwrap_or_default().to_owned(),
    ))
}

/// The numbers of one message.
#[derive(Clone, Copy, Debug)]
pub struct Numbers {
    /// Beats in a minute.
    pub heart_rate: u32,
    /// Percent.
    pub saturation: u32,
    /// Breaths in a minute.
    pub respiratory_rate: u32,
    /// A cuff cycle that ended at this time: systolic, diastolic, and when, in milliseconds since
    /// 1970.
    pub cuff: Option<(u32, u32, i64)>,
    /// Fill up to twelve numerics.
    pub twelve: bool,
    /// Tenths of a degree Celsius; only among twelve.
    pub temperature_tenths: u32,
}

/// A PCD-01 message of a monitor with this key, at a time in milliseconds since 1970.
pub fn message(key: &str, control_id: &str, at: i64, numbers: &Numbers) -> String {
    let now = written(at);
    let mut text = format!(
        "MSH|^~\\&|MONITOR^{key}^EUI-64|CLINIC|||{now}||ORU^R01^ORU_R01|{control_id}|P|2.6|||AL|NE\
         ||UNICODE UTF-8|||IHE_PCD_001^IHE PCD^1.3.6.1.4.1.19376.1.6.1.1.1^ISO\r\
         PID|||||^^^^^^L\rPV1||O\r\
         OBR|1|{control_id}^MONITOR^{key}^EUI-64|{control_id}^MONITOR^{key}^EUI-64\
         |182777000^monitoring of patient^SCT|||{now}\r"
    );
    let beats = "264864^MDC_DIM_BEAT_PER_MIN^MDC";
    let breaths = "264928^MDC_DIM_RESP_PER_MIN^MDC";
    let percent = "262688^MDC_DIM_PERCENT^MDC";
    let pressure = "266016^MDC_DIM_MMHG^MDC";
    let mut count = 0;
    let mut row = |code: &str, sub_id: &str, value: &str, unit: &str, time: &str, method: &str| {
        count += 1;
        // Writing into a string cannot fail.
        let _ = write!(
            text,
            "OBX|{count}|NM|{code}|{sub_id}|{value}|{unit}|||||R|||{time}|||{method}|{key}^MONITOR\r"
        );
    };
    let heart = numbers.heart_rate.to_string();
    let breathing = numbers.respiratory_rate.to_string();
    let saturation = numbers.saturation.to_string();
    let tenths = numbers.temperature_tenths;
    let temperature = format!("{}.{}", tenths / 10, tenths % 10);
    row(
        "147842^MDC_ECG_HEART_RATE^MDC",
        "1.1.1.1",
        &heart,
        beats,
        &now,
        "",
    );
    row(
        "151562^MDC_RESP_RATE^MDC",
        "1.1.2.1",
        &breathing,
        breaths,
        &now,
        "",
    );
    row(
        "150456^MDC_PULS_OXIM_SAT_O2^MDC",
        "1.2.1.1",
        &saturation,
        percent,
        &now,
        "",
    );
    row(
        "149530^MDC_PULS_OXIM_PULS_RATE^MDC",
        "1.2.1.2",
        &heart,
        beats,
        &now,
        "",
    );
    if numbers.twelve {
        row(
            "150448^MDC_PULS_OXIM_PERF_REL^MDC",
            "1.2.1.3",
            "3.1",
            percent,
            &now,
            "",
        );
        row(
            "150344^MDC_TEMP^MDC",
            "1.4.1.1",
            &temperature,
            "268192^MDC_DIM_DEGC^MDC",
            &now,
            "",
        );
        row(
            "151708^MDC_CONC_AWAY_CO2_ET^MDC",
            "1.5.1.1",
            "36",
            pressure,
            &now,
            "",
        );
        row(
            "151594^MDC_CO2_RESP_RATE^MDC",
            "1.5.1.2",
            &breathing,
            breaths,
            &now,
            "",
        );
        row(
            "149514^MDC_PULS_RATE^MDC",
            "1.2.2.1",
            &heart,
            beats,
            &now,
            "",
        );
    }
    let (systolic, diastolic, measured) = match numbers.cuff {
        Some((systolic, diastolic, at)) => (systolic, diastolic, written(at)),
        // The monitor repeats its last cycle in each message; here one from long ago.
        None if numbers.twelve => (122, 78, written(at - at.rem_euclid(300_000))),
        None => return text,
    };
    let aperiodic = "^APERIODIC";
    let mean = ((systolic + 2 * diastolic) / 3).to_string();
    for (code, sub_id, value) in [
        (
            "150021^MDC_PRESS_BLD_NONINV_SYS^MDC",
            "1.3.1.1",
            &systolic.to_string(),
        ),
        (
            "150022^MDC_PRESS_BLD_NONINV_DIA^MDC",
            "1.3.1.2",
            &diastolic.to_string(),
        ),
        ("150023^MDC_PRESS_BLD_NONINV_MEAN^MDC", "1.3.1.3", &mean),
    ] {
        row(code, sub_id, value, pressure, &measured, aperiodic);
    }
    text
}

/// Now, in milliseconds since 1970.
pub fn now() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// `20261103101500.250+0000`.
fn written(at: i64) -> String {
    let (days, of_day) = (at.div_euclid(86_400_000), at.rem_euclid(86_400_000));
    let (year, month, day) = civil(days);
    let seconds = of_day / 1_000;
    format!(
        "{year:04}{month:02}{day:02}{:02}{:02}{:02}.{:03}+0000",
        seconds / 3_600,
        seconds / 60 % 60,
        seconds % 60,
        of_day % 1_000
    )
}

/// Year, month and day of a day counted from 1970, by counting whole years and months.
fn civil(mut days: i64) -> (i64, i64, i64) {
    let leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let mut year = 1970;
    while days >= 365 + i64::from(leap(year)) {
        days -= 365 + i64::from(leap(year));
        year += 1;
    }
    let february = 28 + i64::from(leap(year));
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    (year, month, days + 1)
}
