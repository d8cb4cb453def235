//! A monitor's line that also misbehaves: bytes as they are, answers as they come.

use crate::stranger::mllp::acknowledged;
use simulator::trouble::Troubles;
use simulator::{Maker, Monitor, Signs};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;
use units::{Moment, Span};

/// One connection.
pub struct Line(pub TcpStream);

impl Line {
    /// Connects; waits for an answer for at most 15 s.
    pub fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect_timeout(&address, Duration::from_secs(5)).unwrap();
        stream.set_nodelay(true).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(15)))
            .unwrap();
        Self(stream)
    }

    /// Sends bytes as they are.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }

    /// Sends a message in its frame and gives MSA-1 and MSA-2 of the answer.
    pub fn tell(&mut self, message: &[u8]) -> (String, String) {
        self.send(&framed(message)).unwrap();
        self.answer().unwrap()
    }

    /// The next answer's MSA-1 and MSA-2.
    pub fn answer(&mut self) -> io::Result<(String, String)> {
        let bytes = self.frame()?;
        acknowledged(&bytes)
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "an answer without MSA"))
    }

    /// The next frame's content.
    pub fn frame(&mut self) -> io::Result<Vec<u8>> {
        let (mut content, mut byte) = (Vec::new(), [0_u8; 1]);
        loop {
            self.0.read_exact(&mut byte)?;
            match byte[0] {
                0x0B => content.clear(),
                0x1C => {
                    self.0.read_exact(&mut byte)?;
                    return Ok(content);
                }
                other => content.push(other),
            }
        }
    }

    /// True when the other side has closed the connection.
    pub fn is_closed(&mut self, within: Duration) -> bool {
        self.0.set_read_timeout(Some(within)).unwrap();
        matches!(self.0.read(&mut [0_u8; 1]), Ok(0))
            || self.0.take_error().is_ok_and(|error| error.is_some())
    }
}

/// A message between its marks.
pub fn framed(message: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x0B];
    bytes.extend_from_slice(message);
    bytes.extend_from_slice(&[0x1C, 0x0D]);
    bytes
}

/// A well person at rest, every number different so that none can stand for another.
pub fn at_rest() -> Signs {
    Signs {
        heart_rate: 71,
        pulse_rate: 72,
        systolic: 126,
        diastolic: 77,
        mean: 93,
        oxygen_saturation: 97,
        respiratory_rate: 13,
        end_tidal_carbon_dioxide: 38,
        temperature_tenths: 367,
        perfusion_index_hundredths: 310,
        responsiveness: 5,
        distress: 0,
    }
}

/// A monitor of a maker whose patient was not typed in, its clock set to universal time.
pub fn monitor(maker: Maker, key: &str) -> Monitor {
    let settings = simulator::monitor::Settings {
        device_key: key.to_owned(),
        bed: String::new(),
        patient: None,
        zone: jiff::tz::TimeZone::UTC,
        cuff_interval: Span::from_minutes(5),
        capnography: true,
    };
    Monitor::new(maker, settings, 3)
}

/// What a monitor says of a person at rest at a moment.
pub fn said(monitor: &mut Monitor, at: Moment, troubles: &Troubles) -> String {
    monitor.message(at, &at_rest(), troubles).text
}
