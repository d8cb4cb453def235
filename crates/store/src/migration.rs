//! The database's shape: numbered SQL files, each applied once and never changed afterwards.

use crate::Fault;
use sha2::{Digest, Sha256};

/// One step of the database's shape.
pub(crate) struct Migration {
    pub number: i64,
    pub name: &'static str,
    pub text: &'static str,
}

impl Migration {
    /// What is compared to find out whether an applied file was changed since.
    pub(crate) fn checksum(&self) -> String {
        hex::encode(Sha256::digest(self.text))
    }
}

/// The steps for SQLite.
pub(crate) const SQLITE: &[Migration] = &[
    Migration {
        number: 1,
        name: "first",
        text: include_str!("../migrations/sqlite/0001-first.sql"),
    },
    Migration {
        number: 2,
        name: "periods",
        text: include_str!("../migrations/sqlite/0002-periods.sql"),
    },
    Migration {
        number: 3,
        name: "before-the-session",
        text: include_str!("../migrations/sqlite/0003-before-the-session.sql"),
    },
    Migration {
        number: 4,
        name: "audit-by-patient",
        text: include_str!("../migrations/sqlite/0004-audit-by-patient.sql"),
    },
];

/// The steps for PostgreSQL.
pub(crate) const POSTGRES: &[Migration] = &[
    Migration {
        number: 1,
        name: "first",
        text: include_str!("../migrations/postgres/0001-first.sql"),
    },
    Migration {
        number: 2,
        name: "periods",
        text: include_str!("../migrations/postgres/0002-periods.sql"),
    },
    Migration {
        number: 3,
        name: "before-the-session",
        text: include_str!("../migrations/postgres/0003-before-the-session.sql"),
    },
    Migration {
        number: 4,
        name: "audit-by-patient",
        text: include_str!("../migrations/postgres/0004-audit-by-patient.sql"),
    },
];

/// Where the applied steps are listed; the same text on both engines.
pub(crate) const CREATE_LIST: &str = "CREATE TABLE IF NOT EXISTS migration \
    (number BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL)";
/// The applied steps.
pub(crate) const LIST: &str = "SELECT number, checksum FROM migration ORDER BY number";
/// Notes an applied step.
pub(crate) const ADD: &str = "INSERT INTO migration (number, name, checksum) VALUES ($1, $2, $3)";

/// The steps that are still to be applied.
///
/// Refuses a database that a newer release has shaped, and a step that was changed since.
pub(crate) fn outstanding<'a>(
    known: &'a [Migration],
    applied: &[(i64, String)],
) -> Result<&'a [Migration], Fault> {
    if applied.len() > known.len() {
        return Err(Fault::Unusable(format!(
            "this database has the shape of a newer release (step {}); this release knows {}",
            applied.len(),
            known.len()
        )));
    }
    for (step, (number, checksum)) in known.iter().zip(applied) {
        if step.number != *number || step.checksum() != *checksum {
            return Err(Fault::Unusable(format!(
                "step {number} of this database's shape is not the one this release knows"
            )));
        }
    }
    Ok(known.get(applied.len()..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_of_a_newer_release_is_refused() {
        let mut applied: Vec<_> = SQLITE.iter().map(|m| (m.number, m.checksum())).collect();
        applied.push((applied.len() as i64 + 1, String::new()));
        assert!(matches!(
            outstanding(SQLITE, &applied),
            Err(Fault::Unusable(_))
        ));
    }

    #[test]
    fn a_changed_step_is_refused() {
        let applied = vec![(1, "another".to_owned())];
        assert!(matches!(
            outstanding(SQLITE, &applied),
            Err(Fault::Unusable(_))
        ));
    }

    #[test]
    fn an_empty_database_gets_every_step_and_a_full_one_none() {
        assert_eq!(outstanding(SQLITE, &[]).unwrap().len(), SQLITE.len());
        let applied: Vec<_> = SQLITE.iter().map(|m| (m.number, m.checksum())).collect();
        assert!(outstanding(SQLITE, &applied).unwrap().is_empty());
    }

    #[test]
    fn both_engines_take_the_same_steps() {
        let names = |steps: &[Migration]| -> Vec<(i64, &str)> {
            steps.iter().map(|step| (step.number, step.name)).collect()
        };
        assert_eq!(names(SQLITE), names(POSTGRES));
    }
}
