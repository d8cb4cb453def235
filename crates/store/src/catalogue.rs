//! Every SQL statement, once, for both engines.
//!
//! SQLite numbers `$n` by first occurrence and PostgreSQL by `n`: in every text the first
//! occurrences ascend, and a test holds us to it and prepares each text on both.

use std::sync::LazyLock;

macro_rules! statements {
    ($($(#[$documentation:meta])* $name:ident = $text:expr;)*) => {
        $($(#[$documentation])* pub(crate) const $name: &str = $text;)*
        /// Every statement that is a constant, for the test that prepares them.
        #[cfg(test)]
        pub(crate) const CONSTANTS: &[&str] = &[$($text),*];
    };
}

statements! {
    // The log.
    HEAD = "SELECT size, last_leaf, frontier FROM head WHERE tenant = $1";
    TENANTS = "SELECT tenant FROM head ORDER BY tenant";
    HIGHEST = "SELECT max(size) FROM head";
    PUT_HEAD = "INSERT INTO head (tenant, size, last_leaf, frontier) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (tenant) DO UPDATE SET size = excluded.size, last_leaf = excluded.last_leaf, \
        frontier = excluded.frontier";
    ANSWER = "SELECT answer FROM command WHERE tenant = $1 AND command_id = $2";
    ADD_COMMAND = "INSERT INTO command (tenant, command_id, answer) VALUES ($1, $2, $3)";
    STREAM_VERSION = "SELECT max(stream_version) FROM event \
        WHERE tenant = $1 AND stream_id = $2 AND stream_kind = $3";
    ADD_EVENT = "INSERT INTO event \
        (tenant, position, stream_kind, stream_id, stream_version, header, body, leaf) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    STREAM = "SELECT position, header, body, leaf FROM event \
        WHERE tenant = $1 AND stream_id = $2 AND stream_kind = $3 AND stream_version > $4 \
        ORDER BY stream_version";
    EVENTS = "SELECT position, stream_kind, stream_id, stream_version, header, body, leaf \
        FROM event WHERE tenant = $1 AND position > $2 ORDER BY position LIMIT $3";
    ADD_AUDIT = "INSERT INTO audit (tenant, at, actor, action, patient, session, detail) \
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    AUDIT = "SELECT id, at, actor, action, patient, session, detail FROM audit \
        WHERE tenant = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    AUDIT_OF = "SELECT id, at, actor, action, patient, session, detail FROM audit \
        WHERE tenant = $1 AND patient = $2 AND id < $3 ORDER BY id DESC LIMIT $4";

    // Sessions.
    PUT_SESSION = "INSERT INTO session \
        (tenant, session, patient, room, stage, is_open, planned_for, version, summary) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
        ON CONFLICT (tenant, session) DO UPDATE SET patient = excluded.patient, \
        room = excluded.room, stage = excluded.stage, is_open = excluded.is_open, \
        planned_for = excluded.planned_for, version = excluded.version, \
        summary = excluded.summary";
    SESSION = "SELECT session, patient, room, stage, is_open, planned_for, version, summary \
        FROM session WHERE tenant = $1 AND session = $2";
    OPEN_SESSIONS = "SELECT session, patient, room, stage, is_open, planned_for, version, summary \
        FROM session WHERE tenant = $1 AND is_open = 1 ORDER BY planned_for, session";
    CLOSED_SESSIONS = "SELECT session, patient, room, stage, is_open, planned_for, version, summary \
        FROM session WHERE tenant = $1 AND is_open = 0 AND planned_for <= $2 \
        AND (planned_for < $2 OR session < $3) ORDER BY planned_for DESC, session DESC LIMIT $4";
    SESSIONS_OF = "SELECT session, patient, room, stage, is_open, planned_for, version, summary \
        FROM session WHERE tenant = $1 AND patient = $2 \
        ORDER BY planned_for DESC, session DESC LIMIT $3";
    SESSIONS_BY_KEY = "SELECT session, patient, room, stage, is_open, planned_for, version, summary \
        FROM session WHERE tenant = $1 AND session > $2 ORDER BY session LIMIT $3";
    CLEAR_SESSIONS = "DELETE FROM session WHERE tenant = $1";

    // People.
    PUT_PATIENT = "INSERT INTO patient \
        (tenant, patient, record_number, family_name, given_name, birth_date, version, summary, \
        record_number_folded, family_name_folded, given_name_folded) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
        ON CONFLICT (tenant, patient) DO UPDATE SET record_number = excluded.record_number, \
        family_name = excluded.family_name, given_name = excluded.given_name, \
        birth_date = excluded.birth_date, version = excluded.version, \
        summary = excluded.summary, record_number_folded = excluded.record_number_folded, \
        family_name_folded = excluded.family_name_folded, \
        given_name_folded = excluded.given_name_folded";
    PATIENT = "SELECT patient, record_number, family_name, given_name, birth_date, version, \
        summary FROM patient WHERE tenant = $1 AND patient = $2";
    PATIENTS_BY_FAMILY_NAME = "SELECT patient, record_number, family_name, given_name, birth_date, \
        version, summary FROM patient WHERE tenant = $1 AND family_name_folded >= $2 \
        AND family_name_folded < $3 ORDER BY family_name_folded, given_name_folded, patient \
        LIMIT $4";
    PATIENTS_BY_GIVEN_NAME = "SELECT patient, record_number, family_name, given_name, birth_date, \
        version, summary FROM patient WHERE tenant = $1 AND given_name_folded >= $2 \
        AND given_name_folded < $3 ORDER BY given_name_folded, family_name_folded, patient \
        LIMIT $4";
    PATIENTS_BY_RECORD_NUMBER = "SELECT patient, record_number, family_name, given_name, \
        birth_date, version, summary FROM patient WHERE tenant = $1 \
        AND record_number_folded >= $2 AND record_number_folded < $3 \
        ORDER BY record_number_folded, patient LIMIT $4";
    PATIENTS_BY_KEY = "SELECT patient, record_number, family_name, given_name, birth_date, \
        version, summary FROM patient WHERE tenant = $1 AND patient > $2 ORDER BY patient LIMIT $3";
    PATIENT_IDS = "SELECT patient FROM patient WHERE tenant = $1 AND patient > $2 \
        ORDER BY patient LIMIT $3";
    CLEAR_PATIENTS = "DELETE FROM patient WHERE tenant = $1";

    // Devices.
    PUT_DEVICE = "INSERT INTO device (tenant, device, wire_key, name, version, summary) \
        VALUES ($1, $2, $3, $4, $5, $6) \
        ON CONFLICT (tenant, device) DO UPDATE SET wire_key = excluded.wire_key, \
        name = excluded.name, version = excluded.version, summary = excluded.summary";
    DEVICES = "SELECT device, wire_key, name, version, summary FROM device \
        WHERE tenant = $1 ORDER BY name, device";
    DEVICES_BY_KEY = "SELECT device, wire_key, name, version, summary FROM device \
        WHERE tenant = $1 AND device > $2 ORDER BY device LIMIT $3";
    CLEAR_DEVICES = "DELETE FROM device WHERE tenant = $1";

    // The way to treatment.
    PUT_COURSE = "INSERT INTO course (tenant, part, id, patient, state, due, version, summary) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
        ON CONFLICT (tenant, part, id) DO UPDATE SET patient = excluded.patient, \
        state = excluded.state, due = excluded.due, version = excluded.version, \
        summary = excluded.summary";
    REMOVE_COURSE = "DELETE FROM course WHERE tenant = $1 AND part = $2 AND id = $3";
    COURSE_ROW = "SELECT part, id, patient, state, due, version, summary FROM course \
        WHERE tenant = $1 AND part = $2 AND id = $3";
    COURSE_ROWS = "SELECT part, id, patient, state, due, version, summary FROM course \
        WHERE tenant = $1 AND part = $2 AND due >= $3 AND due <= $4 AND (due, id) > ($5, $6) \
        ORDER BY due, id LIMIT $7";
    COURSE_ROWS_IN_STATE = "SELECT part, id, patient, state, due, version, summary FROM course \
        WHERE tenant = $1 AND part = $2 AND state = $3 AND due >= $4 AND due <= $5 \
        AND (due, id) > ($6, $7) ORDER BY due, id LIMIT $8";
    COURSE_ROWS_OF = "SELECT part, id, patient, state, due, version, summary FROM course \
        WHERE tenant = $1 AND patient = $2 ORDER BY part, due, id";
    COURSE_BY_KEY = "SELECT part, id, patient, state, due, version, summary FROM course \
        WHERE tenant = $1 AND (part, id) > ($2, $3) ORDER BY part, id LIMIT $4";
    COURSE_ROWS_BY_ID = "SELECT part, id, patient, state, due, version, summary FROM course \
        WHERE tenant = $1 AND part = $2 AND id > $3 ORDER BY id LIMIT $4";
    COURSE_COUNT = "SELECT count(*) FROM course WHERE tenant = $1 AND part = $2";
    CLEAR_COURSE = "DELETE FROM course WHERE tenant = $1";

    // Documents.
    PUT_DOCUMENT = "INSERT INTO document (tenant, digest, media_type, bytes) \
        VALUES ($1, $2, $3, $4) ON CONFLICT (tenant, digest) DO NOTHING";
    DOCUMENT = "SELECT digest, media_type, bytes FROM document WHERE tenant = $1 AND digest = $2";

    DOCUMENT_DIGESTS = "SELECT digest FROM document WHERE tenant = $1 AND digest > $2 \
        ORDER BY digest LIMIT $3";

    // Resources.
    PUT_RESOURCE = "INSERT INTO resource \
        (tenant, kind, id, patient, session, effective, effective_until, updated, version, json) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
        ON CONFLICT (tenant, kind, id) DO UPDATE SET patient = excluded.patient, \
        session = excluded.session, effective = excluded.effective, \
        effective_until = excluded.effective_until, updated = excluded.updated, version = excluded.version, json = excluded.json";
    ADD_RESOURCE_CODE = "INSERT INTO resource_code (tenant, kind, id, code, patient, effective) \
        VALUES ($1, $2, $3, $4, $5, $6)";
    REMOVE_RESOURCE = "DELETE FROM resource WHERE tenant = $1 AND kind = $2 AND id = $3";
    REMOVE_RESOURCE_CODES =
        "DELETE FROM resource_code WHERE tenant = $1 AND kind = $2 AND id = $3";
    RESOURCE = "SELECT id, effective, effective_until, updated, version, json FROM resource \
        WHERE tenant = $1 AND kind = $2 AND id = $3";
    RESOURCE_PLACE = "SELECT patient, session FROM resource \
        WHERE tenant = $1 AND kind = $2 AND id = $3";
    RESOURCE_CODES =
        "SELECT code FROM resource_code WHERE tenant = $1 AND kind = $2 AND id = $3 ORDER BY code";
    RESOURCES_BY_KEY = "SELECT kind, id, patient, session, effective, effective_until, updated, \
        version, json FROM resource WHERE tenant = $1 AND (kind, id) > ($2, $3) ORDER BY kind, id LIMIT $4";
    RESOURCE_CODES_BY_KEY = "SELECT kind, id, code FROM resource_code \
        WHERE tenant = $1 AND (kind, id, code) > ($2, $3, $4) ORDER BY kind, id, code LIMIT $5";
    CLEAR_RESOURCES = "DELETE FROM resource WHERE tenant = $1";
    CLEAR_RESOURCE_CODES = "DELETE FROM resource_code WHERE tenant = $1";

    // Frames.
    ADD_FRAME = "INSERT INTO frame \
        (tenant, received_at, connection, remote, profile, length, bytes) \
        VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id";
    PUT_OUTCOME = "INSERT INTO frame_outcome \
        (id, tenant, state, parser_version, device_key, detail) \
        SELECT id, tenant, CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS TEXT), \
        CAST($4 AS TEXT) FROM frame WHERE id = $5 \
        ON CONFLICT (id) DO UPDATE SET state = excluded.state, \
        parser_version = excluded.parser_version, device_key = excluded.device_key, \
        detail = excluded.detail";
    FRAME = "SELECT f.id, f.received_at, f.connection, f.remote, f.profile, f.length, f.bytes, \
        o.state, o.parser_version, o.device_key, o.detail \
        FROM frame f LEFT JOIN frame_outcome o ON o.id = f.id WHERE f.tenant = $1 AND f.id = $2";
    FRAMES = "SELECT f.id, f.received_at, f.connection, f.remote, f.profile, f.length, f.bytes, \
        o.state, o.parser_version, o.device_key, o.detail \
        FROM frame f LEFT JOIN frame_outcome o ON o.id = f.id \
        WHERE f.tenant = $1 AND f.received_at >= $2 AND f.received_at < $3 AND f.id > $4 \
        ORDER BY f.id LIMIT $5";
    FRAMES_OF_DEVICE = "SELECT f.id, f.received_at, f.connection, f.remote, f.profile, f.length, \
        f.bytes, o.state, o.parser_version, o.device_key, o.detail \
        FROM frame f LEFT JOIN frame_outcome o ON o.id = f.id \
        WHERE f.tenant = $1 AND f.received_at >= $2 AND f.received_at < $3 AND f.id > $4 \
        AND (o.id IS NULL OR o.state = 0 OR o.device_key = $5) ORDER BY f.id LIMIT $6";
    FRAMES_IN_STATE = "SELECT f.id, f.received_at, f.remote, f.length, \
        o.state, o.parser_version, o.device_key, o.detail \
        FROM frame_outcome o JOIN frame f ON f.id = o.id \
        WHERE o.tenant = $1 AND o.state = $2 AND o.id < $3 ORDER BY o.id DESC LIMIT $4";
    QUARANTINED_FRAMES = "SELECT f.id, f.received_at, f.remote, f.length, \
        o.state, o.parser_version, o.device_key, o.detail \
        FROM frame_outcome o JOIN frame f ON f.id = o.id \
        WHERE o.tenant = $1 AND o.state = 3 AND o.id < $2 ORDER BY o.id DESC LIMIT $3";
    UNASSIGNED_FRAMES = "SELECT f.id, f.received_at, f.remote, f.length, \
        o.state, o.parser_version, o.device_key, o.detail \
        FROM frame_outcome o JOIN frame f ON f.id = o.id \
        WHERE o.tenant = $1 AND o.state = 4 AND o.id < $2 ORDER BY o.id DESC LIMIT $3";
    UNREAD_FRAMES = "SELECT f.id, f.received_at, f.remote, f.length, \
        o.state, o.parser_version, o.device_key, o.detail \
        FROM frame f LEFT JOIN frame_outcome o ON o.id = f.id \
        WHERE f.tenant = $1 AND (o.id IS NULL OR o.state = 0) AND f.id < $2 \
        ORDER BY f.id DESC LIMIT $3";
    UNASSIGNED_DEVICES = "SELECT coalesce(o.device_key, ''), count(*), min(f.received_at), \
        max(f.received_at), max(f.id) FROM frame_outcome o JOIN frame f ON f.id = o.id \
        WHERE o.tenant = $1 AND o.state = 4 GROUP BY coalesce(o.device_key, '') \
        ORDER BY max(f.received_at) DESC, coalesce(o.device_key, '')";
    PURGE_OUTCOMES = "DELETE FROM frame_outcome WHERE id IN \
        (SELECT id FROM frame WHERE tenant = $1 AND received_at < $2)";
    PURGE_FRAMES = "DELETE FROM frame WHERE tenant = $1 AND received_at < $2";
    FRAME_TIME_AFTER = "SELECT received_at FROM frame WHERE tenant = $1 AND received_at < $2 \
        ORDER BY received_at LIMIT 1 OFFSET $3";

    // Samples.
    ADD_BLOCK = "INSERT INTO sample_block \
        (tenant, device, received_from, received_until, samples, hash, bytes) \
        VALUES ($1, $2, $3, $4, $5, $6, $7) \
        ON CONFLICT (tenant, device, received_from, hash) DO NOTHING";
    BLOCKS = "SELECT device, received_from, received_until, samples, hash, bytes \
        FROM sample_block WHERE tenant = $1 AND device = $2 AND received_from < $3 \
        AND received_until >= $4 ORDER BY received_from, hash";
    BLOCKS_BY_KEY = "SELECT device, received_from, received_until, samples, hash, bytes \
        FROM sample_block WHERE tenant = $1 AND (device, received_from, hash) > ($2, $3, $4) \
        ORDER BY device, received_from, hash LIMIT $5";
    SEALED_UNTIL =
        "SELECT max(received_until) FROM sample_block WHERE tenant = $1 AND device = $2";
    PUT_MINUTE = "INSERT INTO sample_minute (tenant, device, version, start, signal, minute) \
        VALUES ($1, $2, $3, $4, $5, $6) \
        ON CONFLICT (tenant, device, version, start, signal) DO UPDATE SET \
        minute = excluded.minute";
    MINUTES = "SELECT version, minute FROM sample_minute WHERE tenant = $1 AND device = $2 \
        AND version = $3 AND start >= $4 AND start < $5 ORDER BY start, signal";
    CLEAR_MINUTES = "DELETE FROM sample_minute WHERE tenant = $1 AND version = $2";

    // Identity.
    PUT_ACCOUNT = "INSERT INTO account (tenant, staff, username, username_folded, display_name, \
        role, password_hash, patient, disabled) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
        ON CONFLICT (tenant, staff) DO UPDATE SET username = excluded.username, \
        username_folded = excluded.username_folded, display_name = excluded.display_name, \
        role = excluded.role, password_hash = excluded.password_hash, \
        patient = excluded.patient, disabled = excluded.disabled";
    ACCOUNT = "SELECT staff, username, display_name, role, password_hash, patient, disabled \
        FROM account WHERE tenant = $1 AND staff = $2";
    ACCOUNT_BY_USERNAME = "SELECT staff, username, display_name, role, password_hash, patient, \
        disabled FROM account WHERE tenant = $1 AND username_folded = $2";
    ACCOUNTS = "SELECT staff, username, display_name, role, password_hash, patient, disabled \
        FROM account WHERE tenant = $1 ORDER BY username_folded";
    ADD_LOGIN = "INSERT INTO login (tenant, digest, staff, created_at, last_seen_at, expires_at) \
        VALUES ($1, $2, $3, $4, $5, $6)";
    LOGIN = "SELECT l.digest, l.staff, l.created_at, l.last_seen_at, l.expires_at, \
        a.staff, a.username, a.display_name, a.role, a.password_hash, a.patient, a.disabled \
        FROM login l JOIN account a ON a.tenant = l.tenant AND a.staff = l.staff \
        WHERE l.tenant = $1 AND l.digest = $2";
    TOUCH_LOGIN =
        "UPDATE login SET last_seen_at = $1 WHERE tenant = $2 AND digest = $3";
    END_LOGIN = "DELETE FROM login WHERE tenant = $1 AND digest = $2";
    END_LOGINS_OF = "DELETE FROM login WHERE tenant = $1 AND staff = $2";
    EXPIRE_LOGINS = "DELETE FROM login WHERE tenant = $1 AND expires_at < $2";
    EXPIRE_TOKENS = "DELETE FROM api_token WHERE tenant = $1 AND expires_at < $2";
    THROTTLE = "SELECT failures, locked_until FROM throttle WHERE tenant = $1 AND throttled = $2";
    SET_THROTTLE = "INSERT INTO throttle (tenant, throttled, failures, locked_until) \
        VALUES ($1, $2, $3, $4) ON CONFLICT (tenant, throttled) DO UPDATE SET \
        failures = excluded.failures, locked_until = excluded.locked_until";
    CLEAR_THROTTLE = "DELETE FROM throttle WHERE tenant = $1 AND throttled = $2";
    ADD_PATIENT_LINK = "INSERT INTO patient_link \
        (tenant, digest, patient, leads_to, created_at, expires_at, used_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    PATIENT_LINK = "SELECT digest, patient, leads_to, created_at, expires_at, used_at \
        FROM patient_link WHERE tenant = $1 AND digest = $2";
    USE_PATIENT_LINK = "UPDATE patient_link SET used_at = $1 \
        WHERE tenant = $2 AND digest = $3 AND used_at IS NULL";
    END_PATIENT_LINKS_OF = "DELETE FROM patient_link WHERE tenant = $1 AND patient = $2";
    EXPIRE_PATIENT_LINKS = "DELETE FROM patient_link WHERE tenant = $1 AND expires_at < $2";
    ADD_PATIENT_LOGIN = "INSERT INTO patient_login \
        (tenant, digest, patient, way, language, created_at, last_seen_at, expires_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (tenant, digest) DO UPDATE SET \
        language = excluded.language, last_seen_at = excluded.last_seen_at";
    PATIENT_LOGIN = "SELECT digest, patient, way, language, created_at, last_seen_at, expires_at \
        FROM patient_login WHERE tenant = $1 AND digest = $2";
    END_PATIENT_LOGIN = "DELETE FROM patient_login WHERE tenant = $1 AND digest = $2";
    END_PATIENT_LOGINS_OF = "DELETE FROM patient_login WHERE tenant = $1 AND patient = $2";
    EXPIRE_PATIENT_LOGINS = "DELETE FROM patient_login WHERE tenant = $1 AND expires_at < $2";
    PUT_CLIENT = "INSERT INTO api_client (tenant, client_id, staff, name, secret_digest, scopes) \
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant, client_id) DO UPDATE SET \
        staff = excluded.staff, name = excluded.name, secret_digest = excluded.secret_digest, \
        scopes = excluded.scopes";
    CLIENT = "SELECT client_id, staff, name, secret_digest, scopes FROM api_client \
        WHERE tenant = $1 AND client_id = $2";
    ADD_TOKEN = "INSERT INTO api_token (tenant, digest, client_id, scopes, expires_at) \
        VALUES ($1, $2, $3, $4, $5)";
    TOKEN = "SELECT digest, client_id, scopes, expires_at FROM api_token \
        WHERE tenant = $1 AND digest = $2";
    SETTING = "SELECT setting FROM setting WHERE tenant = $1 AND name = $2";
    PUT_SETTING = "INSERT INTO setting (tenant, name, setting) VALUES ($1, $2, $3) \
        ON CONFLICT (tenant, name) DO UPDATE SET setting = excluded.setting";
}

/// How many resources' tokens are read at once.
pub(crate) const TOKENS_OF: usize = 64;

/// By what a search for resources is narrowed first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    All,
    Patient,
    Session,
    SessionOfPatient,
}

impl Scope {
    const ALL: [Self; 4] = [
        Self::All,
        Self::Patient,
        Self::Session,
        Self::SessionOfPatient,
    ];
}

/// The forms that a search for resources takes; each walks one index from where the page begins.
static SEARCHES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut texts = Vec::new();
    for scope in Scope::ALL {
        for coded in [false, true] {
            for form in Form::ALL {
                texts.push(search_text(scope, coded, form));
            }
        }
    }
    let ids: Vec<String> = (0..TOKENS_OF).map(|n| format!("${}", n + 3)).collect();
    texts.push(format!(
        "SELECT id, code FROM resource_code WHERE tenant = $1 AND kind = $2 AND id IN ({})",
        ids.join(", ")
    ));
    texts
});

/// The tokens of some resources. Values: tenant, kind, then [`TOKENS_OF`] ids.
pub(crate) fn tokens_of() -> &'static str {
    SEARCHES.last().map_or("", String::as_str)
}

