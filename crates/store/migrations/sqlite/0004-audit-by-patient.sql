-- Who has read one person's record.
CREATE INDEX audit_by_patient ON audit (tenant, patient, id);
