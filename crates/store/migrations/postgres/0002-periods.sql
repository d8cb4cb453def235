-- Until when a resource is about something; what lasts still has the largest number but one. A row
-- from before this step counts as lasting until the projections are built anew.
ALTER TABLE resource ADD COLUMN effective_until BIGINT NOT NULL DEFAULT 9223372036854775806;
-- What was charted at one moment ended at it.
UPDATE resource SET effective_until = effective
    WHERE kind NOT IN ('Encounter', 'MedicationAdministration');

-- A program that reads what is new since its last visit goes along the changes.
CREATE INDEX resource_by_update ON resource (tenant, kind, updated, id);
CREATE INDEX resource_by_patient_update ON resource (tenant, kind, patient, updated, id);
