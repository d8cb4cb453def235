//! The safety programme: the forms that wait, one session's form, who is enrolled, the clinic's name.

use super::around::Around;
use super::clock_face::civil_date;
use super::identity_strip::IdentityStrip;
use crate::reporting::Known;
use askama::Template;
use clinical::clinic::ProgrammeSetting;
use clinical::course::reporting::{
    Countdown, Filled, Form, FormStanding, Forms, Kind, Said, Standing, Value, Way,
};
use clinical::patient::{CivilDate, EnrolmentSaid};
use clinical::record::{PatientId, SessionId};

/// A form in a list.
pub struct WaitingLine {
    /// Of which session.
    pub session: SessionId,
    /// Whose.
    pub name: String,
    /// The day of the visit.
    pub visit_on: CivilDate,
    /// The last day in time.
    pub last_day: CivilDate,
    /// How the days stand.
    pub countdown: Countdown,
    /// How many fields are missing; none where nobody has counted.
    pub missing: Option<usize>,
    /// It was sent, and the chart says something else now.
    pub differs: bool,
    /// When it was sent last.
    pub sent_on: Option<CivilDate>,
    /// What the programme gave as a sign of having it.
    pub reference: String,
}

impl WaitingLine {
    fn visit(&self) -> String {
        civil_date(self.visit_on)
    }

    fn last(&self) -> String {
        civil_date(self.last_day)
    }

    fn missing_says(&self) -> String {
        match self.missing {
            None => "fields not counted".to_owned(),
            Some(0) => "complete".to_owned(),
            Some(1) => "1 field missing".to_owned(),
            Some(count) => format!("{count} fields missing"),
        }
    }

    /// How it stands, for a list of one person's forms.
    fn stands(&self) -> String {
        match (&self.sent_on, self.differs) {
            (Some(_), true) => "differs from what was sent".to_owned(),
            (Some(on), false) if self.reference.is_empty() => format!("sent {}", civil_date(*on)),
            (Some(on), false) => format!("sent {}, {}", civil_date(*on), self.reference),
            (None, _) => self.countdown.says(),
        }
    }

    fn presses(&self) -> bool {
        match self.countdown {
            Countdown::Open { .. } => false,
            Countdown::Soon { .. } | Countdown::Late { .. } => self.sent_on.is_none(),
        }
    }
}

/// Every form that waits, and the last ones that were sent.
#[derive(Template)]
#[template(path = "programme_list.html")]
pub struct Worklist<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Those with which somebody has something to do, the earliest visit first.
    pub waiting: Vec<WaitingLine>,
    /// Those that were sent, the newest visit first.
    pub sent: Vec<WaitingLine>,
    /// Nobody has said how the clinic names itself.
    pub setting_missing: bool,
    /// The reader may say it.
    pub may_set: bool,
}

impl Worklist<'_> {
    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

/// A field as it is shown.
struct Line {
    id: String,
    says: String,
    mark: &'static str,
    unverified: bool,
    value: String,
    from: String,
    warning: String,
    open: bool,
    /// How a person says it: `yes-no`, `minutes`, `text`; empty where the record answers.
    input: &'static str,
    typed: String,
    why: String,
    /// A reason may stand in its place.
    may_justify: bool,
}

fn value_says(around: &Around<'_>, value: &Value) -> String {
    let clock = around.clock();
    value.says(|at| clock.full(at), civil_date)
}

