//! The clinic's rules and scales, with their sources; how a rule is changed and adopted.

use super::form::{Fields, Problem};
use super::guard::check_csrf;
use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::rule::RulePage;
use super::pages::rule_change::{AffectedLine, ConsentLine, Looked, RuleChange};
use super::pages::rules_page::ClinicRules;
use super::pages::scales::Scales;
use super::respond::Refused;
use crate::application::Application;
use crate::consent_files;
use crate::fault::Fault;
use crate::identity::{Proof, Viewer, prove_again};
use crate::journey::{Change, change as write};
use crate::rescreen::{self, Progress, Proposal};
use crate::rules_in_force::InForce;
use anyhow::Context as _;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{Html, IntoResponse, Redirect, Response};
use clinical::clinic::{Adopt, AdoptionRefused, Clinic, adopt as decide};
use clinical::policy::{AdoptedPolicy, Quantity};
use clinical::record::{CommandId, Role};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How many affected people the page names; the command line names all.
const NAMED: usize = 200;

/// How long a page waits for everybody to be asked about before it says how far that is.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// The page.
pub async fn page(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
) -> Html<String> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let clinic = application.clinic();
    let in_force = application.in_force();
    html(
        ClinicRules {
            around: asked.around(Here::Rules, false),
            rules: &in_force.session,
            screening: in_force.screening.policies(),
            prediction: in_force.prediction.policy(),
            limits: &in_force.limits,
            clinic: &clinic,
        }
        .html(),
    )
}

/// The scales that the program knows.
pub async fn scales(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
) -> Html<String> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    html(
        Scales {
            around: asked.around(Here::Rules, false),
            library: application.scales(),
        }
        .html(),
    )
}

/// One policy, with the form to change it for whoever may.
pub async fn policy(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let problems = BTreeMap::new();
    one_policy(
        &application,
        &viewer,
        &asked,
        &id,
        &Fields::default(),
        problems,
    )
    .map(html)
}

fn one_policy(
    application: &Application,
    viewer: &Viewer,
    asked: &Asked<'_>,
    id: &str,
    typed: &Fields,
    problems: BTreeMap<String, String>,
) -> Result<String, Refused> {
    let (in_force, clinic) = (application.in_force(), application.clinic());
    let policy = in_force.policy(id).ok_or(Refused::NotFound)?;
    let refused = (!problems.is_empty())
        .then(|| "Nothing was changed. Look at the values that are marked.".to_owned());
    let page = RulePage {
        around: asked.around(Here::Rules, false),
        policy,
        adoptions: clinic
            .adoptions
            .iter()
            .filter(|adoption| adoption.policy == id)
            .collect(),
        set_aside: in_force
            .set_aside
            .iter()
            .find(|aside| aside.policy == id)
            .map(|aside| aside.says.as_str()),
        may_adopt: viewer.role == Role::MedicalDirector,
        typed: typed.0.iter().cloned().collect(),
        problems,
        refused,
    };
    Ok(page.html())
}

/// Whom a change would affect, and the form to adopt it: the values stand in the address, and
/// nothing is saved by looking.
pub async fn change(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
    Query(fields): Query<Vec<(String, String)>>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let fields = Fields(fields);
    let in_force = application.in_force();
    let policy = in_force.policy(&id).ok_or(Refused::NotFound)?;
    let values = match values(policy, &fields) {
        Ok(values) => values,
        Err(problems) => {
            let text = one_policy(&application, &viewer, &asked, &id, &fields, problems)?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, html(text)).into_response());
        }
    };
    let looking = Looking {
        application: &application,
        asked: &asked,
        in_force: &in_force,
        policy,
        values: &values,
    };
    Ok(html(looking.page(None, None).await?).into_response())
}

/// The page on which a change is looked at and signed.
struct Looking<'a> {
    application: &'a Arc<Application>,
    asked: &'a Asked<'a>,
    in_force: &'a Arc<InForce>,
    policy: &'a AdoptedPolicy,
    values: &'a BTreeMap<String, Quantity>,
}

