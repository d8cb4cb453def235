//! One simulated monitor at work: a patient, a monitor, a gateway, and the script of troubles.

use crate::gateway::{Counts, Gateway, GatewaySettings};
use crate::monitor::{Maker, Monitor, PatientOnWire, Settings};
use crate::patient::{Signs, SimulatedPatient};
use crate::trouble::{Trouble, Troubles, read_span};
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use serde::Serialize;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use units::{Milligrams, Moment, Span};

/// What `evenkeel simulate monitor` is asked for.
#[derive(Clone, Debug, clap::Args)]
pub struct MonitorOptions {
    /// Where the listener is.
    #[arg(long, value_name = "HOST:PORT")]
    pub to: String,
    /// Whose habits the monitor has.
    #[arg(long = "profile", value_enum, default_value = "generic-pcd01")]
    pub maker: Maker,
    /// The person and the monitor behind the numbers.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// EUI-64 of the device, 16 hexadecimal digits; made from the seed when not given.
    #[arg(long, value_name = "EUI-64")]
    pub device_key: Option<String>,
    /// The bed as the monitor sends it in PV1-3.
    #[arg(long, default_value = "KETA^1^CHAIR1")]
    pub bed: String,
    /// The patient's identifier as typed into the monitor.
    #[arg(long)]
    pub patient_id: Option<String>,
    /// The patient's family name as typed into the monitor.
    #[arg(long, default_value = "")]
    pub patient_family: String,
    /// The patient's given name as typed into the monitor.
    #[arg(long, default_value = "")]
    pub patient_given: String,
    /// Body weight of the simulated person in kilograms; drawn from the seed when not given.
    #[arg(long, value_name = "KILOGRAMS")]
    pub body_weight: Option<f64>,
    /// How many simulated seconds to run; for ever when not given.
    #[arg(long)]
    pub seconds: Option<u64>,
    /// Simulated seconds in each real second. Above 1 the monitor's times run ahead of the world's.
    #[arg(long, default_value_t = 1.0)]
    pub speed: f64,
    /// Simulated time between two messages, in milliseconds.
    #[arg(long, default_value_t = 1_000, value_name = "MILLISECONDS")]
    pub period: u32,
    /// Time of the first message (RFC 3339); now when not given.
    #[arg(long, value_name = "TIME", value_parser = read_moment)]
    pub starts_at: Option<Moment>,
    /// The zone that the monitor's clock is set to.
    #[arg(long, default_value = "UTC")]
    pub zone: String,
    /// Time between two cuff cycles, as 5m or 02:30.
    #[arg(long, default_value = "5m", value_parser = read_span_option)]
    pub cuff_every: Span,
    /// A carbon-dioxide line is connected.
    #[arg(long)]
    pub capnography: bool,
    /// What goes wrong: NAME[=VALUE]@MM:SS+DURATION; may be given several times.
    #[arg(long = "trouble", value_name = "TROUBLE")]
    pub troubles: Vec<Trouble>,
    /// Ketamine that is infused from the first message on, in milligrams.
    #[arg(long, value_name = "MILLIGRAMS")]
    pub dose_milligrams: Option<Decimal>,
    /// How long that infusion takes, in minutes.
    #[arg(long, default_value_t = 40, value_name = "MINUTES")]
    pub over_minutes: u32,
    /// Ketamine that was infused before the first message, in milligrams.
    #[arg(long, value_name = "MILLIGRAMS")]
    pub given_milligrams: Option<Decimal>,
    /// How long that earlier infusion ran, in minutes.
    #[arg(long, default_value_t = 0, value_name = "MINUTES")]
    pub given_over_minutes: u32,
    /// How long before the first message it ended, in minutes.
    #[arg(long, default_value_t = 0, value_name = "MINUTES")]
    pub given_ended_minutes: u32,
    /// How many messages the gateway keeps while it has no network.
    #[arg(long, default_value_t = 7_200)]
    pub backlog: usize,
    /// File to which each acknowledged message is written down.
    #[arg(long, value_name = "FILE")]
    pub ledger: Option<PathBuf>,
    /// No line about progress.
    #[arg(long)]
    pub quiet: bool,
}

impl MonitorOptions {
    /// The usual options: a generic monitor, once a second, for ever, nothing infused, no trouble.
    pub fn new(to: impl Into<String>, maker: Maker, seed: u64) -> Self {
        Self {
            to: to.into(),
            maker,
            seed,
            device_key: None,
            bed: "KETA^1^CHAIR1".to_owned(),
            patient_id: None,
            patient_family: String::new(),
            patient_given: String::new(),
            body_weight: None,
            seconds: None,
            speed: 1.0,
            period: 1_000,
            starts_at: None,
            zone: "UTC".to_owned(),
            cuff_every: Span::from_minutes(5),
            capnography: false,
            troubles: Vec::new(),
            dose_milligrams: None,
            over_minutes: 40,
            given_milligrams: None,
            given_over_minutes: 0,
            given_ended_minutes: 0,
            backlog: 7_200,
            ledger: None,
            quiet: true,
        }
    }

