-- What lists need of a person's way to treatment: one row for each thing that has a state and,
-- often, a moment by which somebody must have acted. What is due at no moment has the largest
-- number.
CREATE TABLE course (
    tenant BLOB NOT NULL,
    part TEXT NOT NULL,
    id BLOB NOT NULL,
    patient BLOB,
    state TEXT NOT NULL,
    due INTEGER NOT NULL,
    version INTEGER NOT NULL,
    summary TEXT NOT NULL,
    PRIMARY KEY (tenant, part, id)
) STRICT;
CREATE INDEX course_by_due ON course (tenant, part, due, id);
CREATE INDEX course_by_state ON course (tenant, part, state, due, id);
CREATE INDEX course_by_patient ON course (tenant, patient, part, due, id);

-- Bytes that an event names by their digest: an uploaded letter, the text that was signed.
CREATE TABLE document (
    tenant BLOB NOT NULL,
    digest BLOB NOT NULL,
    media_type TEXT NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (tenant, digest)
) STRICT;

-- Links that let one person in, once. Not events: they say who may ask, not what happened.
CREATE TABLE patient_link (
    tenant BLOB NOT NULL,
    digest BLOB NOT NULL,
    patient BLOB NOT NULL,
    leads_to TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    PRIMARY KEY (tenant, digest)
) STRICT;

-- A patient's own sign-in: by a link, by an account, or on the clinic's tablet.
CREATE TABLE patient_login (
    tenant BLOB NOT NULL,
    digest BLOB NOT NULL,
    patient BLOB NOT NULL,
    way TEXT NOT NULL,
    language TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, digest)
) STRICT;
