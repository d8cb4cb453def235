//! Two people of the demo after their sessions with esketamine: one whose form is open on its fifth
//! day, one whose form was sent; and an adverse event at home that waits for an answer.

use super::by_dose::{Guest, Visit, devices, register};
use super::story::Told;
use super::{admission, drugs, past};
use crate::application::Application;
use crate::fault::Fault;
use crate::journey::{Change, change};
use crate::reporting::{self, By, Known};
use crate::web::respond::Refused;
use anyhow::Context as _;
use clinical::clinic::{Clinic, ClinicEvent, ProgrammeSetting};
use clinical::course::reporting::{
    EmergencyVisit, Expectation, Learned, Noted, Refusal, Reporting, ReportingEvent, Said, Sending,
    Seriousness, ToldBy, Value, Way,
};
use clinical::course::session::{
    AdverseOutcome, Command, DistressScore, Portion, Relatedness, SedationScore, Session, Severity,
    Stage, Stop,
};
use clinical::record::CommandId;
use std::collections::BTreeSet;
use std::sync::Arc;
use units::{Moment, Span};
use uuid::Uuid;

const OPEN: Guest = Guest {
    number: "0042-233",
    family: "BERGER",
    given: "Tessa",
    birth_date: "1979-02-14",
    kilograms: 70,
    room: "5",
};

const SENT: Guest = Guest {
    number: "0042-234",
    family: "VIRTANEN",
    given: "Lena",
    birth_date: "1991-08-30",
    kilograms: 70,
    room: "5",
};

/// Registers both, before anything of the last weeks is told.
pub(super) async fn register_both(application: &Application, now: Moment) -> Result<(), Fault> {
    register(application, &OPEN, now).await?;
    register(application, &SENT, now).await
}

/// What was done in both visits.
pub(super) fn told(application: &Application, now: Moment) -> Result<Vec<Told>, Fault> {
    let open = visit(application, &OPEN, now - Span::from_hours(24 * 5))?;
    let sent = visit(application, &SENT, now - Span::from_hours(24 * 9))?;
    Ok(open.into_iter().chain(sent).collect())
}

/// Tells what came after both visits.
pub(super) async fn tell(application: &Application) -> Result<(), Fault> {
    let now = application.clock.now();
    name_clinic(application).await?;
    open_devices(application, &OPEN).await?;
    open_devices(application, &SENT).await?;
    send(application, &SENT).await?;
    at_home(application, &SENT, now - Span::from_hours(24 * 8)).await
}

async fn name_clinic(application: &Application) -> Result<(), Fault> {
    let setting = ProgrammeSetting {
        name: "Harbour Street Clinic".to_owned(),
        address_1: "1 Quay Street".to_owned(),
        address_2: String::new(),
        city: "Portland".to_owned(),
        state: "ME".to_owned(),
        postal_code: "04101".to_owned(),
        telephone: "01 234 567".to_owned(),
        email: "watch@clinic.example".to_owned(),
    };
    let wanted = Change {
        command_id: CommandId(Uuid::now_v7()),
        actor: admission::prescriber(),
        at: None,
        id: application.tenant.0,
        patient: None,
        session: None,
        action: "say how the clinic names itself to the safety programme",
        wanted: "the demo's clinic".to_owned(),
    };
    change::<Clinic, Refused>(application, wanted, |_, at| {
        Ok(vec![ClinicEvent::ProgrammeSettingSet {
            setting: setting.clone(),
            by: "Dr Maria Okonkwo".to_owned(),
            at,
        }])
    })
    .await
    .map_err(admission::told)?;
    application.read_clinic().await
}

/// Two devices, and out again after 130 minutes.
fn visit(application: &Application, guest: &Guest, first: Moment) -> Result<Vec<Told>, Fault> {
    let after = |minutes: i64| first + Span::from_minutes(minutes);
    let order = devices(2, after(-7 * 24 * 60))?;
    let mut visit = Visit::ready(application, guest, order, first)?;
    visit.say(after(-1), Command::TakeRoom);
    visit.give("28", Portion::Device { fault: None }, first)?;
    visit.give("28", Portion::Device { fault: None }, after(5))?;
    let why = Stop::Completed;
    let note = String::new();
    visit.say(after(6), Command::EndDosing { why, note });
    let score = SedationScore::try_from(4)?;
    visit.say(after(20), Command::ScoreSedation { score });
    visit.signs(after(41), 138, 84)?;
    for look in [114, 129] {
        visit.awake(after(look))?;
        let score = DistressScore::try_from(0)?;
        visit.say(after(look), Command::ScoreDistress { score });
        visit.signs(after(look), 124, 78)?;
        visit.say(after(look), past::recovered()?);
    }
    visit.say(
        after(130),
        Command::Discharge {
            escort: "sister, by car".to_owned(),
            instructions_given: true,
            stable: true,
            override_reason: None,
        },
    );
    Ok(visit.told)
}

