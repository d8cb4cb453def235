//! The one table: method, path, who may, handler. It is the permission table too.

use super::access::{
    ACT_ON_DRUGS, ANYONE, ASSOCIATE, Access, BOARD, CHART, CLINIC_SETTERS, COUNT_DRUGS, DEVICES,
    DIRECTOR, HANDLE_DRUGS, ORDER, OUTCOMES, OWNER, PEOPLE, READ_DRUG_BOOK, READ_DRUGS, READERS,
    RECEPTION, ROOM, STAFF, TALK, THERAPIST,
};
use super::guard::{Guard, guard, security_headers};
use super::{
    adverse_events, assets, board, booking, clearance, clearance_mail, clinic_outcomes, consent,
    consent_staff, door, drill, drug_safe, drugs, duty, emergency_cards, equipment, escort,
    exports, fhir, follow_up, going_home, history, history_lists, imports, integration,
    integration_groups, integration_note, integration_own, keepsakes, late_entries, leaflets,
    letters, live_stream, monitor_labels, monitors, my, new_link, next_step, notes, order_change,
    outcomes, patient_history, people, preparing, prior_authorisation, private_notes, programme,
    readers, registration, review, room, rules, scales, session_drug, session_pack, signal,
    signing, superbill, supposed, tablet, take_away, trust, visits, wishes,
};
use crate::application::Application;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::Method;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, get, post};
use std::sync::Arc;
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

/// A form is never this large.
const LARGEST_BODY: usize = 256 * 1024;

/// A file that is uploaded, with the form around it: a little more than the largest that is kept,
/// so that one byte too many is still told in words.
const LARGEST_UPLOAD: usize = clinical::course::clearance::LARGEST_PAPER + LARGEST_BODY;

/// A page or form that takes longer has failed. Streams begin to answer at once.
const LONGEST: Duration = Duration::from_secs(30);

/// A route. It cannot be written without saying who may use it.
// Hazard: H45
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path.
    pub path: &'static str,
    /// Who may.
    pub access: Access,
    /// How many bytes a request to it may have.
    largest: usize,
    handler: MethodRouter<Arc<Application>>,
}

fn read(path: &'static str, access: Access, handler: MethodRouter<Arc<Application>>) -> Route {
    Route {
        method: Method::GET,
        path,
        access,
        largest: LARGEST_BODY,
        handler,
    }
}

fn write(path: &'static str, access: Access, handler: MethodRouter<Arc<Application>>) -> Route {
    Route {
        method: Method::POST,
        path,
        access,
        largest: LARGEST_BODY,
        handler,
    }
}

/// A form with a file in it.
fn upload(path: &'static str, access: Access, handler: MethodRouter<Arc<Application>>) -> Route {
    Route {
        largest: LARGEST_UPLOAD,
        ..write(path, access, handler.layer(DefaultBodyLimit::disable()))
    }
}

/// A form with a keepsake in it.
fn kept_upload(
    path: &'static str,
    access: Access,
    handler: MethodRouter<Arc<Application>>,
) -> Route {
    Route {
        largest: crate::keepsakes::LARGEST_KEEPSAKE + LARGEST_BODY,
        ..upload(path, access, handler)
    }
}

