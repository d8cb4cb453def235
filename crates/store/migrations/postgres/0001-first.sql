-- The log. One row for each event, in the exact bytes that were hashed.
CREATE TABLE event (
    tenant UUID NOT NULL,
    position BIGINT NOT NULL CHECK (position > 0),
    stream_kind TEXT COLLATE "C" NOT NULL,
    stream_id UUID NOT NULL,
    stream_version BIGINT NOT NULL CHECK (stream_version > 0),
    header BYTEA NOT NULL,
    body BYTEA NOT NULL,
    leaf BYTEA NOT NULL,
    PRIMARY KEY (tenant, position)
);
CREATE UNIQUE INDEX event_by_stream ON event (tenant, stream_id, stream_kind, stream_version);

-- Where each log stands: the right edge of its Merkle tree.
CREATE TABLE head (
    tenant UUID NOT NULL PRIMARY KEY,
    size BIGINT NOT NULL,
    last_leaf BYTEA NOT NULL,
    frontier BYTEA NOT NULL
);

-- Commands that were executed, with what they were answered.
CREATE TABLE command (
    tenant UUID NOT NULL,
    command_id UUID NOT NULL,
    answer BYTEA NOT NULL,
    PRIMARY KEY (tenant, command_id)
);

CREATE TABLE audit (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant UUID NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    action TEXT COLLATE "C" NOT NULL,
    patient UUID,
    session UUID,
    detail TEXT COLLATE "C" NOT NULL
);
CREATE INDEX audit_by_tenant ON audit (tenant, id);

-- Projections: folded from the log, rebuildable from zero.
CREATE TABLE session (
    tenant UUID NOT NULL,
    session UUID NOT NULL,
    patient UUID NOT NULL,
    room TEXT COLLATE "C" NOT NULL,
    stage TEXT COLLATE "C" NOT NULL,
    is_open BIGINT NOT NULL CHECK (is_open IN (0, 1)),
    planned_for BIGINT NOT NULL,
    version BIGINT NOT NULL,
    summary TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, session)
);
CREATE INDEX session_by_state ON session (tenant, is_open, planned_for, session);
CREATE INDEX session_by_patient ON session (tenant, patient, planned_for, session);

CREATE TABLE patient (
    tenant UUID NOT NULL,
    patient UUID NOT NULL,
    record_number TEXT COLLATE "C" NOT NULL,
    family_name TEXT COLLATE "C" NOT NULL,
    given_name TEXT COLLATE "C" NOT NULL,
    birth_date TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    summary TEXT COLLATE "C" NOT NULL,
    record_number_folded TEXT COLLATE "C" NOT NULL,
    family_name_folded TEXT COLLATE "C" NOT NULL,
    given_name_folded TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, patient)
);
CREATE INDEX patient_by_family_name ON patient (tenant, family_name_folded, given_name_folded, patient);
CREATE INDEX patient_by_given_name ON patient (tenant, given_name_folded, family_name_folded, patient);
CREATE INDEX patient_by_record_number ON patient (tenant, record_number_folded, patient);

CREATE TABLE device (
    tenant UUID NOT NULL,
    device UUID NOT NULL,
    wire_key TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    summary TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, device)
);

-- A resource without a time has the least number as its time.
CREATE TABLE resource (
    tenant UUID NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    patient UUID,
    session UUID,
    effective BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    version BIGINT NOT NULL,
    json BYTEA NOT NULL,
    PRIMARY KEY (tenant, kind, id)
);
CREATE INDEX resource_by_time ON resource (tenant, kind, effective, id);
CREATE INDEX resource_by_patient ON resource (tenant, kind, patient, effective, id);
CREATE INDEX resource_by_session ON resource (tenant, kind, session, effective, id);

CREATE TABLE resource_code (
    tenant UUID NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    patient UUID,
    effective BIGINT NOT NULL,
    PRIMARY KEY (tenant, kind, id, code)
);
CREATE INDEX resource_code_by_patient ON resource_code (tenant, kind, patient, code, effective, id);
CREATE INDEX resource_code_by_time ON resource_code (tenant, kind, code, effective, id);

-- Raw messages from devices, compressed. What was made of them stands beside them, because it is
-- written later and often, and the message never again.
CREATE TABLE frame (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant UUID NOT NULL,
    received_at BIGINT NOT NULL,
    connection BIGINT NOT NULL,
    remote TEXT COLLATE "C" NOT NULL,
    profile TEXT COLLATE "C" NOT NULL,
    length BIGINT NOT NULL,
    bytes BYTEA NOT NULL
);
CREATE INDEX frame_by_time ON frame (tenant, received_at, id);

CREATE TABLE frame_outcome (
    id BIGINT NOT NULL PRIMARY KEY,
    tenant UUID NOT NULL,
    state BIGINT NOT NULL,
    parser_version BIGINT NOT NULL,
    device_key TEXT COLLATE "C",
    detail TEXT COLLATE "C" NOT NULL
);
-- 3 is quarantined, 4 unassigned: the two lists that somebody has to work through.
CREATE INDEX frame_outcome_to_look_at ON frame_outcome (tenant, state, id) WHERE state IN (3, 4);

CREATE TABLE sample_block (
    tenant UUID NOT NULL,
    device UUID NOT NULL,
    received_from BIGINT NOT NULL,
    received_until BIGINT NOT NULL,
    samples BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (tenant, device, received_from, hash)
);
CREATE INDEX sample_block_by_end ON sample_block (tenant, device, received_until);

CREATE TABLE sample_minute (
    tenant UUID NOT NULL,
    device UUID NOT NULL,
    version TEXT COLLATE "C" NOT NULL,
    start BIGINT NOT NULL,
    signal TEXT COLLATE "C" NOT NULL,
    minute TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, device, version, start, signal)
);

-- Who may ask.
CREATE TABLE account (
    tenant UUID NOT NULL,
    staff UUID NOT NULL,
    username TEXT COLLATE "C" NOT NULL,
    username_folded TEXT COLLATE "C" NOT NULL,
    display_name TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL,
    password_hash TEXT COLLATE "C" NOT NULL,
    patient UUID,
    disabled BIGINT NOT NULL CHECK (disabled IN (0, 1)),
    PRIMARY KEY (tenant, staff)
);
CREATE UNIQUE INDEX account_by_username ON account (tenant, username_folded);

CREATE TABLE login (
    tenant UUID NOT NULL,
    digest BYTEA NOT NULL,
    staff UUID NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, digest)
);

CREATE TABLE throttle (
    tenant UUID NOT NULL,
    throttled TEXT COLLATE "C" NOT NULL,
    failures BIGINT NOT NULL,
    locked_until BIGINT,
    PRIMARY KEY (tenant, throttled)
);

CREATE TABLE api_client (
    tenant UUID NOT NULL,
    client_id TEXT COLLATE "C" NOT NULL,
    staff UUID NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    secret_digest BYTEA NOT NULL,
    scopes TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, client_id)
);

CREATE TABLE api_token (
    tenant UUID NOT NULL,
    digest BYTEA NOT NULL,
    client_id TEXT COLLATE "C" NOT NULL,
    scopes TEXT COLLATE "C" NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, digest)
);

CREATE TABLE setting (
    tenant UUID NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    setting TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, name)
);