    /// The device's EUI-64: the one given, or one made from the seed.
    ///
    /// The made one begins with the bit that marks an address as locally made up.
    pub fn device_key(&self) -> String {
        self.device_key
            .clone()
            .unwrap_or_else(|| format!("0200E5FFFE{:06X}", self.seed & 0xFF_FFFF))
    }

    /// The monitor's menus as these options set them. Refuses what cannot be run, in words.
    pub fn checked(&self) -> Result<Settings, RunFault> {
        let refuse = |why: &str| Err(RunFault::Options(why.to_owned()));
        let device_key = self.device_key();
        if device_key.len() != 16 || !device_key.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return refuse("the device key must be 16 hexadecimal digits");
        }
        if !(self.speed > 0.0 && self.speed <= 10_000.0) {
            return refuse("the speed must be above 0 and at most 10,000");
        }
        if self.period == 0 {
            return refuse("the period must be at least one millisecond");
        }
        let zone = TimeZone::get(&self.zone)
            .map_err(|_| RunFault::Options(format!("no zone is called {:?}", self.zone)))?;
        Ok(Settings {
            device_key,
            bed: self.bed.clone(),
            patient: self.patient_id.as_ref().map(|identifier| PatientOnWire {
                identifier: identifier.clone(),
                family: self.patient_family.clone(),
                given: self.patient_given.clone(),
                birth_date: String::new(),
                sex: String::new(),
            }),
            zone,
            cuff_interval: self.cuff_every,
            capnography: self.capnography,
        })
    }

    /// The person, with the earlier infusion already in the body.
    pub fn person(&self) -> SimulatedPatient {
        let mut patient = SimulatedPatient::from_seed(self.seed);
        if let Some(weight) = self.body_weight {
            patient = patient.weighing(weight);
        }
        if let Some(given) = self.given_milligrams {
            // A bolus when it took no time: one second is the shortest that the person knows.
            let over =
                Span::from_minutes(i64::from(self.given_over_minutes)).max(Span::from_seconds(1));
            patient.advance(over, amount(given));
            let ended = Span::from_minutes(i64::from(self.given_ended_minutes));
            patient.advance(ended, Milligrams::ZERO);
        }
        patient
    }
}

/// Where the dose comes from, beside what the options say.
pub enum Dosing {
    /// From the options alone.
    Planned,
    /// From a pump that someone else runs: milligrams for each simulated second, as it changes.
    Rate(watch::Receiver<f64>),
    /// From a record: milligrams delivered in all until this moment. Rate changes, pauses and
    /// boluses are all in it. What it tells first counts as given before.
    Delivered(Box<dyn FnMut(Moment) -> Milligrams + Send>),
}

/// What a running monitor is connected to, beside the network.
pub struct Feed {
    /// Where the dose comes from.
    pub dosing: Dosing,
    /// Ends the run.
    pub stop: CancellationToken,
    /// Is told the signs of each message, for tests and training screens.
    pub signs: Option<watch::Sender<Option<Signs>>>,
}

impl Feed {
    /// Dose from the options, stopped by this token.
    pub fn planned(stop: CancellationToken) -> Self {
        Self {
            dosing: Dosing::Planned,
            stop,
            signs: None,
        }
    }
}

/// What came of a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// Whose habits the monitor had.
    pub maker: Maker,
    /// EUI-64 of the device.
    pub device_key: String,
    /// Simulated seconds.
    pub seconds: i64,
    /// What happened to the messages.
    #[serde(flatten)]
    pub counts: Counts,
}