/// Every route of the server.
pub fn table() -> Vec<Route> {
    use Access::{Own, People, Programs, Public};
    vec![
        read(
            "/",
            Public("leads to the board or to signing in"),
            get(signing::front_door),
        ),
        read(
            "/healthz",
            Public("says only that the server answers"),
            get(signing::health),
        ),
        read(
            "/trust",
            Public("a tablet that does not trust this server yet has no other way"),
            get(trust::page),
        ),
        read(
            "/trust/root.crt",
            Public("a root is no secret"),
            get(trust::root),
        ),
        read(
            "/assets/{*file}",
            Public("styles and scripts hold no data"),
            get(assets::asset),
        ),
        read(
            "/service-worker.js",
            Public("a script holds no data"),
            get(tablet::worker),
        ),
        read(
            "/offline",
            Public("what a tablet shows without contact; it holds no data"),
            get(tablet::page),
        ),
        read("/tablet/key", People(ROOM), get(tablet::key)),
        read("/late-entries", People(CHART), get(late_entries::list)),
        read("/sign-in", Public("where one signs in"), get(signing::page)),
        write(
            "/sign-in",
            Public("where one signs in"),
            post(signing::sign_in),
        ),
        read(
            "/learn",
            Public("what everybody may read before treatment"),
            get(leaflets::list),
        ),
        read(
            "/learn/{leaflet}",
            Public("what everybody may read before treatment"),
            get(leaflets::page),
        ),
        read(
            "/p",
            Public("says how a patient comes in"),
            get(new_link::page),
        ),
        write(
            "/p",
            Public("sends a link only to where the record says"),
            post(new_link::ask),
        ),
        read(
            "/p/asked",
            Public("says the same to everybody who asked for a link"),
            get(new_link::asked),
        ),
        read(
            "/p/{secret}",
            Public("asks for the date of birth of a link's owner"),
            get(door::page),
        ),
        write(
            "/p/{secret}",
            Public("a link and a date of birth prove who it is"),
            post(door::enter),
        ),
        read(
            "/escort/{visit}/{token}",
            Public("asks whom its holder takes home, and opens one visit's evening"),
            get(escort::link_page),
        ),
        write(
            "/escort/{visit}/{token}",
            Public("a link and the person's name prove who was asked"),
            post(escort::answer),
        ),
        read("/my", Own, get(my::page)),
        write("/my/leave", Own, post(door::leave)),
        write("/my/language", Own, post(door::speak)),
        read("/my/account", Own, get(door::account)),
        write("/my/account", Own, post(door::make_account)),
        read("/my/history", Own, get(history::overview)),
        read("/my/history/check", Own, get(history::check)),
        write("/my/history/check", Own, post(history::submit)),
        read("/my/history/help", Own, get(history::help)),
        write("/my/history/question/{question}", Own, post(history::reply)),
        read("/my/history/{page}", Own, get(history::page)),
        write("/my/history/{page}", Own, post(history::answer)),
        read("/my/keepsakes", Own, get(keepsakes::own_page)),
        kept_upload("/my/keepsakes", Own, post(keepsakes::keep)),
        read(
            "/my/keepsakes/{keepsake}",
            Own,
            get(keepsakes::own_contents),
        ),
        write("/my/keepsakes/{keepsake}", Own, post(keepsakes::own_act)),
        read(
            "/patients/{id}/keepsakes",
            People(CHART),
            get(keepsakes::page),
        ),
        read(
            "/patients/{id}/keepsakes/{keepsake}",
            People(CHART),
            get(keepsakes::contents),
        ),
        read(
            "/private-notes",
            People(THERAPIST),
            get(private_notes::page),
        ),
        write(
            "/private-notes",
            People(THERAPIST),
            post(private_notes::act),
        ),
        read("/my/going-home", Own, get(going_home::own)),
        read("/my/going-home.pdf", Own, get(going_home::own_pdf)),
        read("/my/follow-up", Own, get(follow_up::own_form)),
        write("/my/follow-up", Own, post(follow_up::own_report)),
        read("/my/follow-up/effects", Own, get(follow_up::own_effects)),
        write("/my/follow-up/effects", Own, post(follow_up::own_describe)),
        read("/my/follow-up/now", Own, get(follow_up::own_now)),
        read("/my/follow-up/thanks", Own, get(follow_up::own_thanks)),
        read("/my/integration", Own, get(integration_own::page)),
        write("/my/integration", Own, post(integration_own::act)),
        read(
            "/integration",
            People(RECEPTION),
            get(integration_groups::list),
        ),
        write(
            "/integration/groups",
            People(TALK),
            post(integration_groups::agree),
        ),
        read(
            "/integration/groups/{group}",
            People(TALK),
            get(integration_groups::group),
        ),
        write(
            "/integration/groups/{group}",
            People(TALK),
            post(integration_groups::write_group),
        ),
        read(
            "/patients/{id}/integration",
            People(CHART),
            get(integration::page),
        ),
        write(
            "/patients/{id}/integration",
            People(TALK),
            post(integration::act),
        ),
        read(
            "/patients/{id}/integration/write",
            People(TALK),
            get(integration_note::page),
        ),
        write(
            "/patients/{id}/integration/write",
            People(TALK),
            post(integration_note::write),
        ),
        read(
            "/patients/{id}/integration/brief",
            People(TALK),
            get(integration::brief),
        ),
        read("/my/scales", Own, get(scales::list)),
        read("/my/scales/{scale}", Own, get(scales::question)),
        write("/my/scales/{scale}", Own, post(scales::answer)),
        read("/my/journey", Own, get(outcomes::own_journey)),
        read("/my/letters", Own, get(letters::own)),
        write("/my/letters", Own, post(letters::own_act)),
        read(
            "/my/letters/{letter}/letter.pdf",
            Own,
            get(letters::own_paper),
        ),
        read("/patients/{id}/letters", People(ROOM), get(letters::page)),
        write("/patients/{id}/letters", People(ROOM), post(letters::act)),
        read(
            "/patients/{id}/letters/{agreement}",
            People(TALK),
            get(letters::letter_page),
        ),
        write(
            "/patients/{id}/letters/{agreement}",
            People(TALK),
            post(letters::sign),
        ),
        read(
            "/patients/{id}/letters/{letter}/letter.pdf",
            People(ROOM),
            get(letters::paper),
        ),
        read("/my/readers", Own, get(readers::own)),
        read("/my/record", Own, get(take_away::own_page)),
        read("/my/record.zip", Own, get(take_away::own_file)),
        read("/my/book", Own, get(take_away::own_book)),
        read("/patients/{id}/record", People(ROOM), get(take_away::page)),
        write(
            "/patients/{id}/record",
            People(ROOM),
            post(take_away::hand_out),
        ),
        read(
            "/patients/{id}/prior-authorisation",
            People(ASSOCIATE),
            get(prior_authorisation::page),
        ),
        read(
            "/patients/{id}/prior-authorisation.pdf",
            People(ASSOCIATE),
            get(prior_authorisation::paper),
        ),
        read(
            "/patients/{id}/book.pdf",
            People(ROOM),
            get(take_away::book),
        ),
        read(
            "/patients/{id}/readers",
            People(READERS),
            get(readers::page),
        ),
        read("/patients/{id}/outcomes", People(ROOM), get(outcomes::page)),
        write("/patients/{id}/outcomes", People(ROOM), post(outcomes::act)),
        read(
            "/patients/{id}/next-step",
            People(ROOM),
            get(next_step::page),
        ),
        write(
            "/patients/{id}/next-step",
            People(ORDER),
            post(next_step::act),
        ),
        read("/outcomes", People(OUTCOMES), get(clinic_outcomes::page)),
        read("/exports", People(CLINIC_SETTERS), get(exports::page)),
        write(
            "/exports/research",
            People(CLINIC_SETTERS),
            post(exports::research),
        ),
        write(
            "/exports/everything",
            People(OWNER),
            post(exports::everything),
        ),
        read(
            "/exports/{id}/file",
            People(CLINIC_SETTERS),
            get(exports::fetch),
        ),
        read("/imports", People(CLINIC_SETTERS), get(imports::page)),
        read("/programme", People(CHART), get(programme::list)),
        read(
            "/programme/setting",
            People(CLINIC_SETTERS),
            get(programme::setting),
        ),
        write(
            "/programme/setting",
            People(CLINIC_SETTERS),
            post(programme::set),
        ),
        read(
            "/patients/{id}/programme",
            People(CHART),
            get(programme::person),
        ),
        write(
            "/patients/{id}/programme",
            People(ROOM),
            post(programme::enrol),
        ),
        read(
            "/sessions/{id}/programme",
            People(CHART),
            get(programme::form),
        ),
        write(
            "/sessions/{id}/programme",
            People(ROOM),
            post(programme::act),
        ),
        read(
            "/sessions/{id}/programme/print",
            People(CHART),
            get(programme::print),
        ),
        read("/adverse-events", People(CHART), get(adverse_events::list)),
        read(
            "/sessions/{id}/adverse-events",
            People(CHART),
            get(adverse_events::new),
        ),
        write(
            "/sessions/{id}/adverse-events",
            People(ROOM),
            post(adverse_events::enter),
        ),
        read(
            "/sessions/{id}/adverse-events/{event}",
            People(CHART),
            get(adverse_events::page),
        ),
        write(
            "/sessions/{id}/adverse-events/{event}",
            People(ROOM),
            post(adverse_events::act),
        ),
        read(
            "/sessions/{id}/adverse-events/{event}/medwatch.json",
            People(CHART),
            get(adverse_events::medwatch_json),
        ),
        read(
            "/sessions/{id}/adverse-events/{event}/medwatch.csv",
            People(CHART),
            get(adverse_events::medwatch_csv),
        ),
        read("/follow-up", People(CHART), get(follow_up::list)),
        read("/surveillance", People(CHART), get(follow_up::surveillance)),
        read("/follow-up/duty", People(CLINIC_SETTERS), get(duty::page)),
        write("/follow-up/duty", People(CLINIC_SETTERS), post(duty::set)),
        read(
            "/patients/{id}/follow-up",
            People(CHART),
            get(follow_up::person),
        ),
        write(
            "/patients/{id}/follow-up",
            People(ROOM),
            post(follow_up::act),
        ),
        read("/my/wishes", Own, get(wishes::own_list)),
        read("/my/wishes/{wish}", Own, get(wishes::own_one)),
        write("/my/wishes/{wish}", Own, post(wishes::own_say)),
        read("/patients/{id}/wishes", People(CHART), get(wishes::page)),
        write("/patients/{id}/wishes", People(ROOM), post(wishes::enter)),
        read("/my/preparation", Own, get(preparing::overview)),
        read(
            "/my/preparation/medicine/{place}",
            Own,
            get(preparing::medicine),
        ),
        write(
            "/my/preparation/medicine/{place}",
            Own,
            post(preparing::answer_medicine),
        ),
        read("/my/preparation/{question}", Own, get(preparing::question)),
        write("/my/preparation/{question}", Own, post(preparing::answer)),
        read(
            "/patients/{id}/link",
            People(RECEPTION),
            get(door::let_in_page),
        ),
        write(
            "/patients/{id}/link",
            People(RECEPTION),
            post(door::make_link),
        ),
        write(
            "/patients/{id}/tablet",
            People(RECEPTION),
            post(door::hand_over),
        ),
        read("/drugs", People(READ_DRUGS), get(drugs::stock)),
        read(
            "/drugs/receive",
            People(HANDLE_DRUGS),
            get(drugs::receiving),
        ),
        write("/drugs/receive", People(HANDLE_DRUGS), post(drugs::receive)),
        write("/drugs/recall", People(HANDLE_DRUGS), post(drugs::recall)),
        read("/drugs/count", People(COUNT_DRUGS), get(drugs::counting)),
        write("/drugs/count", People(COUNT_DRUGS), post(drugs::count)),
        read("/drugs/book", People(READ_DRUG_BOOK), get(drugs::book)),
        read(
            "/drugs/book.csv",
            People(READ_DRUG_BOOK),
            get(drugs::book_csv),
        ),
        read(
            "/drugs/packet.pdf",
            People(READ_DRUG_BOOK),
            get(drug_safe::packet),
        ),
        read("/drugs/cases", People(READ_DRUGS), get(drug_safe::cases)),
        read(
            "/drugs/cases/{id}",
            People(READ_DRUGS),
            get(drug_safe::case),
        ),
        write(
            "/drugs/cases/{id}",
            People(ACT_ON_DRUGS),
            post(drug_safe::act_on_case),
        ),
        write(
            "/drugs/match",
            People(ACT_ON_DRUGS),
            post(drug_safe::match_now),
        ),
        read(
            "/drugs/inventory",
            People(READ_DRUGS),
            get(drug_safe::inventory),
        ),
        write(
            "/drugs/inventory",
            People(ACT_ON_DRUGS),
            post(drug_safe::act_on_safe),
        ),
        read(
            "/drugs/inventory/{id}",
            People(READ_DRUGS),
            get(drug_safe::taken),
        ),
        read(
            "/drugs/{id}/paper",
            People(READ_DRUGS),
            get(drug_safe::paper),
        ),
        read("/drugs/{id}/loss", People(READ_DRUGS), get(drug_safe::loss)),
        read("/drugs/{id}", People(READ_DRUGS), get(drugs::one)),
        write("/drugs/{id}", People(ACT_ON_DRUGS), post(drugs::act)),
        read(
            "/sessions/{id}/drug",
            People(CHART),
            get(session_drug::page),
        ),
        write(
            "/sessions/{id}/drug",
            People(HANDLE_DRUGS),
            post(session_drug::act),
        ),
        read(
            "/sessions/{id}/drug/check",
            People(HANDLE_DRUGS),
            get(session_drug::checking),
        ),
        write(
            "/sessions/{id}/drug/check",
            People(HANDLE_DRUGS),
            post(session_drug::checked),
        ),
        read("/ready", People(RECEPTION), get(visits::ready)),
        write(
            "/ready/{id}/remind",
            People(RECEPTION),
            post(visits::remind),
        ),
        read(
            "/visits/{id}/check-in",
            People(ROOM),
            get(visits::check_in_page),
        ),
        write(
            "/visits/{id}/check-in",
            People(ROOM),
            post(visits::check_in),
        ),
        write("/visits/{id}/medicines", People(ROOM), post(visits::settle)),
        write("/sign-out", People(ANYONE), post(signing::sign_out)),
        write(
            "/theme",
            Public("day or dim is kept on the device"),
            post(signing::theme),
        ),
        read("/board", People(BOARD), get(board::page)),
        read("/board/live", People(BOARD), get(live_stream::board)),
        read("/board/wall", People(BOARD), get(board::wall)),
        read("/board/wall/live", People(BOARD), get(live_stream::wall)),
        read("/drill", People(ROOM), get(drill::page)),
        write("/drill", People(ROOM), post(drill::act)),
        read("/sessions/{id}", People(CHART), get(room::page)),
        read(
            "/sessions/{id}/fragments",
            People(CHART),
            get(room::fragments),
        ),
        read(
            "/sessions/{id}/live",
            People(CHART),
            get(live_stream::session),
        ),
        read(
            "/sessions/{id}/record.pdf",
            People(CHART),
            get(room::record),
        ),
        write("/sessions/{id}/acts", People(ROOM), post(room::act)),
        read("/sessions/{id}/notes", People(CHART), get(notes::page)),
        read(
            "/sessions/{id}/superbill",
            People(CHART),
            get(superbill::page),
        ),
        read(
            "/sessions/{id}/superbill.pdf",
            People(CHART),
            get(superbill::paper),
        ),
        read(
            "/sessions/{id}/supposed",
            People(CHART),
            get(supposed::page),
        ),
        write("/sessions/{id}/notes", People(ROOM), post(notes::act)),
        read("/sessions/{id}/ahead", People(ROOM), get(tablet::ahead)),
        read(
            "/sessions/{id}/cards-ahead",
            People(ROOM),
            get(tablet::cards_ahead),
        ),
        read(
            "/sessions/{id}/later",
            People(CHART),
            get(late_entries::page),
        ),
        write(
            "/sessions/{id}/later",
            People(ROOM),
            post(late_entries::review),
        ),
        read(
            "/sessions/{id}/from-paper",
            People(ROOM),
            get(late_entries::paper),
        ),
        read(
            "/sessions/{id}/going-home",
            People(CHART),
            get(going_home::paper),
        ),
        read(
            "/sessions/{id}/going-home.pdf",
            People(CHART),
            get(going_home::paper_pdf),
        ),
        read(
            "/sessions/{id}/pack",
            People(CHART),
            get(session_pack::page),
        ),
        read(
            "/sessions/{id}/order",
            People(ORDER),
            get(order_change::page),
        ),
        write(
            "/sessions/{id}/order",
            People(ORDER),
            post(order_change::change),
        ),
        read("/patients", People(PEOPLE), get(people::list)),
        read("/patients/new", People(RECEPTION), get(registration::new)),
        write(
            "/patients/new",
            People(RECEPTION),
            post(registration::register),
        ),
        read(
            "/patients/{id}/details",
            People(PEOPLE),
            get(registration::details),
        ),
        write(
            "/patients/{id}/details",
            People(RECEPTION),
            post(registration::correct),
        ),
        write(
            "/patients/{id}/merge",
            People(RECEPTION),
            post(registration::merge),
        ),
        read("/patients/{id}", People(CHART), get(people::chart)),
        read("/review", People(CHART), get(review::list)),
        read(
            "/patients/{id}/history",
            People(CHART),
            get(patient_history::page),
        ),
        write(
            "/patients/{id}/history",
            People(ASSOCIATE),
            post(patient_history::enter),
        ),
        read(
            "/patients/{id}/history/{list}",
            People(CHART),
            get(history_lists::page),
        ),
        write(
            "/patients/{id}/history/{list}",
            People(ASSOCIATE),
            post(history_lists::save),
        ),
        read("/patients/{id}/review", People(CHART), get(review::page)),
        write(
            "/patients/{id}/review",
            People(ASSOCIATE),
            post(review::act),
        ),
        read(
            "/patients/{id}/clearances",
            People(CHART),
            get(clearance::page),
        ),
        write(
            "/patients/{id}/clearances",
            People(ASSOCIATE),
            post(clearance::act),
        ),
        write(
            "/patients/{id}/clearances/{clearance}/mail",
            People(ASSOCIATE),
            post(clearance_mail::send),
        ),
        upload(
            "/patients/{id}/clearances/{clearance}/paper",
            People(ASSOCIATE),
            post(clearance::take_in),
        ),
        read(
            "/patients/{id}/clearances/{clearance}/papers/{number}",
            People(CHART),
            get(clearance::paper),
        ),
        read(
            "/patients/{id}/clearances/{clearance}/letter.pdf",
            People(CHART),
            get(clearance::letter),
        ),
        read(
            "/patients/{id}/consent",
            People(CHART),
            get(consent_staff::page),
        ),
        write(
            "/patients/{id}/consent",
            People(ROOM),
            post(consent_staff::act),
        ),
        read(
            "/patients/{id}/consent/{product}/copy.pdf",
            People(CHART),
            get(consent_staff::copy_pdf),
        ),
        read(
            "/patients/{id}/consent/texts/{digest}",
            People(CHART),
            get(consent_staff::text),
        ),
        write(
            "/visits/{id}/consent",
            People(ROOM),
            post(consent_staff::at_the_door),
        ),
        read("/calendar", People(BOARD), get(booking::day)),
        read("/calendar/week", People(BOARD), get(booking::week)),
        read("/calendar/slot", People(RECEPTION), get(booking::slot)),
        read("/calendar/feed", People(BOARD), get(booking::feed_page)),
        write(
            "/calendar/feed",
            People(RECEPTION),
            post(booking::make_feed),
        ),
        read(
            "/calendar/feed/{file}",
            Public("its secret says whose calendar it is"),
            get(booking::feed),
        ),
        read(
            "/patients/{id}/course",
            People(RECEPTION),
            get(booking::course),
        ),
        write(
            "/patients/{id}/course",
            People(RECEPTION),
            post(booking::book),
        ),
        write(
            "/patients/{id}/waiting",
            People(RECEPTION),
            post(booking::wait),
        ),
        write(
            "/waiting/{entry}/offer",
            People(RECEPTION),
            post(booking::offer),
        ),
        write(
            "/waiting/{entry}/end",
            People(RECEPTION),
            post(booking::end_waiting),
        ),
        read("/visits/{id}", People(BOARD), get(booking::visit_page)),
        read("/visits/{id}/escort", People(RECEPTION), get(escort::page)),
        write("/visits/{id}/escort", People(RECEPTION), post(escort::act)),
        write(
            "/visits/{id}/move",
            People(RECEPTION),
            post(booking::move_to),
        ),
        write(
            "/visits/{id}/cancel",
            People(RECEPTION),
            post(booking::cancel),
        ),
        write(
            "/visits/{id}/missed",
            People(RECEPTION),
            post(booking::miss),
        ),
        read(
            "/visits/{id}/order",
            People(ORDER),
            get(booking::order_page),
        ),
        write(
            "/visits/{id}/order",
            People(ORDER),
            post(booking::save_order),
        ),
        read("/my/consent", Own, get(consent::list)),
        read("/my/consent/{product}", Own, get(consent::text)),
        write("/my/consent/{product}", Own, post(consent::act)),
        read("/my/consent/{product}/copy", Own, get(consent::copy)),
        read(
            "/my/consent/{product}/copy.pdf",
            Own,
            get(consent::copy_pdf),
        ),
        read("/my/visits", Own, get(booking::own_visits)),
        write("/my/visits", Own, post(booking::own_answer)),
        read("/my/visits.ics", Own, get(booking::own_file)),
        read("/clinic", People(CLINIC_SETTERS), get(booking::settings)),
        write("/clinic", People(CLINIC_SETTERS), post(booking::set_clinic)),
        read("/devices", People(DEVICES), get(monitors::devices)),
        read(
            "/devices/labels",
            People(DEVICES),
            get(monitor_labels::labels),
        ),
        read(
            "/devices/scan",
            People(ASSOCIATE),
            get(monitor_labels::page),
        ),
        write(
            "/devices/scan",
            People(ASSOCIATE),
            post(monitor_labels::scan),
        ),
        read(
            "/sessions/{id}/label",
            People(ROOM),
            get(monitor_labels::visit_label),
        ),
        write(
            "/devices/register",
            People(ASSOCIATE),
            post(monitors::register),
        ),
        write(
            "/devices/{id}/associate",
            People(ASSOCIATE),
            post(monitors::associate),
        ),
        write(
            "/devices/{id}/disassociate",
            People(ASSOCIATE),
            post(monitors::disassociate),
        ),
        read("/unassigned", People(DEVICES), get(monitors::unassigned)),
        write(
            "/unassigned/{key}/claim",
            People(ASSOCIATE),
            post(monitors::claim),
        ),
        read("/quarantine", People(DEVICES), get(monitors::quarantine)),
        read("/frames/{id}", People(DEVICES), get(monitors::frame)),
        write(
            "/frames/{id}/reprocess",
            People(ASSOCIATE),
            post(monitors::reprocess),
        ),
        read("/rules", People(STAFF), get(rules::page)),
        read("/rules/{policy}", People(STAFF), get(rules::policy)),
        read(
            "/rules/{policy}/change",
            People(DIRECTOR),
            get(rules::change),
        ),
        write(
            "/rules/{policy}/adopt",
            People(DIRECTOR),
            post(rules::adopt),
        ),
        read(
            "/signal",
            Public("the patient's signal; its own secret opens it for one session alone"),
            get(signal::pad),
        ),
        write(
            "/signal",
            Public("the patient's signal; its own secret says whose it is"),
            post(signal::give),
        ),
        write(
            "/signal/beat",
            Public("the patient's signal; its own secret says whose it is"),
            post(signal::beat),
        ),
        read(
            "/signal/live",
            Public("the patient's signal; its own secret says whose it is"),
            get(signal::live),
        ),
        write(
            "/signal/pair",
            Public("a code on a staff member's screen lets a device in"),
            post(signal::pair),
        ),
        read("/sessions/{id}/signal", People(ROOM), get(signal::code)),
        read("/equipment", People(HANDLE_DRUGS), get(equipment::page)),
        write("/equipment", People(HANDLE_DRUGS), post(equipment::save)),
        read("/cards", People(STAFF), get(emergency_cards::list)),
        read("/cards/{card}", People(STAFF), get(emergency_cards::card)),
        write(
            "/cards/{card}/approve",
            People(DIRECTOR),
            post(emergency_cards::approve),
        ),
        read("/scales", People(STAFF), get(rules::scales)),
        write(
            "/oauth/token",
            Public("a program proves who it is"),
            post(fhir::token),
        ),
        read(
            "/fhir/metadata",
            Public("says what can be asked"),
            get(fhir::metadata),
        ),
        read(
            "/fhir/.well-known/smart-configuration",
            Public("says where tokens are given"),
            get(fhir::smart_configuration),
        ),
        read("/fhir/{kind}", Programs, get(fhir::search)),
        write("/fhir/{kind}/_search", Programs, post(fhir::search_by_form)),
        read("/fhir/{kind}/{id}", Programs, get(fhir::read)),
    ]
}

