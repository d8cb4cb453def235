//! The acts of a session whose drug is given dose by dose.

use super::SessionRoom;
use super::acts::kebab;
use crate::web::pages::gate::GatePanel;
use clinical::course::screening::person::Route;
use clinical::course::session::{Entry, Giving, Nostril, Portion, SessionEvent, Site, Stage};

/// The next dose, as the bar and its panel say it.
pub(super) struct NextDose {
    /// What one is called: `device`.
    pub(super) one: &'static str,
    /// Which one is next: `2 of 3`; nothing where there is but one.
    pub(super) which: String,
    /// How much.
    pub(super) each: String,
    /// The bare number, for the form.
    pub(super) amount: String,
    /// None is left.
    pub(super) over: bool,
    /// Without contact nobody knows here how many went in, and when.
    pub(super) ahead: bool,
    /// From when it may be given, where that is not now.
    pub(super) from: Option<String>,
    /// It may be given now, or with a reason.
    pub(super) may: bool,
    /// A reason is asked for.
    pub(super) overrides: bool,
    /// Its panel is on the page.
    pub(super) panel: bool,
    /// The panel's title.
    pub(super) says: String,
    /// The fields that say how it went in.
    pub(super) fields: PortionFields,
    /// How many of how many were given, in words.
    pub(super) given: String,
}

/// The fields that say how a dose went in.
pub(super) struct PortionFields {
    /// The word of the kind.
    pub(super) portion: &'static str,
    /// Where an injection may go; and which one is chosen.
    pub(super) sites: Vec<(String, &'static str, bool)>,
    /// The nostrils; and which one is chosen.
    pub(super) nostrils: Vec<(String, &'static str, bool)>,
    /// A device may have failed.
    pub(super) device: bool,
    /// What happened to it, as it was charted.
    pub(super) fault: String,
}

impl PortionFields {
    /// For a route, with what an entry says already.
    fn of(room: &SessionRoom<'_>, charted: Option<&Portion>) -> Option<Self> {
        let way = room.session.way();
        way.doses()?;
        let device = matches!(way.giving, Giving::Devices { .. });
        let fault = match charted {
            Some(Portion::Device { fault: Some(fault) }) => fault.clone(),
            Some(_) | None => String::new(),
        };
        let portion = match (device, way.route) {
            (true, _) if !fault.is_empty() => "device-failed",
            (true, _) => "device",
            (false, Route::Intramuscular | Route::Subcutaneous) => "injection",
            (false, Route::Intranasal) => "spray",
            (false, Route::Sublingual) => "under-tongue",
            (false, Route::Oral | Route::Intravenous) => "swallowed",
        };
        let sites = if portion == "injection" {
            sites(way.route, charted)
        } else {
            Vec::new()
        };
        let nostrils = if portion == "spray" {
            nostrils(room, charted)
        } else {
            Vec::new()
        };
        Some(Self {
            portion,
            sites,
            nostrils,
            device,
            fault,
        })
    }

    /// Of an entry that is to be corrected; none where it is no dose.
    pub(super) fn of_entry(room: &SessionRoom<'_>, entry: &Entry) -> Option<Self> {
        match entry.standing().as_deref().unwrap_or(&entry.event) {
            SessionEvent::DoseGiven { portion, .. } => Self::of(room, Some(portion)),
            _other => None,
        }
    }
}

fn sites(route: Route, charted: Option<&Portion>) -> Vec<(String, &'static str, bool)> {
    let chosen = match charted {
        Some(Portion::Injection { site }) => Some(*site),
        Some(_) | None => None,
    };
    Site::ALL
        .into_iter()
        // The belly is a place for what goes under the skin.
        .filter(|site| route == Route::Subcutaneous || *site != Site::Abdomen)
        .map(|site| (kebab(&site), site.says(), chosen == Some(site)))
        .collect()
}

/// The nostril that is proposed is the one that was not last.
fn nostrils(
    room: &SessionRoom<'_>,
    charted: Option<&Portion>,
) -> Vec<(String, &'static str, bool)> {
    let last = room.session.doses().last().map(|dose| dose.portion.clone());
    let proposed = match (charted, last) {
        (Some(Portion::Spray { nostril }), _) => *nostril,
        (
            _,
            Some(Portion::Spray {
                nostril: Nostril::Left,
            }),
        ) => Nostril::Right,
        (_, Some(_) | None) => Nostril::Left,
    };
    [Nostril::Left, Nostril::Right]
        .into_iter()
        .map(|nostril| (kebab(&nostril), nostril.says(), nostril == proposed))
        .collect()
}

impl NextDose {
    /// Of a session; none where a pump runs.
    pub(super) fn of(room: &SessionRoom<'_>, gate: Option<&GatePanel>) -> Option<Self> {
        let session = room.session;
        let way = session.way();
        let (number, each) = way.doses()?;
        let given = session.doses().len();
        // Hazard: H23. Whoever comes to this bar without contact has tapped the first dose at least.
        let over = session.doses_left() == Some(0) || room.ahead && number == 1;
        let which = if number > 1 && !over && !room.ahead {
            format!("{} of {number}", given + 1)
        } else {
            String::new()
        };
        let from = gate
            .filter(|gate| !gate.open && !gate.may_override)
            .and_then(|gate| gate.missing.iter().find_map(|line| line.from_when.clone()));
        // Without a gate nothing stands against it: what was charted before was struck. Without
        // contact what went in is charted as it was, and judged when it arrives.
        let may = gate.is_none_or(|gate| gate.open || gate.may_override);
        let here = matches!(session.stage, Stage::Preparation | Stage::Infusion);
        Some(Self {
            panel: here && may && !over && from.is_none(),
            says: if room.ahead {
                format!("A further {}", way.one())
            } else {
                format!("Give {} {which}", way.one()).trim_end().to_owned()
            },
            one: way.one(),
            which,
            each: each.to_string(),
            amount: each.value().normalize().to_string(),
            over,
            ahead: room.ahead,
            from,
            may,
            overrides: gate.is_some_and(|gate| !gate.open),
            fields: PortionFields::of(room, None)?,
            given: if room.ahead {
                "how many is not known without contact".to_owned()
            } else {
                format!("{given} of {number}")
            },
        })
    }
}
