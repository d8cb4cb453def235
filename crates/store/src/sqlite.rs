//! SQLite: one writer thread that commits whatever is waiting, and readers that only read.

use crate::Fault;
use crate::engine::{Engine, Queued, Transaction, write_batch};
use crate::migration;
use crate::value::{Row, Value, Write};
use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::task::{Context, Poll, Waker};
use tokio::sync::watch;

/// How many writes may wait. More than that and whoever asks is told to come again.
const QUEUE: usize = 8_192;
/// How many writes one commit takes at most, so that the first one does not wait long.
const BATCH: usize = 1_024;
/// Readers for a few rows, used where they are asked.
const POINT_READERS: usize = 6;
/// Readers for many rows, used on threads that may wait.
const LONG_READERS: usize = 2;
/// Prepared statements that each connection keeps: all of the catalogue.
const STATEMENTS: usize = 256;

/// A database file.
pub(crate) struct Sqlite {
    queue: Option<SyncSender<Queued>>,
    writer: Option<std::thread::JoinHandle<()>>,
    point: Readers,
    long: Arc<Readers>,
    committed: watch::Receiver<u64>,
}

impl Sqlite {
    /// Opens or creates the file, brings it to this release's shape and starts its writer.
    ///
    /// Refuses a file on a network file system: SQLite's locks and syncs cannot be trusted there.
    pub(crate) fn open(path: &Path) -> Result<Self, Fault> {
        if let Some(folder) = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
        {
            std::fs::create_dir_all(folder)?;
        }
        refuse_network_file_system(path)?;
        let mut connection = Connection::open_with_flags(
            path,
            OpenFlags::SQLITE_OPEN_READ_WRITE
                | OpenFlags::SQLITE_OPEN_CREATE
                | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        prepare_writer(&connection)?;
        migrate(&mut connection)?;
        let highest = connection
            .query_row(crate::catalogue::HIGHEST, [], |row| {
                row.get::<_, Option<i64>>(0)
            })?
            .unwrap_or(0)
            .cast_unsigned();
        let (changed, committed) = watch::channel(highest);
        let (queue, waiting) = sync_channel(QUEUE);
        let point = Readers::open(path, POINT_READERS)?;
        let long = Arc::new(Readers::open(path, LONG_READERS)?);
        let writer = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || run_writer(&mut connection, &waiting, &changed))?;
        Ok(Self {
            queue: Some(queue),
            writer: Some(writer),
            point,
            long,
            committed,
        })
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        // The writer ends when nobody can send any more, after what is waiting was written.
        self.queue = None;
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

impl Engine for Sqlite {
    async fn rows(&self, text: &'static str, values: Vec<Value>) -> Result<Vec<Row>, Fault> {
        // Some microseconds from the page cache: cheaper here than on another thread.
        read(&self.point.take(), text, values)
    }

    async fn many_rows(&self, text: &'static str, values: Vec<Value>) -> Result<Vec<Row>, Fault> {
        let readers = Arc::clone(&self.long);
        tokio::task::spawn_blocking(move || read(&readers.take(), text, values))
            .await
            .unwrap_or(Err(Fault::Stopped))
    }

    async fn many_times(
        &self,
        text: &'static str,
        each: Vec<Vec<Value>>,
    ) -> Result<Vec<Vec<Row>>, Fault> {
        let readers = Arc::clone(&self.long);
        tokio::task::spawn_blocking(move || {
            let reader = readers.take();
            each.into_iter()
                .map(|values| read(&reader, text, values))
                .collect()
        })
        .await
        .unwrap_or(Err(Fault::Stopped))
    }

    fn submit(&self, job: Queued) -> Result<(), Fault> {
        let queue = self.queue.as_ref().ok_or(Fault::Stopped)?;
        queue.try_send(job).map_err(|refused| match refused {
            TrySendError::Full(_) => Fault::Busy,
            TrySendError::Disconnected(_) => Fault::Stopped,
        })
    }

    fn committed(&self) -> watch::Receiver<u64> {
        self.committed.clone()
    }
}

fn prepare_writer(connection: &Connection) -> Result<(), Fault> {
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        return Err(Fault::Unusable(format!(
            "SQLite cannot keep a write-ahead log here (it says {mode:?})"
        )));
    }
    // FULL: a commit is on the disk before it is answered. NORMAL would lose it in a power cut.
    // Hazard: H29
    connection.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -16000; \
         PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864;",
    )?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(())
}