fn line(around: &Around<'_>, filled: &Filled<'_>, known: &Known) -> Line {
    let field = filled.field;
    let clock = around.clock();
    let (mark, value, from) = match &filled.standing {
        Standing::Known { value, from } => ("", value_says(around, value), from.clone()),
        Standing::Said {
            value,
            by,
            at,
            otherwise,
        } => {
            let chart = otherwise.as_ref().map_or_else(String::new, |other| {
                format!("; the chart says {}", value_says(around, other))
            });
            let from = format!("{by} says so, {}{chart}", clock.when(*at));
            ("", value_says(around, value), from)
        }
        Standing::Justified { because, by, at } => (
            "justified",
            because.clone(),
            format!("{by} says so, {}", clock.when(*at)),
        ),
        Standing::Missing { obtain } => ("missing", String::new(), obtain.clone()),
        Standing::NotKnown { says } => ("not known", String::new(), says.clone()),
        Standing::NotAsked => ("", "–".to_owned(), String::new()),
    };
    let may_be_said =
        field.from.may_be_said() && (filled.standing != Standing::NotAsked || !field.required);
    let input = match field.kind {
        Kind::YesNo if may_be_said => "yes-no",
        Kind::Minutes if may_be_said => "minutes",
        Kind::Text if may_be_said => "text",
        Kind::YesNo
        | Kind::Minutes
        | Kind::Text
        | Kind::Date
        | Kind::Word
        | Kind::Amount
        | Kind::Pressure
        | Kind::Moment => "",
    };
    let said = known.reporting.state.said.get(&field.id).map(|of| &of.said);
    let typed = match said {
        Some(Said::Value { value }) => match value {
            Value::YesNo(true) => "yes".to_owned(),
            Value::YesNo(false) => "no".to_owned(),
            Value::Minutes(minutes) => minutes.to_string(),
            Value::Text(text) => text.clone(),
            Value::Date(_)
            | Value::Word(_)
            | Value::Amount(_)
            | Value::Pressure { .. }
            | Value::Moment(_) => String::new(),
        },
        Some(Said::Justified { .. } | Said::TakenBack) | None => String::new(),
    };
    let why = match said {
        Some(Said::Justified { because }) => because.clone(),
        Some(Said::Value { .. } | Said::TakenBack) | None => String::new(),
    };
    let nothing = matches!(
        filled.standing,
        Standing::Missing { .. } | Standing::NotKnown { .. } | Standing::Justified { .. }
    );
    Line {
        id: field.id.clone(),
        says: field.says.clone(),
        mark,
        unverified: field.unverified,
        value,
        from,
        warning: filled.warning.clone().unwrap_or_default(),
        open: filled.is_open(),
        input,
        typed,
        why,
        may_justify: field.required && nothing,
    }
}

/// One session's form.
pub struct FormPage<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Who this is.
    pub strip: IdentityStrip,
    /// Every form.
    pub forms: &'a Forms,
    /// The one that is filled.
    pub form: &'a Form,
    /// Its fields.
    pub filled: &'a [Filled<'a>],
    /// The record.
    pub known: &'a Known,
    /// The reader may act.
    pub may_act: bool,
    /// Why the last act was not saved.
    pub refused: Option<&'a str>,
}

/// A form that left, in words.
struct SentLine {
    says: String,
    differs: Vec<String>,
}

#[derive(Template)]
#[template(path = "programme_form.html")]
struct FormTemplate<'a> {
    around: Around<'a>,
    strip: IdentityStrip,
    session: String,
    patient: String,
    form: &'a Form,
    others: Vec<(String, String)>,
    groups: Vec<(String, Vec<Line>)>,
    open: Vec<Line>,
    standing: FormStanding,
    stands: String,
    shape: &'static str,
    presses: bool,
    set_aside: String,
    accepted: String,
    sent: Vec<SentLine>,
    differs: Vec<String>,
    is_over: bool,
    today: String,
    ways: [Way; 4],
    may_act: bool,
    refused: Option<&'a str>,
}

