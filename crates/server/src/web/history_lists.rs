//! Medicines, allergies and earlier antidepressants as clinicians keep them: corrected, completed,
//! and judged where the list of medicines does not know the words.

use super::form::{Fields, Problem};
use super::guard::check_csrf;
use super::history::medicines;
use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::history_lists::{ListPage, Listed};
use super::people::read_by;
use super::respond::Refused;
use crate::application::Application;
use crate::book::{LocalTime, local_time};
use crate::history::{self, Speaker};
use crate::identity::Viewer;
use crate::patients;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use clinical::clinic::ClockTime;
use clinical::course::intake::{
    Command, Intolerant, Item, PastTrial, Said, TakenMedicine, Through,
};
use clinical::course::screening::medicine::{Medicine, MedicineList, Review, Use};
use clinical::course::screening::person::{
    Intolerance, LastUse, Reaction, Source, Trial, TrialOutcome, Witness,
};
use clinical::record::{CommandId, PatientId};
use std::sync::Arc;
use units::Moment;

/// The longest list that a form may carry.
const LONGEST: usize = 100;

/// The page of one list.
pub async fn page(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path((patient, list)): Path<(PatientId, String)>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let listed = Listed::of_word(&list).ok_or(Refused::NotFound)?;
    let shown = shown(
        &application,
        &viewer,
        (patient, listed),
        &headers,
        &uri,
        None,
    )
    .await?;
    read_by(&application, &viewer, patient, "open a list of the history").await?;
    Ok(shown)
}

async fn shown(
    application: &Application,
    viewer: &Viewer,
    (patient, listed): (PatientId, Listed),
    headers: &HeaderMap,
    uri: &Uri,
    not_done: Option<(&str, &Fields)>,
) -> Result<Response, Refused> {
    let asked = Asked::new(application, Some(viewer), headers, uri);
    let known = patients::read(application, patient)
        .await?
        .ok_or(Refused::NotFound)?;
    let kept = history::read(application, patient).await?;
    let page = ListPage {
        saved: uri.query() == Some("saved=1"),
        around: asked.around(Here::Reviews, false),
        patient: &known,
        intake: &kept.state,
        medicines: &medicines()?,
        listed,
        not_done,
    };
    Ok(html(page.html()).into_response())
}

/// Saves the whole list as it stands in the form; refused when somebody has changed it meanwhile.
pub async fn save(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path((patient, list)): Path<(PatientId, String)>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    let listed = Listed::of_word(&list).ok_or(Refused::NotFound)?;
    let refused = match write(&application, &viewer, patient, listed, &fields).await {
        Ok(()) => {
            let to = format!("/patients/{patient}/history/{list}?saved=1");
            return Ok(Redirect::to(&to).into_response());
        }
        Err(refused) => refused,
    };
    match refused {
        Refused::Ruled(_) | Refused::Problem(_) => {
            let says = refused.says();
            let of = (patient, listed);
            let kept = Some((says.as_str(), &fields));
            let page = shown(&application, &viewer, of, &headers, &uri, kept).await?;
            Ok((refused.status(), page).into_response())
        }
        Refused::Refusal(_) | Refused::Fault(_) | Refused::NotFound | Refused::Forbidden(_) => {
            Err(refused)
        }
    }
}

async fn write(
    application: &Application,
    viewer: &Viewer,
    patient: PatientId,
    listed: Listed,
    fields: &Fields,
) -> Result<(), Refused> {
    let reload = || Problem::new("command_id", "Not saved: reload the page and try again.");
    let command_id: CommandId = fields.text("command_id").parse().map_err(|_| reload())?;
    let seen: usize = fields.text("seen").parse().map_err(|_| reload())?;
    let speaker = Speaker {
        actor: viewer.actor(),
        through: Through::Staff,
        language: clinical::leaflet::Language::English,
    };
    let known = medicines()?;
    let before = history::read(application, patient).await?;
    let reader = Reader {
        before: match before.state.said(&Item::Medicines) {
            Some(Said::Medicines { list, .. }) => list.clone(),
            _ => Vec::new(),
        },
        fields,
        application,
        medicines: &known,
        by: Arc::new(Witness {
            source: Source::Staff(viewer.role),
            name: viewer.name.clone(),
            at: application.clock.now(),
        }),
    };
    let answer = reader.list(listed)?;
    // The moment of judging is not part of what is wanted: a form sent twice is the same form.
    let wanted = format!("{:?}", fields.0);
    history::change(application, command_id, &speaker, patient, wanted, |_| {
        vec![Command::Revise {
            item: listed.item(),
            answer: answer.clone(),
            seen,
        }]
    })
    .await?;
    Ok(())
}