impl Looking<'_> {
    async fn page(&self, refused: Option<String>, typed: Option<&str>) -> Result<String, Refused> {
        let id = self.policy.id();
        let proposal = Proposal {
            policy: id.to_owned(),
            values: self.values.clone(),
        };
        let run = rescreen::look(self.application, self.in_force, proposal)?;
        tokio::time::timeout(PATIENCE, run.finished()).await.ok();
        let progress = run.progress();
        let looked = match &progress {
            Progress::Running { done, total } => Looked::Running {
                done: *done,
                total: *total,
            },
            Progress::Failed => Looked::Failed,
            Progress::Done(found) => Looked::Done {
                total: found.asked,
                affected: found.affected.iter().take(NAMED).map(line).collect(),
                more: found.affected.len().saturating_sub(NAMED),
                consents: found.consents.iter().take(NAMED).map(lost).collect(),
                more_consents: found.consents.len().saturating_sub(NAMED),
            },
        };
        let address = address(self.policy, self.values);
        Ok(RuleChange {
            around: self.asked.around(Here::Rules, false),
            policy: self.policy,
            values: self.values,
            address: &address,
            looked,
            refused,
            statement: typed,
        }
        .html())
    }
}

fn line(affected: &rescreen::Affected) -> AffectedLine<'_> {
    AffectedLine {
        patient: affected.patient,
        name: &affected.name,
        record_number: &affected.record_number,
        born: affected.born,
        from: affected.change.from,
        to: affected.change.to,
        reasons: &affected.change.reasons,
    }
}

fn lost(lost: &rescreen::ConsentLost) -> ConsentLine<'_> {
    ConsentLine {
        patient: lost.named.patient,
        name: &lost.named.name,
        record_number: &lost.named.record_number,
        born: lost.named.born,
        product: lost.product,
        reasons: lost.reasons.iter().map(|reason| reason.says()).collect(),
    }
}

/// The address of a change: every value that can be set, so that it says the same tomorrow.
fn address(policy: &AdoptedPolicy, values: &BTreeMap<String, Quantity>) -> String {
    let pairs: Vec<String> = policy
        .policy()
        .parameters
        .iter()
        .filter(|(_, parameter)| !parameter.is_fixed())
        .map(|(name, parameter)| {
            let value = values.get(name).unwrap_or(&parameter.value);
            format!("{name}={}", value.value.normalize())
        })
        .collect();
    format!("/rules/{}/change?{}", policy.id(), pairs.join("&"))
}

/// The clinic's own values from a form: what is as shipped is left out, what is not named stays
/// as it is in force. Gives what is wrong, by parameter.
fn values(
    policy: &AdoptedPolicy,
    fields: &Fields,
) -> Result<BTreeMap<String, Quantity>, BTreeMap<String, String>> {
    let mut values = policy.own().clone();
    let mut problems = BTreeMap::new();
    for (name, parameter) in &policy.policy().parameters {
        if parameter.is_fixed() || fields.0.iter().all(|(field, _)| field != name) {
            continue;
        }
        let unit = parameter.value.unit;
        match fields.required_number(name) {
            Ok(value) => {
                let value = Quantity { value, unit };
                if !parameter.permits(value) {
                    let says = format!(
                        "{value} is outside what is permitted: {} to {}. The range comes from: {}.",
                        parameter.may_be.at_least, parameter.may_be.at_most, parameter.source
                    );
                    problems.insert(name.clone(), says);
                } else if value == parameter.value {
                    values.remove(name);
                } else {
                    values.insert(name.clone(), value);
                }
            }
            Err(problem) => {
                problems.insert(name.clone(), problem.says);
            }
        }
    }
    if problems.is_empty() {
        Ok(values)
    } else {
        Err(problems)
    }
}

/// Adopts a change.
pub async fn adopt(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    let in_force = application.in_force();
    let policy = in_force.policy(&id).ok_or(Refused::NotFound)?;
    let values = values(policy, &fields).map_err(first)?;
    let wanted = Adopt {
        version: fields.text("version").parse().map_err(|_| unread())?,
        before: serde_json::from_str(fields.text("before")).map_err(|_| unread())?,
        values: values.clone(),
        signed_as: fields.text("signed_as").to_owned(),
        statement: fields.text("statement").to_owned(),
    };
    let refused = match signed(&application, &viewer, &id, &fields, wanted).await {
        Ok(()) => return Ok(Redirect::to(&format!("/rules/{id}")).into_response()),
        // The form is shown again with what was typed, and with what is in force now.
        Err(refused @ (Refused::Ruled(_) | Refused::Problem(_))) => refused,
        Err(other) => return Err(other),
    };
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let in_force = application.in_force();
    let policy = in_force.policy(&id).ok_or(Refused::NotFound)?;
    let looking = Looking {
        application: &application,
        asked: &asked,
        in_force: &in_force,
        policy,
        values: &values,
    };
    let page = looking
        .page(Some(refused.says()), Some(fields.text("statement")))
        .await?;
    Ok((refused.status(), html(page)).into_response())
}