impl FormPage<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let state = &self.known.reporting.state;
        let named = |id: &String| {
            let field = self.form.field(id);
            field.map_or_else(|| id.clone(), |field| field.says.clone())
        };
        let countdown = state
            .form
            .map(|form| self.form.countdown(form.visit_on, self.known.today));
        let standing = state.standing();
        let stands = match (standing, countdown) {
            (FormStanding::NotOwed, _) | (_, None) => "no form is owed yet".to_owned(),
            (FormStanding::Draft, Some(left)) => left.says(),
            (FormStanding::Sent, _) => "sent".to_owned(),
            (FormStanding::Amended, _) => "sent once more".to_owned(),
            (FormStanding::Differs, _) => "differs from what was sent".to_owned(),
            (FormStanding::SetAside, _) => "set aside".to_owned(),
        };
        let stands = match state.form {
            Some(form) => format!(
                "{stands} · visit {}, last day {}",
                civil_date(form.visit_on),
                civil_date(self.form.last_day(form.visit_on))
            ),
            None => stands,
        };
        let differs = state
            .newest_sent()
            .map(|sent| sent.differs(self.filled))
            .unwrap_or_default();
        let newest = state.sent.len().saturating_sub(1);
        let sent = state.sent.iter().enumerate().rev().map(|(place, sent)| {
            let reference = match sent.reference.as_str() {
                "" => "no reference".to_owned(),
                reference => format!("reference {reference}"),
            };
            let because = sent
                .because
                .as_ref()
                .map_or_else(String::new, |because| format!(" · once more: {because}"));
            SentLine {
                says: format!(
                    "{} · {} · {reference} · {} version {} · recorded by {}{because}",
                    civil_date(sent.on),
                    sent.way.says(),
                    sent.form,
                    sent.version,
                    sent.by
                ),
                differs: if place == newest {
                    differs.iter().map(named).collect()
                } else {
                    Vec::new()
                },
            }
        });
        let all: Vec<&Filled<'_>> = self.filled.iter().collect();
        let groups = self.form.groups.iter().map(|group| {
            let lines = group
                .fields
                .iter()
                .filter_map(|field| all.iter().find(|one| one.field.id == field.id))
                .filter(|one| !one.is_open())
                // What is not asked here is no line; what may stay empty is.
                .filter(|one| one.standing != Standing::NotAsked || !one.field.required)
                .map(|one| line(&self.around, one, self.known))
                .collect();
            (group.says.clone(), lines)
        });
        super::written(&FormTemplate {
            session: self.known.session.id.to_string(),
            patient: self
                .known
                .session
                .patient
                .map_or_else(String::new, |patient| patient.to_string()),
            form: self.form,
            others: self
                .forms
                .all()
                .iter()
                .filter(|form| form.id != self.form.id)
                .map(|form| (form.id.clone(), form.title.clone()))
                .collect(),
            groups: groups.collect(),
            open: self
                .filled
                .iter()
                .filter(|one| one.is_open())
                .map(|one| line(&self.around, one, self.known))
                .collect(),
            standing,
            stands,
            shape: match standing {
                FormStanding::Sent | FormStanding::Amended => "✓",
                FormStanding::NotOwed | FormStanding::SetAside => "",
                FormStanding::Draft | FormStanding::Differs => {
                    countdown.map_or("", Countdown::shape)
                }
            },
            presses: standing.waits()
                && countdown.is_some_and(|left| !matches!(left, Countdown::Open { .. })),
            set_aside: state
                .set_aside
                .as_ref()
                .map_or_else(String::new, |(because, by)| format!("{because} ({by})")),
            accepted: state
                .accepted
                .as_ref()
                .map_or_else(String::new, |(because, by)| format!("{because} ({by})")),
            sent: sent.collect(),
            differs: differs.iter().map(named).collect(),
            is_over: self.known.is_over(),
            today: self.known.today.to_string(),
            ways: Way::ALL,
            may_act: self.may_act,
            refused: self.refused,
            strip: self.strip.clone(),
            around: self.around,
        })
    }
}

/// A session's form to be faxed or typed over.
pub struct FormPrint<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Who this is.
    pub strip: IdentityStrip,
    /// The form.
    pub form: &'a Form,
    /// Its fields.
    pub filled: &'a [Filled<'a>],
    /// The record.
    pub known: &'a Known,
}

#[derive(Template)]
#[template(path = "programme_print.html")]
struct PrintTemplate<'a> {
    around: Around<'a>,
    strip: IdentityStrip,
    session: String,
    form: &'a Form,
    groups: Vec<(String, Vec<Line>)>,
    open: usize,
}

