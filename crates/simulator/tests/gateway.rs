//! The gateway over real TCP, against a listener that behaves badly.

// A test that cannot read its own numbers has failed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use simulator::gateway::{Gateway, GatewaySettings};
use simulator::ledger::fingerprint;
use simulator::monitor::Message;
use simulator::{Maker, MonitorOptions, run_monitor};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use units::Span;

/// What the listener does with one message.
#[derive(Clone, Copy, Debug)]
enum Manner {
    Answers(&'static str),
    Stays,
    HangsUp,
    EchoesAnotherId,
    ByTheBook(Maker),
}

/// A listener on a free port; `manner` is asked for each message, counted from zero.
async fn listener(
    manner: impl Fn(usize) -> Manner + Send + Sync + 'static,
) -> (String, Arc<Mutex<Vec<String>>>) {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap().to_string();
    let received = Arc::new(Mutex::new(Vec::new()));
    let (all, manner) = (received.clone(), Arc::new(manner));
    tokio::spawn(async move {
        while let Ok((stream, _)) = socket.accept().await {
            tokio::spawn(serve(stream, all.clone(), manner.clone()));
        }
    });
    (address, received)
}

async fn serve(
    mut stream: TcpStream,
    all: Arc<Mutex<Vec<String>>>,
    manner: Arc<impl Fn(usize) -> Manner>,
) {
    let mut bytes = Vec::new();
    let mut piece = [0; 4_096];
    loop {
        let length = stream.read(&mut piece).await.unwrap_or(0);
        if length == 0 {
            return;
        }
        bytes.extend_from_slice(&piece[..length]);
        while let Some(end) = bytes.windows(2).position(|pair| pair == [0x1C, 0x0D]) {
            assert_eq!(bytes[0], 0x0B, "a frame begins with its mark");
            let text = String::from_utf8(bytes[1..end].to_vec()).unwrap();
            bytes.drain(..end + 2);
            let id = text.split('|').nth(9).unwrap_or_default().to_owned();
            let number = {
                let mut all = all.lock().unwrap();
                all.push(text);
                all.len() - 1
            };
            let answer = match manner(number) {
                Manner::Answers(code) => format!("MSH|^~\\&|\rMSA|{code}|{id}\r"),
                Manner::EchoesAnotherId => "MSH|^~\\&|\rMSA|AA|somebody else\r".to_owned(),
                Manner::ByTheBook(maker) => by_the_book(maker, &all.lock().unwrap()[number]),
                Manner::Stays => continue,
                Manner::HangsUp => return,
            };
            let frame = [&[0x0B], answer.as_bytes(), &[0x1C, 0x0D]].concat();
            if stream.write_all(&frame).await.is_err() {
                return;
            }
        }
    }
}

/// What our own listener answers to a message that it has stored.
fn by_the_book(maker: Maker, text: &str) -> String {
    use exchange::hl7v2::acknowledgement::{Answering, Disposition, answer};
    use exchange::hl7v2::profile::Profile;
    let profile = Profile::builtin(maker.word()).unwrap();
    let at = units::Moment::parse("2026-11-03T15:15:00Z").unwrap();
    let ours = Answering {
        at,
        control_ids: ["k1", "k2"],
    };
    let answers = answer(text.as_bytes(), profile, Disposition::Stored, ours);
    let [only] = answers.as_slice() else {
        panic!("one answer: {answers:?}")
    };
    String::from_utf8(only.clone()).unwrap()
}

fn message(number: usize) -> Message {
    let control_id = format!("c{number}");
    let text = format!("MSH|^~\\&|A|B|C|D|20261103101500||ORU^R01|{control_id}|P|2.6\r");
    Message { text, control_id }
}

fn settings(address: String) -> GatewaySettings {
    GatewaySettings {
        acknowledgement_within: Duration::from_millis(200),
        first_wait: Duration::from_millis(10),
        ..GatewaySettings::to(address)
    }
}

async fn ended(gateway: &Gateway) {
    let run = gateway.run(CancellationToken::new());
    tokio::time::timeout(Duration::from_secs(20), run)
        .await
        .expect("in time")
        .unwrap();
}

#[tokio::test]
async fn every_message_is_acknowledged_in_the_end_and_in_order_whatever_the_listener_does() {
    let (address, received) = listener(|number| match number % 7 {
        2 => Manner::Stays,
        3 => Manner::HangsUp,
        4 => Manner::Answers("AE"),
        5 => Manner::EchoesAnotherId,
        6 => Manner::Answers("CA"),
        _ => Manner::Answers("AA"),
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let ledger = folder.path().join("ledger");
    let gateway = Gateway::new(GatewaySettings {
        ledger: Some(ledger.clone()),
        ..settings(address)
    });
    (0..20).for_each(|number| gateway.queue(message(number)));
    gateway.close();
    ended(&gateway).await;

    let counts = gateway.counts();
    assert_eq!(
        (counts.queued, counts.sent, counts.acknowledged),
        (20, 20, 20)
    );
    assert_eq!((counts.lost, counts.waiting), (0, 0));
    let received = received.lock().unwrap().clone();
    assert_eq!(counts.sent + counts.resent, received.len() as u64);
    assert!(counts.refused > 0 && counts.unanswered > 0 && counts.mismatched > 0);

    // The listener sees each message, in order, perhaps several times in a row.
    let mut order = received;
    order.dedup();
    assert_eq!(
        order,
        (0..20)
            .map(|number| message(number).text)
            .collect::<Vec<_>>()
    );

    let lines = std::fs::read_to_string(ledger).unwrap();
    let lines = lines
        .lines()
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .collect::<Vec<_>>();
    assert_eq!(lines.len(), 20);
    for (number, line) in lines.iter().enumerate() {
        assert_eq!(line.len(), 4);
        assert_eq!(line[0], fingerprint(&message(number).text));
        assert_eq!(line[1], format!("c{number}"));
        assert!(units::Moment::parse(line[2]).is_ok(), "{}", line[2]);
        assert!(["AA", "CA"].contains(&line[3]));
    }
}

// Witness: FIPS 180-2, appendix B.1.
#[test]
fn the_ledgers_fingerprint_is_sha_256() {
    assert_eq!(
        fingerprint("abc"),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}

#[tokio::test]
async fn it_connects_again_until_the_listener_is_there() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let gateway = Arc::new(Gateway::new(settings(address.to_string())));
    gateway.queue(message(1));
    gateway.close();
    let running = {
        let gateway = gateway.clone();
        tokio::spawn(async move { ended(&gateway).await })
    };
    tokio::time::sleep(Duration::from_millis(150)).await;
    assert_eq!(gateway.counts().waiting, 1);
    let socket = TcpListener::bind(address).await.unwrap();
    let (stream, _) = socket.accept().await.unwrap();
    serve_until_hung_up(stream).await;
    running.await.unwrap();
    assert_eq!(gateway.counts().acknowledged, 1);
}

async fn serve_until_hung_up(stream: TcpStream) {
    let all = Arc::new(Mutex::new(Vec::new()));
    let serving = serve(stream, all, Arc::new(|_| Manner::Answers("AA")));
    let _ = tokio::time::timeout(Duration::from_secs(1), serving).await;
}

#[tokio::test]
async fn what_was_measured_during_an_outage_is_sent_afterwards_oldest_first() {
    let (address, received) = listener(|_| Manner::Answers("AA")).await;
    let gateway = Arc::new(Gateway::new(settings(address)));
    let running = {
        let gateway = gateway.clone();
        tokio::spawn(async move { ended(&gateway).await })
    };
    gateway.queue(message(0));
    tokio::time::sleep(Duration::from_millis(100)).await;
    gateway.set_outage(true);
    (1..10).for_each(|number| gateway.queue(message(number)));
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(received.lock().unwrap().len(), 1);
    assert_eq!(gateway.counts().waiting, 9);
    gateway.set_outage(false);
    gateway.close();
    running.await.unwrap();
    let received = received.lock().unwrap().clone();
    assert_eq!(
        received,
        (0..10)
            .map(|number| message(number).text)
            .collect::<Vec<_>>()
    );
    assert_eq!(
        gateway.counts().connections,
        2,
        "an outage ends the connection"
    );
}

#[tokio::test]
async fn a_gateway_that_is_stopped_stops_at_once_and_keeps_count() {
    let (address, _) = listener(|_| Manner::Stays).await;
    let settings = GatewaySettings {
        acknowledgement_within: Duration::from_secs(60),
        ..settings(address)
    };
    let gateway = Gateway::new(settings);
    gateway.queue(message(0));
    let stop = CancellationToken::new();
    let stopping = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        stop.cancel();
    };
    let run = gateway.run(stop.clone());
    let both = async { tokio::join!(run, stopping).0 };
    tokio::time::timeout(Duration::from_secs(5), both)
        .await
        .expect("in time")
        .unwrap();
    assert_eq!(gateway.counts().waiting, 1);
}

#[tokio::test]
async fn a_monitor_runs_for_its_time_with_its_troubles_and_reports() {
    let (address, received) = listener(|_| Manner::Answers("AA")).await;
    let mut options = MonitorOptions::new(address, Maker::GenericPcd01, 5);
    options.seconds = Some(60);
    options.speed = 100.0;
    options.starts_at = Some(units::Moment::parse("2026-11-03T10:15:00Z").unwrap());
    options.dose_milligrams = Some(rust_decimal::Decimal::from(36));
    options.troubles = vec![
        "gateway-outage@00:10+00:10".parse().unwrap(),
        "duplicate-frames@00:40+00:10".parse().unwrap(),
    ];
    let report = tokio::time::timeout(Duration::from_secs(20), run_monitor(options));
    let report = report.await.expect("in time").unwrap();
    assert_eq!(report.seconds, 60);
    assert_eq!(report.counts.queued, 70);
    assert_eq!(report.counts.acknowledged, 70);
    let mut texts = received.lock().unwrap().clone();
    texts.dedup();
    assert_eq!(texts.len(), 60);
    let begin = texts[59].split('|').nth(6).unwrap().to_owned();
    assert_eq!(begin, "20261103101559.000+0000");
}

#[tokio::test]
async fn every_makers_messages_are_content_with_our_own_acknowledgements() {
    for maker in Maker::ALL {
        let (address, _) = listener(move |_| Manner::ByTheBook(maker)).await;
        let mut options = MonitorOptions::new(address, maker, 5);
        options.seconds = Some(20);
        options.speed = 100.0;
        let report = tokio::time::timeout(Duration::from_secs(20), run_monitor(options));
        let counts = report.await.expect("in time").unwrap().counts;
        assert_eq!((counts.acknowledged, counts.resent), (20, 0), "{maker:?}");
    }
}

#[tokio::test]
async fn a_monitor_can_follow_the_dose_that_a_record_tells() {
    use simulator::{Dosing, Feed, Signs, run_monitor_with};
    let (address, _) = listener(|_| Manner::Answers("AA")).await;
    let begins = units::Moment::parse("2026-11-03T10:15:00Z").unwrap();
    let mut options = MonitorOptions::new(address, Maker::MindrayLike, 5);
    options.seconds = Some(600);
    options.speed = 2_000.0;
    options.starts_at = Some(begins);
    let (sender, signs) = tokio::sync::watch::channel::<Option<Signs>>(None);
    let feed = Feed {
        // Twenty were given before we look, 200 more as a bolus a minute later.
        dosing: Dosing::Delivered(Box::new(move |at| {
            let bolus = if at >= begins + Span::from_minutes(1) {
                220
            } else {
                20
            };
            units::Milligrams::new(bolus.into()).unwrap()
        })),
        stop: CancellationToken::new(),
        signs: Some(sender),
    };
    let report = tokio::time::timeout(Duration::from_secs(30), run_monitor_with(options, feed));
    report.await.expect("in time").unwrap();
    let last = signs.borrow().unwrap();
    assert!(last.responsiveness < 5, "the bolus was felt: {last:?}");
}

#[tokio::test]
async fn options_that_cannot_be_are_refused_in_words() {
    for (change, why) in [
        (
            (|options: &mut MonitorOptions| options.device_key = Some("12".to_owned()))
                as fn(&mut MonitorOptions),
            "the device key must be 16 hexadecimal digits",
        ),
        (
            |options| options.speed = 0.0,
            "the speed must be above 0 and at most 10,000",
        ),
        (
            |options| options.period = 0,
            "the period must be at least one millisecond",
        ),
        (
            |options| options.zone = "Mars/Base".to_owned(),
            "no zone is called \"Mars/Base\"",
        ),
    ] {
        let mut options = MonitorOptions::new("127.0.0.1:1", Maker::LowCost, 1);
        change(&mut options);
        assert_eq!(run_monitor(options).await.unwrap_err().to_string(), why);
    }
}