struct Reader<'a> {
    fields: &'a Fields,
    application: &'a Application,
    medicines: &'a MedicineList,
    /// Who judges, now.
    by: Arc<Witness>,
    /// The medicines as they stood: whoever judged one before stays its judge.
    before: Vec<TakenMedicine>,
}

impl Reader<'_> {
    fn list(&self, listed: Listed) -> Result<Said, Problem> {
        let whole = self.fields.text("whole") == "yes";
        let lost = (0..LONGEST).find(|row| {
            self.of(*row, "name").is_empty()
                && !self.of(*row, "was").is_empty()
                && self.of(*row, "gone") != "yes"
        });
        if let Some(row) = lost {
            let was = self.of(row, "was");
            let says =
                format!("“{was}” has no name now. Write it, or tick “take it off the list”.");
            return Err(Self::wrong(row, "name", &says));
        }
        let rows: Vec<usize> = (0..LONGEST)
            .filter(|row| !self.of(*row, "name").is_empty() && self.of(*row, "gone") != "yes")
            .collect();
        Ok(match listed {
            Listed::Medicines => Said::Medicines {
                list: self.each(&rows, Self::medicine)?,
                whole,
            },
            Listed::Allergies => Said::Intolerances {
                list: self.each(&rows, |reader, row| Ok(reader.intolerance(row)))?,
                whole,
            },
            Listed::Trials => Said::Trials {
                list: self.each(&rows, Self::trial)?,
                whole,
            },
        })
    }

    fn each<T>(
        &self,
        rows: &[usize],
        read: impl Fn(&Self, usize) -> Result<T, Problem>,
    ) -> Result<Vec<T>, Problem> {
        rows.iter().map(|row| read(self, *row)).collect()
    }

    fn name(row: usize, part: &str) -> String {
        format!("{row}:{part}")
    }

    fn of(&self, row: usize, part: &str) -> &str {
        self.fields.text(&Self::name(row, part))
    }

    fn three(&self, row: usize, part: &str) -> Option<bool> {
        match self.of(row, part) {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        }
    }

    fn wrong(row: usize, part: &str, says: &str) -> Problem {
        Problem::new(&Self::name(row, part), format!("Not saved: {says}"))
    }

    /// What a clinician says it is counts before what its words seem to be.
    // Hazard: H25
    fn medicine(&self, row: usize) -> Result<TakenMedicine, Problem> {
        let words = self.of(row, "name").to_owned();
        let code_of = |words: &str| {
            let known = self.medicines.named(words)?;
            known.code.clone()
        };
        let (codes, review) = match self.of(row, "is") {
            "ingredient" => {
                let ingredient = self.of(row, "ingredient");
                let known = self.medicines.named(ingredient).ok_or_else(|| {
                    let says = format!(
                        "“{ingredient}” is not in the list of medicines. Choose one of the list, \
                         or say to which classes “{words}” belongs."
                    );
                    Self::wrong(row, "ingredient", &says)
                })?;
                match &known.code {
                    // Words that name another drug of the list stay in doubt until they are put right.
                    Some(code) => (vec![code.clone()], None),
                    None => (Vec::new(), Some(self.medicines.classes_named(ingredient))),
                }
            }
            "classes" => {
                let field = Self::name(row, "class");
                let classes: Vec<String> = self.fields.all(&field).map(str::to_owned).collect();
                if classes.is_empty() && self.of(row, "none") != "yes" {
                    let says = format!(
                        "tick the classes of “{words}”, or “none of these”, so that the rules \
                         can count it."
                    );
                    return Err(Self::wrong(row, "class", &says));
                }
                (Vec::new(), Some(classes))
            }
            _ => (code_of(&words).into_iter().collect(), None),
        };
        Ok(TakenMedicine {
            medicine: Medicine {
                codes,
                status: if self.of(row, "status") == "stopped" {
                    Use::Stopped
                } else {
                    Use::Current
                },
                last_taken: self.moment(row, "last")?.map(LastUse::At),
                milligrams_per_day: self.fields.number(&Self::name(row, "milligrams"))?,
                morphine_equivalent: self.fields.number(&Self::name(row, "morphine"))?,
                review: review.map(|classes| self.judged(&words, classes)),
                words,
            },
            how: self.of(row, "how").to_owned(),
        })
    }

    fn judged(&self, words: &str, classes: Vec<String>) -> Review {
        let before = self
            .before
            .iter()
            .filter(|one| one.medicine.words == words)
            .filter_map(|one| one.medicine.review.as_ref())
            .find(|review| review.classes == classes);
        before.cloned().unwrap_or_else(|| Review {
            classes,
            by: Arc::clone(&self.by),
        })
    }

    fn intolerance(&self, row: usize) -> Intolerant {
        Intolerant {
            intolerance: Intolerance {
                substance: self.of(row, "name").to_owned(),
                is_of_the_product: self.three(row, "product"),
                reaction: match self.of(row, "reaction") {
                    "allergy" => Reaction::Allergy,
                    "side-effect" => Reaction::SideEffect,
                    _ => Reaction::Unknown,
                },
            },
            happened: self.of(row, "happened").to_owned(),
        }
    }

    fn trial(&self, row: usize) -> Result<PastTrial, Problem> {
        let weeks = self.of(row, "weeks");
        let weeks = if weeks.is_empty() {
            None
        } else {
            let read = weeks.parse::<u16>().ok().filter(|weeks| *weeks <= 2_600);
            Some(read.ok_or_else(|| Self::wrong(row, "weeks", "write whole weeks, like 8."))?)
        };
        Ok(PastTrial {
            trial: Trial {
                drug: self.of(row, "name").to_owned(),
                weeks_at_adequate_dose: weeks,
                taken_as_prescribed: self.three(row, "taken"),
                in_this_episode: self.three(row, "now"),
                outcome: match self.of(row, "outcome") {
                    "below-25" => Some(TrialOutcome::Below25Percent),
                    "25-to-49" => Some(TrialOutcome::From25To49Percent),
                    "at-least-50" => Some(TrialOutcome::AtLeast50Percent),
                    "side-effects" => Some(TrialOutcome::StoppedForSideEffects),
                    _ => None,
                },
            },
            dose: self.of(row, "dose").to_owned(),
        })
    }

    /// `2026-11-20T08:30` of the clinic's clock. Of an hour that comes twice the later counts: a
    /// medicine was never taken longer ago than it was.
    fn moment(&self, row: usize, part: &str) -> Result<Option<Moment>, Problem> {
        let text = self.of(row, part);
        if text.is_empty() {
            return Ok(None);
        }
        let wrong = || {
            Self::wrong(
                row,
                part,
                "write the day and the time like 2026-11-20T08:30.",
            )
        };
        let (day, time) = text.split_once('T').ok_or_else(wrong)?;
        let (hour, minute) = time.split_once(':').ok_or_else(wrong)?;
        let number = |text: &str| text.get(..2).and_then(|text| text.parse::<u16>().ok());
        let time = number(hour)
            .zip(number(minute))
            .and_then(|(hour, minute)| ClockTime::new(hour, minute))
            .ok_or_else(wrong)?;
        let day = day.parse().map_err(|_| wrong())?;
        match local_time(&self.application.zone, day, time) {
            LocalTime::Once(at) | LocalTime::Twice(_, at) => Ok(Some(at)),
            LocalTime::Never => Err(wrong()),
        }
    }
}