impl FormPrint<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let groups = self.form.groups.iter().map(|group| {
            let lines = group
                .fields
                .iter()
                .filter_map(|field| self.filled.iter().find(|one| one.field.id == field.id))
                .filter(|one| one.standing != Standing::NotAsked || !one.field.required)
                .map(|one| line(&self.around, one, self.known))
                .collect();
            (group.says.clone(), lines)
        });
        super::written(&PrintTemplate {
            session: self.known.session.id.to_string(),
            form: self.form,
            groups: groups.collect(),
            open: self.filled.iter().filter(|one| one.is_open()).count(),
            strip: self.strip.clone(),
            around: self.around,
        })
    }
}

/// Whether one person is enrolled, with their forms.
#[derive(Template)]
#[template(path = "programme_person.html")]
pub struct Enrolled<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Who this is.
    pub strip: IdentityStrip,
    /// The record.
    pub patient: PatientId,
    /// What somebody said; none: nobody has.
    pub said: Option<&'a EnrolmentSaid>,
    /// Their forms, the newest visit first.
    pub forms: Vec<WaitingLine>,
    /// The reader may say how it stands.
    pub may_act: bool,
    /// The reader may say that the programme does not enrol this person.
    pub may_order: bool,
    /// Why it was not saved.
    pub refused: Option<&'a str>,
}

impl Enrolled<'_> {
    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }

    fn stands(&self) -> Option<(String, String)> {
        let said = self.said?;
        let clock = self.around.clock();
        let by = format!("{}, {}", said.by, clock.when(said.at));
        Some((said.says(civil_date), by))
    }
}

/// How the clinic names itself to the programme.
#[derive(Template)]
#[template(path = "programme_setting.html")]
pub struct SettingPage<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// As it is known.
    pub setting: ProgrammeSetting,
}

impl SettingPage<'_> {
    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }

    fn fields(&self) -> [(&'static str, &'static str, &str); 8] {
        let setting = &self.setting;
        [
            ("name", "Name, as it was certified", &setting.name),
            ("address-1", "Address, first line", &setting.address_1),
            (
                "address-2",
                "Address, second line, if any",
                &setting.address_2,
            ),
            ("city", "City", &setting.city),
            ("state", "State", &setting.state),
            ("postal-code", "ZIP code", &setting.postal_code),
            (
                "telephone",
                "Telephone of whoever watches",
                &setting.telephone,
            ),
            ("email", "E-mail of whoever watches", &setting.email),
        ]
    }
}

/// A worklist with one form soon due, one late and one that was sent.
pub fn sample() -> Worklist<'static> {
    let day = |day| CivilDate::new(2025, 11, day).ok();
    let line = |number: u128, name: &str, visit: u8, countdown, sent: Option<u8>| {
        let visit_on = day(visit)?;
        Some(WaitingLine {
            session: SessionId(uuid::Uuid::from_u128(number)),
            name: name.to_owned(),
            visit_on,
            last_day: visit_on.plus_days(7),
            countdown,
            missing: sent.is_none().then_some(3),
            differs: false,
            sent_on: sent.and_then(day),
            reference: "F-12".to_owned(),
        })
    };
    Worklist {
        around: super::around::sample::around("/programme"),
        waiting: [
            line(1, "MORENO, Ana", 14, Countdown::Late { by: 1 }, None),
            line(2, "SATO, Ken", 17, Countdown::Soon { left: 2 }, None),
        ]
        .into_iter()
        .flatten()
        .collect(),
        sent: line(3, "REYES, Marta", 12, Countdown::Late { by: 3 }, Some(15))
            .into_iter()
            .collect(),
        setting_missing: true,
        may_set: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_says_how_many_days_and_fields_in_words_and_by_a_shape() {
        // Hazard: H67
        let html = sample().html();
        assert!(html.contains("late by 1\u{a0}day"), "{html}");
        assert!(html.contains("soon due: 2\u{a0}days left"));
        assert!(html.contains("3 fields missing"));
        assert!(html.contains('◐') && html.contains('●'));
        assert!(html.contains("sent 15 Nov 2025, F-12"));
    }
}
