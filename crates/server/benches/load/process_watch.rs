//! What the operating system says of the server's process.

use std::time::{Duration, Instant};

/// The kernel counts processor time in hundredths of a second on Linux.
const TICKS_IN_A_SECOND: f64 = 100.0;

/// Processor time from a moment on.
pub struct ProcessWatch {
    process: u32,
    began: Instant,
    ticks: u64,
}

impl ProcessWatch {
    /// Begins to count.
    pub fn begin(process: u32) -> Self {
        Self {
            process,
            began: Instant::now(),
            ticks: ticks(process),
        }
    }

    /// Cores in use on average since then: 1.0 is one core all the time.
    pub fn cores(&self) -> f64 {
        let used = ticks(self.process).saturating_sub(self.ticks);
        #[expect(clippy::cast_precision_loss, reason = "a count of hundredths")]
        let seconds = used as f64 / TICKS_IN_A_SECOND;
        seconds
            / self
                .began
                .elapsed()
                .max(Duration::from_millis(1))
                .as_secs_f64()
    }
}

/// The process's peak of resident memory, in megabytes (10⁶ bytes).
pub fn peak_memory(process: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kibibytes.unwrap_or(f64::NAN) * 1_024.0 / 1e6
}

/// User and system time; fields 14 and 15 of `/proc/PID/stat`, counted after the name.
pub fn ticks(process: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let fields = after_name.split_whitespace().skip(11).take(2);
    fields.filter_map(|field| field.parse::<u64>().ok()).sum()
}
