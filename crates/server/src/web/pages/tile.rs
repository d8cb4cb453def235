//! One tile of the vital strip in words and class names. The numbers come from the live side,
//! which page, stream and tests share.

use crate::live::Tile;
use clinical::advisory::Priority;

/// A tile as a template places it.
#[derive(Clone, Copy, Debug)]
pub struct TileView<'a>(pub &'a Tile);

impl TileView<'_> {
    /// Class names: state, and priority if any.
    pub fn classes(&self) -> String {
        let Tile {
            state, priority, ..
        } = self.0;
        let priority =
            priority.map_or(String::new(), |priority| format!(" is-{}", priority.word()));
        format!("is-{state}{priority}")
    }

    /// The priority's word, or nothing.
    pub fn priority_word(&self) -> &'static str {
        self.0.priority.map_or("", Priority::word)
    }

    /// The sign beside a number beyond its limit.
    pub fn arrow_shape(&self) -> &'static str {
        match self.0.arrow {
            "up" => "↑",
            "down" => "↓",
            _ => "",
        }
    }

    /// The same in words, for those who hear the page.
    pub fn arrow_says(&self) -> &'static str {
        match self.0.arrow {
            "up" => "above the clinic's limit",
            "down" => "below the clinic's limit",
            _ => "",
        }
    }

    /// True for a value that needs no second look at its age or source.
    pub fn is_plain(&self) -> bool {
        self.0.state == "live"
    }
}

/// How grave a priority is, as a shape: one to three marks.
pub const fn bars(priority: Priority) -> &'static str {
    match priority {
        Priority::High => "!!!",
        Priority::Medium => "!!",
        Priority::Low => "!",
    }
}

/// The live side of samples: tiles in all six states.
pub mod sample {
    use crate::live::{Delivery, Feed, NextCheck, Tile, Tiles};
    use clinical::advisory::Priority;

    const NOW: i64 = super::super::around::sample::NOW.milliseconds();

    fn tile(
        sign: &'static str,
        name: &'static str,
        (text, unit): (&str, &'static str),
        state: &'static str,
        says: &str,
        from: &'static str,
    ) -> Tile {
        Tile {
            sign,
            name,
            text: text.to_owned(),
            unit,
            state,
            says: says.to_owned(),
            at: (text != "--").then_some(NOW),
            from,
            priority: None,
            arrow: "",
        }
    }

    fn clock(
        check: &'static str,
        name: &'static str,
        state: &'static str,
        says: &str,
    ) -> NextCheck {
        NextCheck {
            check,
            name,
            state,
            says: says.to_owned(),
        }
    }

    /// Twenty-two minutes into an infusion, with a high pressure.
    pub fn tiles() -> Tiles {
        let pressure = Tile {
            priority: Some(Priority::Medium),
            arrow: "up",
            ..tile(
                "systolic",
                "Blood pressure",
                ("168/96", "mmHg"),
                "live",
                "13:10",
                "cuff",
            )
        };
        Tiles {
            at: NOW,
            feed: Feed::Live,
            feed_says: "Monitor 2 live".to_owned(),
            simulated: false,
            conflict: None,
            alarms_off: Vec::new(),
            tiles: vec![
                pressure,
                tile(
                    "heart-rate",
                    "Heart rate",
                    ("88", "/min"),
                    "live",
                    "live",
                    "ECG",
                ),
                tile(
                    "oxygen-saturation",
                    "Oxygen saturation",
                    ("97", "%"),
                    "stale",
                    "since 13:12:31",
                    "oximeter",
                ),
                tile(
                    "respiratory-rate",
                    "Respiratory rate",
                    ("14", "/min"),
                    "by-hand",
                    "by hand 13:05",
                    "",
                ),
                tile(
                    "end-tidal-carbon-dioxide",
                    "End-tidal CO₂",
                    ("--", "mmHg"),
                    "invalid",
                    "no valid signal from the sensor",
                    "CO₂",
                ),
                tile(
                    "temperature",
                    "Temperature",
                    ("--", "°C"),
                    "never",
                    "not measured yet",
                    "",
                ),
            ],
            clocks: vec![
                clock(
                    "vital-signs",
                    "Vital signs",
                    "overdue",
                    "overdue since 13:05",
                ),
                clock("responsiveness", "Responsiveness", "due", "now"),
                clock("distress", "Distress", "waiting", "13:30"),
            ],
            delivered: Some(Delivery {
                mg: "20.1".to_owned(),
                mg_per_kg: "0.28".to_owned(),
                ordered: "36".to_owned(),
                rate: "75".to_owned(),
                elapsed: "T+22:40".to_owned(),
                running: true,
                permille: 558,
                bag_should_be_empty: false,
            }),
        }
    }

    /// Before the first drug, without a monitor.
    pub fn nothing() -> Tiles {
        let mut tiles = tiles();
        tiles.feed = Feed::None;
        tiles.feed_says = "No monitor serves this session".to_owned();
        tiles.delivered = None;
        tiles.clocks = vec![clock("vital-signs", "Vital signs", "due", "now")];
        for tile in &mut tiles.tiles {
            tile.text = "--".to_owned();
            tile.state = "never";
            tile.says = "not measured yet".to_owned();
            tile.at = None;
            tile.from = "";
            tile.priority = None;
            tile.arrow = "";
        }
        tiles
    }
}