/// The router, made from the table and nothing else.
pub fn router(application: Arc<Application>) -> Router {
    let mut router = Router::new();
    for route in table() {
        let guarded = Guard {
            application: Arc::clone(&application),
            access: route.access,
        };
        let handler: MethodRouter<Arc<Application>> =
            route.handler.layer(from_fn_with_state(guarded, guard));
        let limited = handler.layer(RequestBodyLimitLayer::new(route.largest));
        router = router.route(route.path, limited);
    }
    // Streams are not compressed: each event must leave at once.
    let compress = SizeAbove::new(512)
        .and(NotForContentType::SSE)
        .and(NotForContentType::new("application/pdf"));
    router
        .fallback(super::pages_out::not_found)
        .layer(from_fn_with_state(
            Arc::clone(&application),
            super::pages_out::told_as_page,
        ))
        .layer(CompressionLayer::new().gzip(true).compress_when(compress))
        .layer(TimeoutLayer::with_status_code(
            axum::http::StatusCode::SERVICE_UNAVAILABLE,
            LONGEST,
        ))
        .layer(from_fn(security_headers))
        .layer(CatchPanicLayer::new())
        .layer(from_fn(fhir::told_as_outcome))
        .with_state(application)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clinical::record::Role;

    #[test]
    fn every_writing_route_but_signing_in_and_the_theme_needs_a_person_or_a_program() {
        for route in table().iter().filter(|route| route.method == Method::POST) {
            let public = matches!(route.access, Access::Public(_));
            let expected = matches!(
                route.path,
                "/sign-in"
                    | "/p"
                    | "/p/{secret}"
                    | "/escort/{visit}/{token}"
                    | "/theme"
                    | "/oauth/token"
                    | "/signal"
                    | "/signal/beat"
                    | "/signal/pair"
            );
            assert_eq!(public, expected, "{}", route.path);
        }
    }

    #[test]
    fn patients_and_programs_and_the_front_desk_never_write_into_a_session() {
        // Hazard: H02
        for route in table()
            .iter()
            .filter(|route| route.path.starts_with("/sessions"))
        {
            let Access::People(roles) = route.access else {
                panic!("{} is open", route.path)
            };
            for role in [
                Role::Patient,
                Role::FrontDesk,
                Role::Owner,
                Role::IntegrationClient,
            ] {
                assert!(!roles.include(role), "{role:?} at {}", route.path);
            }
        }
    }

    #[test]
    fn an_auditor_reads_and_never_writes() {
        for route in table().iter().filter(|route| route.method == Method::POST) {
            let Access::People(roles) = route.access else {
                continue;
            };
            let signing_out = route.path == "/sign-out";
            assert_eq!(roles.include(Role::Auditor), signing_out, "{}", route.path);
        }
    }
}