/// What a search gives, and along which moments it walks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    NewestFirst,
    OldestFirst,
    LatestChangeFirst,
    EarliestChangeFirst,
    Count,
    CountChanges,
}

impl Form {
    const ALL: [Self; 6] = [
        Self::NewestFirst,
        Self::OldestFirst,
        Self::LatestChangeFirst,
        Self::EarliestChangeFirst,
        Self::Count,
        Self::CountChanges,
    ];

    const fn by_change(self) -> bool {
        match self {
            Self::LatestChangeFirst | Self::EarliestChangeFirst | Self::CountChanges => true,
            Self::NewestFirst | Self::OldestFirst | Self::Count => false,
        }
    }
}

/// The text of a search.
///
/// Values, in order: tenant, kind, then as the scope has them session and patient, then one code
/// if it is by code, then for its beginning, its end and its last change the first moment and the
/// moment after the last, and unless it counts the moment and id that the page begins after, and
/// the number of rows.
pub(crate) fn search(scope: Scope, coded: bool, form: Form) -> &'static str {
    let place = (scope as usize * 2 + usize::from(coded)) * Form::ALL.len() + form as usize;
    SEARCHES.get(place).map_or("", String::as_str)
}

/// Every form of the search, for the test that prepares them.
#[cfg(test)]
pub(crate) fn searches() -> &'static [String] {
    &SEARCHES
}