/// Why a run could not be.
#[derive(Debug, thiserror::Error)]
pub enum RunFault {
    /// The options contradict themselves or the world.
    #[error("{0}")]
    Options(String),
    /// The ledger file cannot be written.
    #[error("the ledger cannot be written")]
    Ledger(#[from] std::io::Error),
}

/// Runs one monitor as the options say, until its time is over.
pub async fn run_monitor(options: MonitorOptions) -> Result<Report, RunFault> {
    run_monitor_with(options, Feed::planned(CancellationToken::new())).await
}

/// Runs one monitor as the options say, with the dose from elsewhere, until it is stopped.
pub async fn run_monitor_with(options: MonitorOptions, feed: Feed) -> Result<Report, RunFault> {
    let settings = options.checked()?;
    let device_key = settings.device_key.clone();
    let gateway = Gateway::new(GatewaySettings {
        seed: options.seed,
        backlog: options.backlog,
        ledger: options.ledger.clone(),
        ..GatewaySettings::to(options.to.clone())
    });
    let stop = feed.stop.clone();
    let ran = AtomicI64::new(0);
    {
        let measuring = measure(&options, settings, feed, &gateway, &ran);
        let sending = gateway.run(stop.clone());
        tokio::pin!(sending);
        tokio::select! {
            () = measuring => {
                gateway.close();
                // What is still waiting gets a last chance, and no more: the listener may be gone.
                match tokio::time::timeout(Duration::from_secs(30), sending).await {
                    Ok(ended) => ended?,
                    Err(_) => tracing::warn!("some messages were never acknowledged"),
                }
            }
            ended = &mut sending => ended?,
        }
    }
    let seconds = ran.load(Ordering::Relaxed);
    Ok(Report {
        maker: options.maker,
        device_key,
        seconds,
        counts: gateway.counts(),
    })
}

/// Measures and hands over messages until the time is over or it is stopped.
async fn measure(
    options: &MonitorOptions,
    settings: Settings,
    mut feed: Feed,
    gateway: &Gateway,
    ran: &AtomicI64,
) {
    let begins = options
        .starts_at
        .unwrap_or_else(|| Moment::from_microseconds(jiff::Timestamp::now().as_microsecond()));
    let mut patient = options.person();
    let mut monitor = Monitor::new(options.maker, settings, options.seed);
    let mut dose = DoseMeter::new(options, &mut feed.dosing, begins);
    let period = Span::from_milliseconds(i64::from(options.period));
    let real = Duration::from_millis(u64::from(options.period)).div_f64(options.speed);
    let mut ticks = tokio::time::interval(real.max(Duration::from_micros(10)));
    // A late message is made up for, so that the load stays what was asked for.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);

    let mut elapsed = Span::ZERO;
    let mut told = Span::ZERO;
    loop {
        tokio::select! {
            () = feed.stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        let troubles = Troubles::at(&options.troubles, elapsed);
        let at = begins + elapsed;
        patient.disturb(troubles.disturbance);
        let step = if elapsed == Span::ZERO {
            Span::ZERO
        } else {
            period
        };
        let signs = patient.advance(step, dose.since_last(&mut feed.dosing, at, elapsed, step));
        gateway.set_outage(troubles.outage);
        let message = monitor.message(at, &signs, &troubles);
        if troubles.duplicate_frames {
            gateway.queue(message.clone());
        }
        gateway.queue(message);
        if let Some(sender) = &feed.signs {
            sender.send_replace(Some(signs));
        }
        if !options.quiet && elapsed - told >= Span::from_seconds(10) {
            told = elapsed;
            let counts = gateway.counts();
            eprintln!(
                "{elapsed}: {}/{} mmHg, {} /min, {} %; {} acknowledged, {} waiting",
                signs.systolic,
                signs.diastolic,
                signs.heart_rate,
                signs.oxygen_saturation,
                counts.acknowledged,
                counts.waiting
            );
        }
        elapsed = elapsed + period;
        ran.store(elapsed.seconds(), Ordering::Relaxed);
        if options.seconds.is_some_and(|seconds| {
            elapsed >= Span::from_seconds(i64::try_from(seconds).unwrap_or(i64::MAX / 1_000_000))
        }) {
            return;
        }
    }
}

/// Turns every way of dosing into the milligrams of one step.
struct DoseMeter {
    planned: Decimal,
    over: Span,
    /// Of the plan, or of the record, whichever it is: milligrams already passed on.
    passed_on: Decimal,
}

impl DoseMeter {
    fn new(options: &MonitorOptions, dosing: &mut Dosing, begins: Moment) -> Self {
        Self {
            planned: amount(options.dose_milligrams.unwrap_or_default()).value(),
            over: Span::from_minutes(i64::from(options.over_minutes)).max(Span::from_seconds(1)),
            passed_on: match dosing {
                Dosing::Planned | Dosing::Rate(_) => Decimal::ZERO,
                Dosing::Delivered(delivered) => delivered(begins).value(),
            },
        }
    }

    fn since_last(
        &mut self,
        dosing: &mut Dosing,
        at: Moment,
        elapsed: Span,
        step: Span,
    ) -> Milligrams {
        let until_now = match dosing {
            Dosing::Planned => {
                let part = elapsed.min(self.over).microseconds();
                self.planned * Decimal::from(part) / Decimal::from(self.over.microseconds())
            }
            Dosing::Rate(rate) => {
                let seconds = Decimal::from(step.microseconds()) / Decimal::from(1_000_000);
                // What is no number is no dose; and no pump gives a gram in a second.
                let rate = rate.borrow().clamp(0.0, 1_000.0);
                let rate = Decimal::from_f64_retain(rate)
                    .unwrap_or_default()
                    .round_dp(9);
                return amount(rate * seconds);
            }
            Dosing::Delivered(delivered) => delivered(at).value(),
        };
        // A corrected record can go down; nothing comes back out of a person.
        let step = (until_now - self.passed_on).max(Decimal::ZERO);
        self.passed_on = until_now.max(self.passed_on);
        amount(step)
    }
}

/// Held to what is plausible as an amount of drug.
fn amount(milligrams: Decimal) -> Milligrams {
    let held = milligrams.max(Decimal::ZERO).min(Milligrams::MAXIMUM);
    Milligrams::new(held).unwrap_or(Milligrams::ZERO)
}

fn read_moment(text: &str) -> Result<Moment, String> {
    Moment::parse(text).map_err(|problem| problem.to_string())
}

fn read_span_option(text: &str) -> Result<Span, String> {
    read_span(text).ok_or_else(|| format!("{text:?} is not a length of time, as 5m or 02:30"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{Args, Command, FromArgMatches};

    fn parsed(arguments: &[&str]) -> Result<MonitorOptions, clap::Error> {
        let command = MonitorOptions::augment_args(Command::new("monitor").no_binary_name(true));
        MonitorOptions::from_arg_matches(&command.try_get_matches_from(arguments)?)
    }

    #[test]
    fn the_command_line_is_read_as_the_guide_writes_it() {
        let options = parsed(&[
            "--to",
            "127.0.0.1:2575",
            "--profile",
            "mindray-like",
            "--seed",
            "7",
            "--cuff-every",
            "1m",
            "--dose-milligrams",
            "36",
            "--trouble",
            "pressure-too-high@00:30+05:00",
            "--trouble",
            "wrong-clock=-24:00@00:00+2h",
        ])
        .unwrap();
        assert_eq!((options.maker, options.seed), (Maker::MindrayLike, 7));
        assert_eq!(options.cuff_every, Span::from_minutes(1));
        assert_eq!(options.dose_milligrams, Some(Decimal::from(36)));
        assert_eq!((options.troubles.len(), options.over_minutes), (2, 40));
        assert_eq!(options.device_key(), "0200E5FFFE000007");
    }

    #[test]
    fn every_makers_word_is_its_name_on_the_command_line() {
        for maker in Maker::ALL {
            let options = parsed(&["--to", "a:1", "--profile", maker.word()]).unwrap();
            assert_eq!(options.maker, maker);
        }
    }

    #[test]
    fn a_trouble_that_cannot_be_read_is_said_at_the_start() {
        let problem = parsed(&["--to", "a:1", "--trouble", "bad-luck@00:10+1m"]).unwrap_err();
        assert!(problem.to_string().contains("unknown name"), "{problem}");
    }

    #[test]
    fn a_plan_gives_exactly_its_dose_and_then_nothing() {
        let mut options = MonitorOptions::new("a:1", Maker::GenericPcd01, 1);
        options.dose_milligrams = Some(Decimal::from(36));
        let begins = Moment::from_microseconds(0);
        let mut meter = DoseMeter::new(&options, &mut Dosing::Planned, begins);
        let mut given = Decimal::ZERO;
        for second in 1..=3_000 {
            let elapsed = Span::from_seconds(second);
            let step = Span::from_seconds(1);
            let dose = meter.since_last(&mut Dosing::Planned, begins + elapsed, elapsed, step);
            given += dose.value();
            assert!(second <= 2_400 || dose == Milligrams::ZERO);
        }
        assert_eq!(given.round_dp(9), Decimal::from(36));
    }

    #[test]
    fn a_rate_that_is_no_number_gives_nothing() {
        let options = MonitorOptions::new("a:1", Maker::GenericPcd01, 1);
        let (sender, receiver) = watch::channel(f64::NAN);
        let mut dosing = Dosing::Rate(receiver);
        let begins = Moment::from_microseconds(0);
        let mut meter = DoseMeter::new(&options, &mut dosing, begins);
        let second = Span::from_seconds(1);
        for (rate, given) in [
            (f64::NAN, "0"),
            (-1.0, "0"),
            (0.015, "0.015"),
            (f64::MAX, "1000"),
        ] {
            sender.send_replace(rate);
            let dose = meter.since_last(&mut dosing, begins, second, second);
            assert_eq!(dose.value().to_string(), given, "{rate}");
        }
    }
}