fn migrate(connection: &mut Connection) -> Result<(), Fault> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
    transaction.execute_batch(migration::CREATE_LIST)?;
    let applied: Vec<(i64, String)> = transaction
        .prepare(migration::LIST)?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for step in migration::outstanding(migration::SQLITE, &applied)? {
        transaction.execute_batch(step.text)?;
        transaction.execute(migration::ADD, (step.number, step.name, step.checksum()))?;
    }
    transaction.commit()?;
    Ok(())
}

/// Connections that cannot write.
struct Readers {
    connections: Vec<Mutex<Connection>>,
    next: AtomicUsize,
}

impl Readers {
    fn open(path: &Path, count: usize) -> Result<Self, Fault> {
        let mut connections = Vec::with_capacity(count);
        for _ in 0..count {
            let connection = Connection::open_with_flags(
                path,
                OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
            )?;
            connection.busy_timeout(std::time::Duration::from_secs(10))?;
            connection.execute_batch("PRAGMA query_only = ON; PRAGMA cache_size = -8000;")?;
            // One plan for a statement, whatever is bound: otherwise it is planned again each time.
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
            connection.set_prepared_statement_cache_capacity(STATEMENTS);
            connections.push(Mutex::new(connection));
        }
        Ok(Self {
            connections,
            next: AtomicUsize::new(0),
        })
    }

    /// A connection that is free, or the next one's turn.
    fn take(&self) -> MutexGuard<'_, Connection> {
        for connection in &self.connections {
            match connection.try_lock() {
                Ok(free) => return free,
                Err(TryLockError::Poisoned(free)) => return free.into_inner(),
                Err(TryLockError::WouldBlock) => {}
            }
        }
        let place = self.next.fetch_add(1, Ordering::Relaxed) % self.connections.len();
        self.connections[place]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(
    connection: &Connection,
    text: &'static str,
    values: Vec<Value>,
) -> Result<Vec<Row>, Fault> {
    let mut statement = connection.prepare_cached(text)?;
    bind(&mut statement, values)?;
    let columns = statement.column_count();
    let mut found = Vec::new();
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        let mut values = Vec::with_capacity(columns);
        for column in 0..columns {
            values.push(match row.get_ref(column)? {
                ValueRef::Null => Value::Null,
                ValueRef::Integer(number) => Value::Integer(number),
                ValueRef::Text(text) => Value::Text(
                    std::str::from_utf8(text)
                        .map_err(|_| Fault::Damaged("a text is not UTF-8".to_owned()))?
                        .to_owned(),
                ),
                ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
                ValueRef::Real(_) => {
                    return Err(Fault::Damaged("a number is not whole".to_owned()));
                }
            });
        }
        found.push(Row::new(values));
    }
    Ok(found)
}

fn bind(statement: &mut rusqlite::Statement<'_>, values: Vec<Value>) -> Result<(), Fault> {
    for (place, value) in (1..).zip(values) {
        match value {
            Value::Null => statement.raw_bind_parameter(place, rusqlite::types::Null)?,
            Value::Integer(number) => statement.raw_bind_parameter(place, number)?,
            Value::Text(text) => statement.raw_bind_parameter(place, text)?,
            Value::Bytes(bytes) => statement.raw_bind_parameter(place, bytes)?,
            Value::Identifier(id) => {
                statement.raw_bind_parameter(place, id.as_bytes().as_slice())?;
            }
        }
    }
    Ok(())
}

/// The writer's connection, inside a transaction. Its futures are ready when they are made.
struct Inside<'a>(&'a mut Connection);

impl Transaction for Inside<'_> {
    fn each(
        &mut self,
        statements: Vec<Write>,
    ) -> impl Future<Output = Result<Vec<Vec<Row>>, Fault>> + Send {
        let one = |write: Write| read(self.0, write.text, write.values);
        std::future::ready(statements.into_iter().map(one).collect())
    }

    fn all(&mut self, writes: Vec<Write>) -> impl Future<Output = Result<u64, Fault>> + Send {
        std::future::ready(write_all(self.0, writes))
    }
}