/// The devices of a visit leave the ledger.
async fn open_devices(application: &Application, guest: &Guest) -> Result<(), Fault> {
    let session = application.sessions.session(guest.session()).await?;
    let session = session.context("a session of the weeks before")?;
    // As it stood then: nothing is drawn for somebody who has left.
    let then = Arc::new(Session {
        stage: Stage::Infusion,
        ..(*session).clone()
    });
    drugs::devices_of_the_weeks_before(application, &then).await
}

async fn act(
    application: &Application,
    guest: &Guest,
    action: &'static str,
    decide: impl Fn(&Reporting, Moment) -> Result<Vec<ReportingEvent>, Refusal> + Send + Sync,
) -> Result<(), Fault> {
    let by = By {
        command_id: CommandId(Uuid::now_v7()),
        actor: drugs::nurse(),
        session: guest.session(),
        patient: Some(guest.patient()),
    };
    reporting::act(application, by, (action, "the demo".to_owned()), decide)
        .await
        .map_err(admission::told)?;
    Ok(())
}

/// What only a person knows is said, and the form left on its third day.
async fn send(application: &Application, guest: &Guest) -> Result<(), Fault> {
    let form = application.forms().current().context("a form")?;
    let said = |value| Said::Value { value };
    let yes_no = [
        ("benzodiazepine", false),
        ("hypnotic", false),
        ("psychostimulant", false),
        ("monoamine-oxidase-inhibitor", false),
        ("opioid", false),
        ("acceptable-before", true),
        ("acceptable-at-end", true),
        ("respiratory-depression", false),
        ("serious-event", false),
    ];
    let mut all: Vec<(String, Said)> = yes_no
        .into_iter()
        .map(|(field, answer)| (field.to_owned(), said(Value::YesNo(answer))))
        .collect();
    all.push(("ready-without-minimum".to_owned(), said(Value::Minutes(95))));
    let nothing = "nothing was needed".to_owned();
    all.push(("sedation-treated".to_owned(), said(Value::Text(nothing))));
    act(application, guest, "fill in a form", |state, _| {
        state.say(form, all.clone())
    })
    .await?;
    let known = Known::of(application, guest.session()).await?;
    let known = known.context("a session of the weeks before")?;
    let visit_on = known.visit_on.context("a day of the weeks before")?;
    let sending = Sending {
        way: Way::Fax,
        reference: "FX-30417".to_owned(),
        on: visit_on.plus_days(3),
        because: String::new(),
    };
    act(
        application,
        guest,
        "record that a form was sent",
        |state, _| {
            let filled = known.fill(application, form, state);
            state.send(
                form,
                &filled,
                sending.clone(),
                (known.today, known.is_over()),
            )
        },
    )
    .await
}

/// She went to an emergency department the next day, and home again.
async fn at_home(application: &Application, guest: &Guest, at: Moment) -> Result<(), Fault> {
    let event = Uuid::new_v5(&guest.session().0, b"at home");
    let noted = Noted {
        description: "Felt faint on the stairs the morning after and fell; a graze on the arm. Seen in an emergency department and sent home.".to_owned(),
        began_at: at,
        ended_at: Some(at + Span::from_minutes(20)),
        severity: Severity::Moderate,
        serious: BTreeSet::new(),
        emergency_visit: EmergencyVisit::WithoutAdmission,
        expected: Expectation::NotListed,
        relatedness: Relatedness::Possible,
        outcome: AdverseOutcome::Recovered,
        treatment: "The graze was cleaned.".to_owned(),
        told_by: ToldBy::Patient,
        report: None,
    };
    act(
        application,
        guest,
        "enter an adverse event",
        |state, now| {
            let whose = (event, guest.patient());
            state.note(whose, noted.clone(), Seriousness::NotSerious, now)
        },
    )
    .await?;
    let known = Known::of(application, guest.session()).await?;
    let known = known.context("a session of the weeks before")?;
    let accounts = known.accounts(&known.reporting.state);
    let account = accounts.iter().find(|one| one.event == event);
    let account = account.context("the adverse event of the demo")?;
    let learned = Learned {
        learned: "People are told to sit on the edge of the bed before they stand up.".to_owned(),
        open_question: "Did she drink enough that evening?".to_owned(),
        expected: Expectation::NotListed,
        emergency_visit: EmergencyVisit::WithoutAdmission,
    };
    act(
        application,
        guest,
        "look at an adverse event",
        |state, _| state.look(account, learned.clone()),
    )
    .await
}
