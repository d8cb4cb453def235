//! The colours of the chart. They stand in the drawing itself, so that it can stand alone; a page
//! may put its own in place of them by class. Values: the look guide's tokens.

/// For whom the chart is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Theme {
    /// A lit room.
    Day,
    /// The session room in the dark.
    Dim,
    /// Paper: true black, told apart by shape alone.
    Print,
}

/// One colour for each meaning.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Palette {
    pub ink: &'static str,
    pub soft: &'static str,
    pub faint: &'static str,
    pub line: &'static str,
    pub card: &'static str,
    pub bar: &'static str,
    pub pressure: &'static str,
    pub pulse: &'static str,
    pub saturation: &'static str,
    pub breathing: &'static str,
    pub predicted: &'static str,
    pub high: &'static str,
    pub on_high: &'static str,
    pub medium: &'static str,
    pub low: &'static str,
    pub on_alarm: &'static str,
    /// The syringe label's colour of the drug's class; none on paper.
    pub swatch: Option<&'static str>,
    pub font: &'static str,
}

impl Theme {
    pub(crate) const fn palette(self) -> Palette {
        match self {
            Self::Day => Palette {
                ink: "#18211f",
                soft: "#4b5855",
                faint: "#5f6d69",
                line: "#d2d9d6",
                card: "#ffffff",
                bar: "#e6eae8",
                pressure: "#18211f",
                pulse: "#2f6b4f",
                saturation: "#2f5fa8",
                breathing: "#7a5a2e",
                predicted: "#6a4c93",
                high: "#c4122f",
                on_high: "#ffffff",
                medium: "#ffd21f",
                low: "#00b4d0",
                on_alarm: "#000000",
                swatch: Some("#f5d547"),
                font: "system-ui, sans-serif",
            },
            Self::Dim => Palette {
                ink: "#e4dcd0",
                soft: "#a79e92",
                faint: "#8c8378",
                line: "#332f2a",
                card: "#161412",
                bar: "#332f2a",
                pressure: "#e4dcd0",
                pulse: "#8fc7a6",
                saturation: "#9dbdeb",
                breathing: "#cdb48a",
                predicted: "#c3a9e6",
                high: "#d92b45",
                on_high: "#ffffff",
                medium: "#f2c500",
                low: "#1fb5cc",
                on_alarm: "#000000",
                swatch: Some("#a8923a"),
                font: "system-ui, sans-serif",
            },
            Self::Print => Palette {
                ink: "#000000",
                soft: "#000000",
                faint: "#000000",
                line: "#bbbbbb",
                card: "#ffffff",
                bar: "#dddddd",
                pressure: "#000000",
                pulse: "#000000",
                saturation: "#000000",
                breathing: "#000000",
                predicted: "#000000",
                high: "#000000",
                on_high: "#ffffff",
                medium: "#ffffff",
                low: "#ffffff",
                on_alarm: "#000000",
                swatch: None,
                font: "Libertinus Serif",
            },
        }
    }
}