fn write_all(connection: &Connection, writes: Vec<Write>) -> Result<u64, Fault> {
    let mut changed = 0;
    for write in writes {
        let mut statement = connection.prepare_cached(write.text)?;
        bind(&mut statement, write.values)?;
        changed += statement.raw_execute()? as u64;
    }
    Ok(changed)
}

/// Takes whatever waits, commits it at once, answers: the batch forms by itself under load.
fn run_writer(
    connection: &mut Connection,
    waiting: &Receiver<Queued>,
    changed: &watch::Sender<u64>,
) {
    let mut batch = Vec::with_capacity(BATCH);
    while let Ok(first) = waiting.recv() {
        batch.push(first);
        while batch.len() < BATCH
            && let Ok(next) = waiting.try_recv()
        {
            batch.push(next);
        }
        if !write_and_answer(connection, std::mem::take(&mut batch), changed) {
            // After a failed sync nobody knows what is on the disk: whoever waits is told that
            // nothing was saved, and only a new start reads what really is there.
            tracing::error!("the store's writer stops: a commit did not reach the disk");
            return;
        }
    }
}

/// False when a commit failed in a way after which the file cannot be trusted.
fn write_and_answer(
    connection: &mut Connection,
    batch: Vec<Queued>,
    changed: &watch::Sender<u64>,
) -> bool {
    match write(connection, &batch) {
        Ok((answers, highest)) => {
            if highest > 0 {
                changed.send_modify(|position| *position = highest.max(*position));
            }
            for (queued, answer) in batch.into_iter().zip(answers) {
                // Whoever asked may have gone away; what they asked for is stored all the same.
                let _ = queued.reply.send(Ok(answer));
            }
            true
        }
        Err(Failed::InCommit(fault)) => {
            let fatal = is_fatal(&fault);
            tracing::error!(%fault, "a commit failed");
            let mut fault = Some(fault);
            for queued in batch {
                let _ = queued
                    .reply
                    .send(Err(fault.take().unwrap_or(Fault::Stopped)));
            }
            !fatal
        }
        Err(Failed::Before(fault)) if batch.len() == 1 => {
            tracing::error!(%fault, "a write failed");
            let mut fault = Some(fault);
            for queued in batch {
                let _ = queued
                    .reply
                    .send(Err(fault.take().unwrap_or(Fault::Stopped)));
            }
            true
        }
        // One of them cannot be written; it must not take the others with it.
        Err(Failed::Before(_)) => batch
            .into_iter()
            .all(|queued| write_and_answer(connection, vec![queued], changed)),
    }
}

enum Failed {
    Before(Fault),
    InCommit(Fault),
}

fn write(
    connection: &mut Connection,
    batch: &[Queued],
) -> Result<(Vec<crate::engine::Answer>, u64), Failed> {
    connection
        .execute_batch("BEGIN IMMEDIATE")
        .map_err(|error| Failed::Before(error.into()))?;
    let written = ready(write_batch(
        &mut Inside(connection),
        batch.iter().map(|queued| &queued.job),
    ));
    match written {
        Ok(written) => match connection.execute_batch("COMMIT") {
            Ok(()) => Ok((written.answers, written.highest)),
            Err(error) => {
                roll_back(connection);
                Err(Failed::InCommit(error.into()))
            }
        },
        Err(fault) => {
            roll_back(connection);
            Err(Failed::Before(fault))
        }
    }
}

/// SQLite has rolled back by itself after some errors; then there is nothing to do.
fn roll_back(connection: &Connection) {
    if !connection.is_autocommit()
        && let Err(error) = connection.execute_batch("ROLLBACK")
    {
        tracing::error!(%error, "a failed batch could not be rolled back");
    }
}