/// Signs and saves; from then on the rules are in force, and the people whom they affect are
/// asked about again.
async fn signed(
    application: &Arc<Application>,
    viewer: &Viewer,
    id: &str,
    fields: &Fields,
    wanted: Adopt,
) -> Result<(), Refused> {
    let command_id = fields
        .text("command_id")
        .parse()
        .map_err(|_| Problem::new("command_id", "Reload the page and try again."))?;
    // The password is taken as typed: a space at its end may belong to it.
    let password = fields.0.iter().find(|(name, _)| name == "password");
    let password = password.map(|(_, value)| value.clone()).unwrap_or_default();
    match prove_again(application, viewer, password).await? {
        Proof::Right(_) => {}
        Proof::Wrong => {
            let says = "Not saved: this is not your password. Type it once more.";
            return Err(Problem::new("password", says).into());
        }
        Proof::Wait(wait) => {
            let says = format!("Not saved: too many wrong passwords. Try again in {wait}.");
            return Err(Problem::new("password", says).into());
        }
    }
    let in_force = application.in_force();
    let proposal = Proposal {
        policy: id.to_owned(),
        values: wanted.values.clone(),
    };
    if !already(application, command_id).await?
        && !rescreen::was_seen(application, &in_force, &proposal)
    {
        let says = "Not saved: look first at whom this affects. The list is below as soon as \
                    everybody was asked about.";
        return Err(Refused::Ruled(says.to_owned()));
    }
    // No adoption may leave a hole in what people sign.
    let proposed = in_force.proposing(id, wanted.values.clone())?;
    if let Err(texts) = consent_files::check(application.consents(), &proposed) {
        return Err(Refused::Ruled(format!("Not saved: {texts}")));
    }
    let order = Change {
        command_id,
        actor: viewer.actor(),
        at: None,
        id: application.tenant.0,
        patient: None,
        session: None,
        action: "adopt a rule",
        wanted: format!("{wanted:?}"),
    };
    write(application, order, |clinic: &Clinic, now| {
        let in_force = InForce::of(clinic)?;
        let policy = in_force.policy(id).ok_or(Refused::NotFound)?;
        let event = decide(clinic, policy, wanted.clone(), &viewer.actor(), now)?;
        Ok::<_, Refused>(vec![event])
    })
    .await?;
    application.read_clinic().await?;
    rescreen::begin(application);
    Ok(())
}

/// True when this form was saved before: sent twice, it is not refused the second time.
async fn already(application: &Application, command_id: CommandId) -> Result<bool, Fault> {
    let answer = application
        .store
        .answer(application.tenant, command_id)
        .await
        .context("looking for the command's answer")?;
    Ok(answer.is_some())
}

impl From<AdoptionRefused> for Refused {
    fn from(refused: AdoptionRefused) -> Self {
        let says = refused.to_string();
        match refused {
            AdoptionRefused::NotPermitted { parameter, .. }
            | AdoptionRefused::NoSuchParameter(parameter) => Problem::new(&parameter, says).into(),
            AdoptionRefused::NotTheMedicalDirector
            | AdoptionRefused::ChangedMeanwhile
            | AdoptionRefused::NothingChanged
            | AdoptionRefused::NameDiffers
            | AdoptionRefused::StatementMissing => Self::Ruled(says),
        }
    }
}

fn first(problems: BTreeMap<String, String>) -> Refused {
    problems.into_iter().next().map_or_else(
        || unread().into(),
        |(field, says)| Problem::new(&field, format!("Not saved: {says}")).into(),
    )
}

fn unread() -> Problem {
    let says = "Not saved: the form could not be read. Go back to the rule and begin again.";
    Problem::new("", says)
}
