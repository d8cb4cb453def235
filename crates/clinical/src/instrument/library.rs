//! Every instrument that ships, and a clinic's own beside them.

use super::definition::Instrument;
use super::read::{Contents, UnreadableInstrument, check_pack, read};
use super::wording::TextPack;
use std::collections::BTreeMap;

/// An instrument file that ships inside the program.
#[derive(Clone, Copy, Debug)]
pub struct BuiltIn {
    /// The file's name under `instruments/`.
    pub file: &'static str,
    /// Its text.
    pub text: &'static str,
    /// Its cases: the witness beside it.
    pub cases: &'static str,
}

macro_rules! built_in {
    ($name:literal) => {
        BuiltIn {
            file: concat!("instruments/", $name, ".toml"),
            text: include_str!(concat!("../../../../instruments/", $name, ".toml")),
            cases: include_str!(concat!("../../../../instruments/", $name, ".cases.toml")),
        }
    };
}

/// Every instrument that ships.
pub const BUILT_IN: [BuiltIn; 29] = [
    built_in!("5d-asc"),
    built_in!("audit-c"),
    built_in!("bpi-sf"),
    built_in!("bprs-plus"),
    built_in!("bprs-plus-classic"),
    built_in!("c-ssrs-screener"),
    built_in!("cadss"),
    built_in!("cadss-6"),
    built_in!("ceq"),
    built_in!("dast-10"),
    built_in!("ebi"),
    built_in!("gad-7"),
    built_in!("icpi"),
    built_in!("icsi"),
    built_in!("isi"),
    built_in!("kset-r"),
    built_in!("madrs"),
    built_in!("meq30"),
    built_in!("pain-nrs"),
    built_in!("pcl-5"),
    built_in!("pcl-5-past-week"),
    built_in!("phq-2"),
    built_in!("phq-9"),
    built_in!("qids-sr16"),
    built_in!("session-experience"),
    built_in!("stop-bang"),
    built_in!("uku"),
    built_in!("urinary-symptoms"),
    built_in!("who-5"),
];

/// The instruments that a clinic can use, by their ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Library(BTreeMap<String, Instrument>);

impl Library {
    /// The shipped instruments.
    pub fn shipped() -> Result<Self, UnreadableInstrument> {
        let mut library = Self::default();
        library.add(BUILT_IN.iter().map(|known| (known.file, known.text)))?;
        Ok(library)
    }

    /// Adds files: instruments first, then words for them, so that the order does not matter.
    /// All of them, or none when one is refused.
    ///
    /// Refuses a file that breaks the vocabulary, an id that is taken (also by a shipped
    /// instrument: its results would be read by other rules than they were made by), and words for
    /// an instrument that is not there.
    pub fn add<'a>(
        &mut self,
        files: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Result<(), UnreadableInstrument> {
        let mut library = self.clone();
        let mut packs: Vec<(&str, &str, TextPack)> = Vec::new();
        for (file, text) in files {
            match read(file, text)? {
                Contents::TextPack(pack) => packs.push((file, text, *pack)),
                Contents::Instrument(instrument) => {
                    if library.0.contains_key(&instrument.id) {
                        return Err(UnreadableInstrument {
                            file: file.to_owned(),
                            line: 0,
                            says: format!(
                                "There is an instrument {} already; choose another id.",
                                instrument.id
                            ),
                        });
                    }
                    library.0.insert(instrument.id.clone(), *instrument);
                }
            }
        }
        for (file, text, pack) in packs {
            check_pack(file, text, &pack, library.named(&pack.wording_for))?;
            if let Some(instrument) = library.0.get_mut(&pack.wording_for) {
                instrument.licence.permission = pack.permission;
                instrument.wording.insert(pack.language, pack.wording);
            }
        }
        *self = library;
        Ok(())
    }

    /// One instrument by its id.
    pub fn named(&self, id: &str) -> Option<&Instrument> {
        self.0.get(id)
    }

    /// Every instrument, in the order of their ids.
    pub fn instruments(&self) -> impl Iterator<Item = &Instrument> {
        self.0.values()
    }
}