/// A full disk is said and got over; an input or output error leaves the file in doubt.
fn is_fatal(fault: &Fault) -> bool {
    match fault {
        Fault::Sqlite(error) => !matches!(
            error.sqlite_error_code(),
            Some(rusqlite::ErrorCode::DiskFull | rusqlite::ErrorCode::DatabaseBusy)
        ),
        Fault::Busy
        | Fault::Stopped
        | Fault::Postgres(_)
        | Fault::Pool(_)
        | Fault::Damaged(_)
        | Fault::Unusable(_)
        | Fault::Disk(_) => true,
    }
}

/// Runs a future that never waits.
fn ready<T>(future: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => Err(Fault::Stopped),
    }
}

/// File systems over a network, as Linux names them.
const NETWORK_FILE_SYSTEMS: [&str; 9] = [
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "9p",
    "afs",
    "ceph",
    "fuse.sshfs",
];

/// Where Linux lists what is mounted; elsewhere it cannot be told cheaply and is not checked.
fn refuse_network_file_system(path: &Path) -> Result<(), Fault> {
    let Ok(mounts) = std::fs::read_to_string("/proc/self/mounts") else {
        return Ok(());
    };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
        Some(_) | None => PathBuf::from("."),
    };
    let folder = folder.canonicalize()?;
    match network_file_system(&mounts, &folder) {
        Some(kind) => Err(Fault::Unusable(format!(
            "{} lies on a network file system ({kind}), where SQLite cannot promise that what is \
             saved stays saved; use a local disk, or PostgreSQL",
            path.display()
        ))),
        None => Ok(()),
    }
}

fn network_file_system<'a>(mounts: &'a str, folder: &Path) -> Option<&'a str> {
    mounts
        .lines()
        .filter_map(|line| {
            let mut fields = line.split(' ').skip(1);
            Some((fields.next()?, fields.next()?))
        })
        .filter(|(point, _)| folder.starts_with(point))
        // Of two mounts at one place the later one is seen.
        .max_by_key(|(point, _)| point.len())
        .map(|(_, kind)| kind)
        .filter(|kind| NETWORK_FILE_SYSTEMS.contains(kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_statement_is_one_that_sqlite_knows_and_numbers_its_values_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let mut connection = Connection::open(folder.path().join("a.db")).unwrap();
        migrate(&mut connection).unwrap();
        let texts = crate::catalogue::CONSTANTS.iter().copied();
        for text in texts.chain(crate::catalogue::searches().iter().map(String::as_str)) {
            let statement = connection
                .prepare(text)
                .unwrap_or_else(|error| panic!("{error}: {text}"));
            for place in 1..=statement.parameter_count() {
                assert_eq!(
                    statement.parameter_name(place),
                    Some(format!("${place}").as_str()),
                    "{text}"
                );
            }
        }
    }

    #[test]
    fn no_search_reads_a_whole_table_or_sorts_its_rows() {
        let folder = tempfile::tempdir().unwrap();
        let mut connection = Connection::open(folder.path().join("a.db")).unwrap();
        migrate(&mut connection).unwrap();
        for text in crate::catalogue::searches() {
            let mut statement = connection
                .prepare(&format!("EXPLAIN QUERY PLAN {text}"))
                .unwrap();
            // The plan does not depend on the values, but each must be there.
            let nothing = vec![rusqlite::types::Null; statement.parameter_count()];
            let plan: Vec<String> = statement
                .query_map(rusqlite::params_from_iter(nothing), |row| row.get(3))
                .unwrap()
                .collect::<Result<_, _>>()
                .unwrap();
            let plan = plan.join("; ");
            assert!(!plan.contains("SCAN"), "{text}: {plan}");
            assert!(!plan.contains("TEMP B-TREE"), "{text}: {plan}");
        }
    }

    #[test]
    fn a_folder_on_another_machine_is_told_from_a_local_one() {
        // Hazard: H29
        let mounts = "/dev/vda / ext4 rw 0 0\nserver:/x /mnt/far nfs4 rw 0 0\n";
        let kind = |folder: &str| network_file_system(mounts, Path::new(folder));
        assert_eq!(kind("/mnt/far/clinic"), Some("nfs4"));
        assert_eq!(kind("/mnt/farther"), None);
        assert_eq!(kind("/var/lib"), None);
    }
}
