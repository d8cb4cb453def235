//! What still stands in the way of a visit, told to the person whose visit it is, days before.
//!
//! It is the very list that staff read as "Ready?", in the person's own words: what they can put
//! right themselves leads to where they can. What only the clinic can do is said where the person
//! would otherwise be turned away at the door. Hazard: H24

use super::preparation::day_and_time;
use clinical::course::preparation::{About, Answers, Check, Ride, Said, Standing};
use clinical::course::session::Answer;
use clinical::leaflet::Language;
use jiff::tz::TimeZone;

/// One thing that is still open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// In one or two sentences, with what to do.
    pub says: String,
    /// Where to put it right, and the words of the link.
    pub leads_to: Option<(&'static str, &'static str)>,
}

/// What is open of these checks. A question that was not asked yet is not among them: the page leads
/// to it by itself.
pub fn still_open(
    checks: &[Check],
    answers: &Answers,
    language: Language,
    zone: &TimeZone,
) -> Vec<Open> {
    let told = Told {
        answers,
        language,
        zone,
    };
    checks.iter().filter_map(|check| told.of(check)).collect()
}

struct Told<'a> {
    answers: &'a Answers,
    language: Language,
    zone: &'a TimeZone,
}

impl Told<'_> {
    const fn words(&self, english: &'static str, spanish: &'static str) -> &'static str {
        match self.language {
            Language::English => english,
            Language::Spanish => spanish,
        }
    }

    fn open(&self, english: &'static str, spanish: &'static str) -> Open {
        Open {
            says: self.words(english, spanish).to_owned(),
            leads_to: None,
        }
    }

    fn leading(&self, open: Open, to: &'static str, words: [&'static str; 2]) -> Open {
        Open {
            leads_to: Some((to, self.words(words[0], words[1]))),
            ..open
        }
    }

    fn of(&self, check: &Check) -> Option<Open> {
        let is_stop = check.standing == Standing::Stop;
        if check.standing == Standing::Met {
            return None;
        }
        match check.about {
            About::WayHome => self.way_home(is_stop),
            About::FoodAndDrink => self.food_and_drink(check.standing),
            About::Alcohol => self.used(check.standing, &self.answers.alcohol, ["alcohol", "alcohol"]),
            About::Cannabis => {
                self.used(check.standing, &self.answers.cannabis, ["cannabis", "cannabis"])
            }
            About::Health => self.health(is_stop),
            About::Safety => self.safety(is_stop),
            About::Consent => Some(self.leading(
                self.open(
                    "Your consent is still missing, or must be given again. Without it your session cannot begin.",
                    "Su consentimiento todavía falta, o debe darlo otra vez. Sin él su sesión no puede empezar.",
                ),
                "/my/consent",
                ["Read and decide", "Leer y decidir"],
            )),
            About::Acceptance => is_stop.then(|| {
                self.open(
                    "A doctor must look at your papers once more before this visit. A letter may be missing or out of date. If you have not heard from us, please call the clinic.",
                    "Antes de esta visita un médico debe ver otra vez sus papeles. Puede que falte una carta, o que ya no valga. Si no sabe nada de nosotros, llame a la clínica, por favor.",
                )
            }),
            About::Booking => is_stop.then(|| {
                self.open(
                    "This visit is not in our calendar any more. Please call the clinic.",
                    "Esta visita ya no está en nuestra agenda. Llame a la clínica, por favor.",
                )
            }),
            // The clinic's own work, which the person can do nothing about; medicines have their own
            // words on the page.
            About::Medicines | About::Order | About::Weight | About::Preparation => None,
        }
    }

    // Hazard: H39
    fn way_home(&self, is_stop: bool) -> Option<Open> {
        let lead = ["Say who takes you home", "Decir quién le lleva a casa"];
        let nobody = || {
            self.open(
                "Nobody comes along to take you home yet. Without an adult who does, your session cannot begin. Name somebody, or call the clinic: we look for a way together.",
                "Todavía nadie le acompaña a casa. Sin una persona adulta que lo haga, su sesión no puede empezar. Nombre a alguien, o llame a la clínica: buscamos juntos una forma.",
            )
        };
        let unsure = || {
            self.open(
                "We do not know yet who takes you home, by which number we reach them, and how you go. Until we do, your session cannot begin.",
                "Todavía no sabemos quién le lleva a casa, a qué número le llamamos y cómo van. Mientras no lo sepamos, su sesión no puede empezar.",
            )
        };
        let cannot = || {
            self.open(
                "Whoever you named cannot come. Without an adult who takes you home your session cannot begin. Name somebody else, or call the clinic: we look for a way together.",
                "La persona que nombró no puede venir. Sin una persona adulta que le lleve a casa, su sesión no puede empezar. Nombre a otra, o llame a la clínica: buscamos juntos una forma.",
            )
        };
        let open = match &self.answers.escort {
            Answer::NotAsked => return None,
            Answer::NoneSuch => nobody(),
            Answer::NotSure => unsure(),
            Answer::Is(escort) => match escort.ride {
                Ride::TaxiAlone => nobody(),
                // Named with a way home, and stopped all the same: they said no by their link.
                Ride::CompanionDrives | Ride::Together if is_stop => cannot(),
                Ride::CompanionDrives | Ride::Together | Ride::NotSure => unsure(),
            },
        };
        Some(self.leading(open, "/my/preparation/way-home", lead))
    }

    /// When it can begin is read back above the list; here stands only what nobody knows.
    fn food_and_drink(&self, standing: Standing) -> Option<Open> {
        let fasting = &self.answers.fasting;
        let all = [fasting.heavy_meal, fasting.light_meal, fasting.clear_liquid];
        let asked = all.iter().all(|answer| *answer != Answer::NotAsked);
        (asked && !matches!(standing, Standing::Wait(_))).then(|| {
            self.open(
                "We do not know for certain when you last ate and drank. Until somebody knows, your session cannot begin. If you remember, change your answer; else tell us when you arrive.",
                "No sabemos con certeza cuándo comió y bebió por última vez. Mientras nadie lo sepa, su sesión no puede empezar. Si se acuerda, cambie su respuesta; si no, díganoslo al llegar.",
            )
        })
    }

    fn used(
        &self,
        standing: Standing,
        answer: &Answer<units::Moment>,
        [english, spanish]: [&'static str; 2],
    ) -> Option<Open> {
        let says = match (standing, self.language) {
            (Standing::Wait(until), Language::English) => format!(
                "By what you told us about {english}, your session can begin from {}. Please call the clinic: we may choose another day. We do not judge.",
                day_and_time(self.zone, self.language, until)
            ),
            (Standing::Wait(until), Language::Spanish) => format!(
                "Según lo que nos dijo de {spanish}, su sesión puede empezar desde el {}. Llame a la clínica, por favor: puede que elijamos otro día. No juzgamos.",
                day_and_time(self.zone, self.language, until)
            ),
            (Standing::NotKnown | Standing::Stop | Standing::Met, language) => {
                if *answer == Answer::NotAsked {
                    return None;
                }
                match language {
                    Language::English => format!(
                        "You are not sure when you last had {english}. We ask again when you arrive; until somebody knows, your session cannot begin."
                    ),
                    Language::Spanish => format!(
                        "No tiene certeza de cuándo tomó {spanish} por última vez. Le preguntamos otra vez al llegar; mientras nadie lo sepa, su sesión no puede empezar."
                    ),
                }
            }
        };
        Some(Open {
            says,
            leads_to: None,
        })
    }

    fn health(&self, is_stop: bool) -> Option<Open> {
        let answers = self.answers;
        let unsure = [
            answers.illness,
            answers.admission,
            answers.pregnancy,
            answers.other_drugs,
            answers.urinary,
        ]
        .contains(&Said::NotSure);
        (is_stop || unsure).then(|| {
            self.open(
                "You told us something about your health that a clinician must know before your visit. Please call the clinic before you come.",
                "Nos dijo algo de su salud que un médico debe saber antes de su visita. Llame a la clínica antes de venir, por favor.",
            )
        })
    }

    // Hazard: H40
    fn safety(&self, is_stop: bool) -> Option<Open> {
        let lead = ["What you can do now", "Qué puede hacer ahora"];
        let open = if is_stop {
            self.open(
                "You told us about thoughts of not living, or of harming yourself. You are not alone with this. Call the clinic today; if you are in danger, call your emergency number now.",
                "Nos habló de pensamientos de no vivir o de hacerse daño. No está a solas con esto. Llame hoy a la clínica; si está en peligro, llame ahora a su número de emergencia.",
            )
        } else if self.answers.thoughts_of_death == Said::NotSure {
            self.open(
                "You are not sure whether you had thoughts of not living, or of harming yourself. A clinician asks you before your session. You can call us at any time.",
                "No tiene certeza de si tuvo pensamientos de no vivir o de hacerse daño. Una persona de la clínica le pregunta antes de su sesión. Puede llamarnos cuando quiera.",
            )
        } else {
            return None;
        };
        Some(self.leading(open, "/my/history/help?after=preparation", lead))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clinical::course::preparation::Fixer;

    fn open_of(
        about: About,
        standing: Standing,
        answers: &Answers,
        language: Language,
    ) -> Vec<Open> {
        let check = Check::open(about, standing, "words for staff", "remedy", Fixer::Person);
        still_open(&[check], answers, language, &TimeZone::UTC)
    }

    #[test]
    fn whoever_has_nobody_to_go_with_is_told_so_and_led_to_where_to_name_somebody() {
        // Hazard: H39
        let answers = Answers {
            escort: Answer::NoneSuch,
            ..Answers::default()
        };
        for (language, words) in [
            (Language::English, "your session cannot begin"),
            (Language::Spanish, "su sesión no puede empezar"),
        ] {
            let open = open_of(About::WayHome, Standing::Stop, &answers, language);
            assert!(open[0].says.contains(words), "{open:?}");
            assert_eq!(open[0].leads_to.unwrap().0, "/my/preparation/way-home");
        }
    }

    #[test]
    fn what_was_not_asked_yet_and_what_is_the_clinics_own_work_is_not_among_it() {
        let answers = Answers::default();
        for about in [
            About::WayHome,
            About::FoodAndDrink,
            About::Alcohol,
            About::Cannabis,
            About::Health,
            About::Safety,
            About::Order,
            About::Weight,
        ] {
            let open = open_of(about, Standing::NotKnown, &answers, Language::English);
            assert_eq!(open, Vec::new(), "{about:?}");
        }
    }

    #[test]
    fn no_word_for_staff_reaches_a_patient() {
        let answers = Answers {
            thoughts_of_death: Said::Yes,
            escort: Answer::NotSure,
            ..Answers::default()
        };
        for about in [
            About::Acceptance,
            About::Consent,
            About::Safety,
            About::WayHome,
            About::Booking,
            About::Health,
        ] {
            let open = open_of(about, Standing::Stop, &answers, Language::Spanish);
            assert!(!open[0].says.contains("words for staff"), "{about:?}");
        }
    }
}