fn search_text(scope: Scope, coded: bool, form: Form) -> String {
    // By code alone or by person and code the index of codes leads; within a session, which is
    // small, the session leads and the code is looked up; so it is along the changes, which the
    // index of codes does not know.
    let codes_lead = coded && matches!(scope, Scope::All | Scope::Patient) && !form.by_change();
    let lead = if codes_lead { "c" } else { "r" };
    let mut text = String::from(match form {
        Form::Count | Form::CountChanges => "SELECT count(*) FROM ",
        Form::NewestFirst
        | Form::OldestFirst
        | Form::LatestChangeFirst
        | Form::EarliestChangeFirst => {
            "SELECT r.id, r.effective, r.effective_until, r.updated, r.version, r.json FROM "
        }
    });
    text.push_str(if codes_lead {
        "resource_code c JOIN resource r ON r.tenant = c.tenant AND r.kind = c.kind AND r.id = c.id"
    } else {
        "resource r"
    });
    text.push_str(&format!(" WHERE {lead}.tenant = $1 AND {lead}.kind = $2"));
    let mut place = 2;
    let mut next = || {
        place += 1;
        place
    };
    match scope {
        Scope::All => {}
        Scope::Patient => text.push_str(&format!(" AND {lead}.patient = ${}", next())),
        Scope::Session => text.push_str(&format!(" AND r.session = ${}", next())),
        Scope::SessionOfPatient => {
            text.push_str(&format!(" AND r.session = ${}", next()));
            text.push_str(&format!(" AND r.patient = ${}", next()));
        }
    }
    if codes_lead {
        text.push_str(&format!(" AND c.code = ${}", next()));
    } else if coded {
        text.push_str(&format!(
            " AND EXISTS (SELECT 1 FROM resource_code c WHERE c.tenant = r.tenant \
             AND c.kind = r.kind AND c.id = r.id AND c.code = ${})",
            next()
        ));
    }
    // Both engines take an index for the bare column only: the one that gives the order.
    let key = if form.by_change() {
        "r.updated".to_owned()
    } else {
        format!("{lead}.effective")
    };
    let beginning = if form.by_change() {
        "+r.effective"
    } else {
        key.as_str()
    };
    let change = if form.by_change() {
        key.as_str()
    } else {
        "+r.updated"
    };
    for moment in [beginning, "+r.effective_until", change] {
        text.push_str(&format!(" AND {moment} >= ${}", next()));
        text.push_str(&format!(" AND {moment} < ${}", next()));
    }
    let (comparison, direction) = match form {
        Form::Count | Form::CountChanges => return text,
        Form::NewestFirst | Form::LatestChangeFirst => ("<", " DESC"),
        Form::OldestFirst | Form::EarliestChangeFirst => (">", ""),
    };
    text.push_str(&format!(
        " AND ({key}, {lead}.id) {comparison} (${}, ${})",
        next(),
        next()
    ));
    text.push_str(&format!(
        " ORDER BY {key}{direction}, {lead}.id{direction} LIMIT ${}",
        next()
    ));
    text
}
