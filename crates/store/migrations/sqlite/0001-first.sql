-- The log. One row for each event, in the exact bytes that were hashed.
CREATE TABLE event (
    tenant BLOB NOT NULL,
    position INTEGER NOT NULL CHECK (position > 0),
    stream_kind TEXT NOT NULL,
    stream_id BLOB NOT NULL,
    stream_version INTEGER NOT NULL CHECK (stream_version > 0),
    header BLOB NOT NULL,
    body BLOB NOT NULL,
    leaf BLOB NOT NULL,
    PRIMARY KEY (tenant, position)
) STRICT;
CREATE UNIQUE INDEX event_by_stream ON event (tenant, stream_id, stream_kind, stream_version);

-- Where each log stands: the right edge of its Merkle tree.
CREATE TABLE head (
    tenant BLOB NOT NULL PRIMARY KEY,
    size INTEGER NOT NULL,
    last_leaf BLOB NOT NULL,
    frontier BLOB NOT NULL
) STRICT;

-- Commands that were executed, with what they were answered.
CREATE TABLE command (
    tenant BLOB NOT NULL,
    command_id BLOB NOT NULL,
    answer BLOB NOT NULL,
    PRIMARY KEY (tenant, command_id)
) STRICT;

CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant BLOB NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    patient BLOB,
    session BLOB,
    detail TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_tenant ON audit (tenant, id);

-- Projections: folded from the log, rebuildable from zero.
CREATE TABLE session (
    tenant BLOB NOT NULL,
    session BLOB NOT NULL,
    patient BLOB NOT NULL,
    room TEXT NOT NULL,
    stage TEXT NOT NULL,
    is_open INTEGER NOT NULL CHECK (is_open IN (0, 1)),
    planned_for INTEGER NOT NULL,
    version INTEGER NOT NULL,
    summary TEXT NOT NULL,
    PRIMARY KEY (tenant, session)
) STRICT;
CREATE INDEX session_by_state ON session (tenant, is_open, planned_for, session);
CREATE INDEX session_by_patient ON session (tenant, patient, planned_for, session);

CREATE TABLE patient (
    tenant BLOB NOT NULL,
    patient BLOB NOT NULL,
    record_number TEXT NOT NULL,
    family_name TEXT NOT NULL,
    given_name TEXT NOT NULL,
    birth_date TEXT NOT NULL,
    version INTEGER NOT NULL,
    summary TEXT NOT NULL,
    record_number_folded TEXT NOT NULL,
    family_name_folded TEXT NOT NULL,
    given_name_folded TEXT NOT NULL,
    PRIMARY KEY (tenant, patient)
) STRICT;
CREATE INDEX patient_by_family_name ON patient (tenant, family_name_folded, given_name_folded, patient);
CREATE INDEX patient_by_given_name ON patient (tenant, given_name_folded, family_name_folded, patient);
CREATE INDEX patient_by_record_number ON patient (tenant, record_number_folded, patient);

CREATE TABLE device (
    tenant BLOB NOT NULL,
    device BLOB NOT NULL,
    wire_key TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    summary TEXT NOT NULL,
    PRIMARY KEY (tenant, device)
) STRICT;

-- A resource without a time has the least number as its time.
CREATE TABLE resource (
    tenant BLOB NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    patient BLOB,
    session BLOB,
    effective INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    version INTEGER NOT NULL,
    json BLOB NOT NULL,
    PRIMARY KEY (tenant, kind, id)
) STRICT;
CREATE INDEX resource_by_time ON resource (tenant, kind, effective, id);
CREATE INDEX resource_by_patient ON resource (tenant, kind, patient, effective, id);
CREATE INDEX resource_by_session ON resource (tenant, kind, session, effective, id);

CREATE TABLE resource_code (
    tenant BLOB NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    code TEXT NOT NULL,
    patient BLOB,
    effective INTEGER NOT NULL,
    PRIMARY KEY (tenant, kind, id, code)
) STRICT, WITHOUT ROWID;
CREATE INDEX resource_code_by_patient ON resource_code (tenant, kind, patient, code, effective, id);
CREATE INDEX resource_code_by_time ON resource_code (tenant, kind, code, effective, id);

-- Raw messages from devices, compressed. What was made of them stands beside them, because it is
-- written later and often, and the message never again.
CREATE TABLE frame (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    connection INTEGER NOT NULL,
    remote TEXT NOT NULL,
    profile TEXT NOT NULL,
    length INTEGER NOT NULL,
    bytes BLOB NOT NULL
) STRICT;
CREATE INDEX frame_by_time ON frame (tenant, received_at, id);

CREATE TABLE frame_outcome (
    id INTEGER NOT NULL PRIMARY KEY,
    tenant BLOB NOT NULL,
    state INTEGER NOT NULL,
    parser_version INTEGER NOT NULL,
    device_key TEXT,
    detail TEXT NOT NULL
) STRICT;
-- 3 is quarantined, 4 unassigned: the two lists that somebody has to work through.
CREATE INDEX frame_outcome_to_look_at ON frame_outcome (tenant, state, id) WHERE state IN (3, 4);

CREATE TABLE sample_block (
    tenant BLOB NOT NULL,
    device BLOB NOT NULL,
    received_from INTEGER NOT NULL,
    received_until INTEGER NOT NULL,
    samples INTEGER NOT NULL,
    hash BLOB NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (tenant, device, received_from, hash)
) STRICT;
CREATE INDEX sample_block_by_end ON sample_block (tenant, device, received_until);

CREATE TABLE sample_minute (
    tenant BLOB NOT NULL,
    device BLOB NOT NULL,
    version TEXT NOT NULL,
    start INTEGER NOT NULL,
    signal TEXT NOT NULL,
    minute TEXT NOT NULL,
    PRIMARY KEY (tenant, device, version, start, signal)
) STRICT, WITHOUT ROWID;

-- Who may ask.
CREATE TABLE account (
    tenant BLOB NOT NULL,
    staff BLOB NOT NULL,
    username TEXT NOT NULL,
    username_folded TEXT NOT NULL,
    display_name TEXT NOT NULL,
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    patient BLOB,
    disabled INTEGER NOT NULL CHECK (disabled IN (0, 1)),
    PRIMARY KEY (tenant, staff)
) STRICT;
CREATE UNIQUE INDEX account_by_username ON account (tenant, username_folded);

CREATE TABLE login (
    tenant BLOB NOT NULL,
    digest BLOB NOT NULL,
    staff BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, digest)
) STRICT;

CREATE TABLE throttle (
    tenant BLOB NOT NULL,
    throttled TEXT NOT NULL,
    failures INTEGER NOT NULL,
    locked_until INTEGER,
    PRIMARY KEY (tenant, throttled)
) STRICT;

CREATE TABLE api_client (
    tenant BLOB NOT NULL,
    client_id TEXT NOT NULL,
    staff BLOB NOT NULL,
    name TEXT NOT NULL,
    secret_digest BLOB NOT NULL,
    scopes TEXT NOT NULL,
    PRIMARY KEY (tenant, client_id)
) STRICT;

CREATE TABLE api_token (
    tenant BLOB NOT NULL,
    digest BLOB NOT NULL,
    client_id TEXT NOT NULL,
    scopes TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, digest)
) STRICT;

CREATE TABLE setting (
    tenant BLOB NOT NULL,
    name TEXT NOT NULL,
    setting TEXT NOT NULL,
    PRIMARY KEY (tenant, name)
) STRICT;
