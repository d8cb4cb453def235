//! The lines of the book, sorted by what an inspector asks for.

use super::{PacketParts, when};
use clinical::ledger::{Entry, Kind};
use clinical::record::{ContainerId, SessionId};
use std::collections::HashMap;
use units::Micrograms;

/// The lines of a book by kind.
#[derive(Default)]
pub(super) struct Sorted {
    pub received: Vec<[String; 7]>,
    pub uses: Vec<[String; 8]>,
    pub left: Vec<[String; 6]>,
    pub corrections: Vec<[String; 6]>,
    pub counts: String,
}

/// What was drawn, and what became of it: one line for each syringe.
struct Use {
    at: String,
    who: String,
    of: String,
    drawn: String,
    given: Micrograms,
    wasted: Micrograms,
    by: String,
    witness: String,
    /// Nobody has said anything of it in these days.
    untold: bool,
}

impl Use {
    fn set(self) -> [String; 8] {
        let told = |amount: Micrograms| {
            if self.untold {
                "not said".to_owned()
            } else {
                amount.to_string()
            }
        };
        let (given, wasted) = (told(self.given), told(self.wasted));
        [
            self.at,
            self.who,
            self.of,
            self.drawn,
            given,
            wasted,
            self.by,
            self.witness,
        ]
    }
}

fn of(line: &Entry) -> String {
    format!(
        "{} {}, {}, lot {}",
        line.drug.says(),
        line.strength,
        line.mark,
        line.lot
    )
}

/// Containers of one delivery stand in one line: they differ by their marks.
struct Delivered {
    at: String,
    of: String,
    words: String,
    by: String,
    marks: Vec<String>,
    amount: Micrograms,
}

pub(super) fn sorted(parts: &PacketParts<'_>) -> Sorted {
    let mut sorted = Sorted::default();
    let mut delivered: Vec<Delivered> = Vec::new();
    let mut uses: Vec<Use> = Vec::new();
    let mut newest: HashMap<(ContainerId, SessionId), usize> = HashMap::new();
    let (mut counts, mut differing) = (0_usize, 0_usize);
    for line in &parts.register.lines {
        let at = when(line.at, parts.zone);
        let patient = line.patient.and_then(|patient| parts.names.get(&patient));
        let who = patient.cloned().unwrap_or_default();
        let key = line.session.map(|session| (line.container, session));
        match line.kind {
            Kind::Received => {
                let of = format!("{} {}, lot {}", line.drug.says(), line.strength, line.lot);
                let same = delivered.last_mut().filter(|known| {
                    (&known.at, &known.of, &known.words) == (&at, &of, &line.words)
                });
                match same {
                    Some(known) => {
                        known.marks.push(line.mark.clone());
                        known.amount = known.amount.with(line.amount);
                    }
                    None => delivered.push(Delivered {
                        at,
                        of,
                        words: line.words.clone(),
                        by: line.by.clone(),
                        marks: vec![line.mark.clone()],
                        amount: line.amount,
                    }),
                }
            }
            Kind::Drawn => {
                if let Some(key) = key {
                    newest.insert(key, uses.len());
                }
                uses.push(Use {
                    at,
                    who,
                    of: of(line),
                    drawn: line.amount.to_string(),
                    given: Micrograms::ZERO,
                    wasted: Micrograms::ZERO,
                    by: line.by.clone(),
                    witness: String::new(),
                    untold: true,
                });
            }
            Kind::Given | Kind::Wasted if key.is_some() => {
                let drawn = key.and_then(|key| newest.get(&key).copied());
                let place = drawn.unwrap_or_else(|| {
                    // It was drawn before these days.
                    uses.push(Use {
                        at,
                        who,
                        of: of(line),
                        drawn: "before".to_owned(),
                        given: Micrograms::ZERO,
                        wasted: Micrograms::ZERO,
                        by: String::new(),
                        witness: String::new(),
                        untold: true,
                    });
                    let place = uses.len() - 1;
                    newest.extend(key.map(|key| (key, place)));
                    place
                });
                let known = &mut uses[place];
                known.untold = false;
                known.by.clone_from(&line.by);
                if line.kind == Kind::Given {
                    known.given = known.given.with(line.amount);
                } else {
                    known.wasted = known.wasted.with(line.amount);
                    known.witness.clone_from(&line.witness);
                }
            }
            Kind::Given
            | Kind::Wasted
            | Kind::Sent
            | Kind::Broken
            | Kind::Explained
            | Kind::Lost
            | Kind::Struck
            | Kind::Told => sorted.left.push([
                at,
                line.kind.says().to_owned(),
                of(line),
                line.amount.to_string(),
                line.words.clone(),
                people(line),
            ]),
            Kind::Corrected => sorted.corrections.push([
                at,
                of(line),
                who,
                line.words.clone(),
                people(line),
                line.left.to_string(),
            ]),
            Kind::Counted => {
                counts += 1;
                differing += usize::from(line.words.contains("; the ledger has"));
            }
            Kind::Moved
            | Kind::Issued
            | Kind::Returned
            | Kind::Opened
            | Kind::Checked
            | Kind::SetApart => {}
        }
    }
    sorted.received = delivered
        .into_iter()
        .map(|one| {
            [
                one.at,
                one.of,
                one.marks.len().to_string(),
                one.amount.to_string(),
                one.words,
                one.marks.join(" "),
                one.by,
            ]
        })
        .collect();
    sorted.uses = uses.into_iter().map(Use::set).collect();
    sorted.counts = format!(
        "Containers were counted blind {counts} times; {differing} counts found a difference."
    );
    sorted
}

fn people(line: &Entry) -> String {
    if line.witness.is_empty() {
        line.by.clone()
    } else {
        format!("{}, before {}", line.by, line.witness)
    }
}
