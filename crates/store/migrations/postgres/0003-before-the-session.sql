-- What lists need of a person's way to treatment: one row for each thing that has a state and,
-- often, a moment by which somebody must have acted. What is due at no moment has the largest
-- number.
CREATE TABLE course (
    tenant UUID NOT NULL,
    part TEXT COLLATE "C" NOT NULL,
    id UUID NOT NULL,
    patient UUID,
    state TEXT COLLATE "C" NOT NULL,
    due BIGINT NOT NULL,
    version BIGINT NOT NULL,
    summary TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, part, id)
);
CREATE INDEX course_by_due ON course (tenant, part, due, id);
CREATE INDEX course_by_state ON course (tenant, part, state, due, id);
CREATE INDEX course_by_patient ON course (tenant, patient, part, due, id);

-- Bytes that an event names by their digest: an uploaded letter, the text that was signed.
CREATE TABLE document (
    tenant UUID NOT NULL,
    digest BYTEA NOT NULL,
    media_type TEXT COLLATE "C" NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (tenant, digest)
);

-- Links that let one person in, once. Not events: they say who may ask, not what happened.
CREATE TABLE patient_link (
    tenant UUID NOT NULL,
    digest BYTEA NOT NULL,
    patient UUID NOT NULL,
    leads_to TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (tenant, digest)
);

-- A patient's own sign-in: by a link, by an account, or on the clinic's tablet.
CREATE TABLE patient_login (
    tenant UUID NOT NULL,
    digest BYTEA NOT NULL,
    patient UUID NOT NULL,
    way TEXT COLLATE "C" NOT NULL,
    language TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, digest)
);
