//! PostgreSQL: one writer task for each replica, a pool of readers, and word between replicas.
//!
//! Connections are not encrypted yet: keep the database on the same host, or behind a tunnel.

use crate::Fault;
use crate::catalogue as sql;
use crate::engine::{Answer, Engine, Job, Queued, Transaction, tenants, write_batch};
use crate::migration;
use crate::value::{Row, Value, Write, values};
use bytes::BytesMut;
use clinical::record::TenantId;
use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod};
use futures_util::future::{join_all, try_join_all};
use std::collections::HashMap;
use std::error::Error;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{AsyncMessage, Client, Config, NoTls, Statement};

/// How many writes may wait.
const QUEUE: usize = 8_192;
/// How many writes one transaction takes at most.
const BATCH: usize = 512;
/// How many statements are on their way to the server at once.
const PIPELINE: usize = 256;
/// Connections for reading.
const READERS: usize = 16;
/// How often a batch that met another replica's is tried.
const TRIES: usize = 6;
/// Other replicas hear at most once in this time: a notification inside each transaction would
/// make the commits wait for one another.
const NOTIFY_EVERY: Duration = Duration::from_millis(40);
/// A notification that got lost costs at most this.
const POLL_EVERY: Duration = Duration::from_secs(1);
const CHANNEL: &str = "evenkeel_committed";
/// "Evenkeel" in ASCII: only one replica shapes the database at a time.
const MIGRATION_LOCK: i64 = 0x4576_656e_6b65_656c;

const LOCK: &str = "SELECT pg_advisory_xact_lock($1)";
const NOTIFY: &str = "SELECT pg_notify($1, $2)";
const LOG_TOTAL: &str = "SELECT CAST(sum(size) AS BIGINT), max(size) FROM head";

/// A PostgreSQL database.
pub(crate) struct Postgres {
    queue: mpsc::Sender<Queued>,
    pool: Pool,
    committed: watch::Receiver<u64>,
    word: JoinHandle<()>,
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // The writer ends by itself when its queue is closed and empty.
        self.word.abort();
    }
}

impl Postgres {
    /// Connects, brings the database to this release's shape and starts the writer.
    ///
    /// Refuses a server that answers a commit before it is on the disk.
    pub(crate) async fn open(address: &str) -> Result<Self, Fault> {
        let config: Config = address
            .parse()
            // The address is not repeated: it may hold a password.
            .map_err(|_| Fault::Unusable("this is no PostgreSQL address".to_owned()))?;
        let mut link = Link::open(&config).await?;
        refuse_unsafe(&link.client).await?;
        migrate(&mut link.client).await?;
        let pool = Pool::builder(Manager::from_config(
            config.clone(),
            NoTls,
            ManagerConfig {
                recycling_method: RecyclingMethod::Fast,
            },
        ))
        .max_size(READERS)
        .build()
        .map_err(|error| Fault::Pool(error.to_string()))?;
        let highest = match link.rows(sql::HIGHEST, vec![]).await?.into_iter().next() {
            Some(mut row) => match row.value() {
                Value::Integer(size) => size.cast_unsigned(),
                _ => 0,
            },
            None => 0,
        };
        let (changed, committed) = watch::channel(highest);
        let (written, to_tell) = watch::channel(highest);
        let (queue, waiting) = mpsc::channel(QUEUE);
        let here = changed.clone();
        tokio::spawn(run_writer(config.clone(), link, waiting, move |highest| {
            here.send_modify(|position| *position = highest.max(*position));
            written.send_modify(|position| *position = highest.max(*position));
        }));
        let word = tokio::spawn(pass_word(config, to_tell, changed));
        Ok(Self {
            queue,
            pool,
            committed,
            word,
        })
    }
}

impl Engine for Postgres {
    async fn rows(&self, text: &'static str, values: Vec<Value>) -> Result<Vec<Row>, Fault> {
        let client = self
            .pool
            .get()
            .await
            .map_err(|error| Fault::Pool(error.to_string()))?;
        let statement = client.prepare_cached(text).await?;
        let rows = client.query(&statement, &parameters(&values)).await?;
        rows.iter().map(read_row).collect()
    }

    async fn many_rows(&self, text: &'static str, values: Vec<Value>) -> Result<Vec<Row>, Fault> {
        self.rows(text, values).await
    }

    async fn many_times(
        &self,
        text: &'static str,
        each: Vec<Vec<Value>>,
    ) -> Result<Vec<Vec<Row>>, Fault> {
        let client = self
            .pool
            .get()
            .await
            .map_err(|error| Fault::Pool(error.to_string()))?;
        let statement = client.prepare_cached(text).await?;
        // All are sent before the first answer is waited for.
        let asked = each.iter().map(|values| {
            let (client, statement) = (&client, &statement);
            async move {
                let rows = client.query(statement, &parameters(values)).await?;
                rows.iter().map(read_row).collect()
            }
        });
        try_join_all(asked).await
    }

    fn submit(&self, job: Queued) -> Result<(), Fault> {
        self.queue.try_send(job).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => Fault::Busy,
            mpsc::error::TrySendError::Closed(_) => Fault::Stopped,
        })
    }

    fn committed(&self) -> watch::Receiver<u64> {
        self.committed.clone()
    }
}

/// The writer's connection with its prepared statements.
struct Link {
    client: Client,
    prepared: HashMap<&'static str, Statement>,
}

impl Link {
    async fn open(config: &Config) -> Result<Self, Fault> {
        let (client, connection) = config.connect(NoTls).await?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::warn!(%error, "the writer's connection to PostgreSQL ended");
            }
        });
        // Whatever the server's default is: a commit is answered when it is on the disk, and on
        // the synchronous standbys where there are any. Hazard: H29
        client.batch_execute("SET synchronous_commit = on").await?;
        Ok(Self {
            client,
            prepared: HashMap::new(),
        })
    }

    async fn statement(&mut self, text: &'static str) -> Result<Statement, Fault> {
        if let Some(statement) = self.prepared.get(text) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(text).await?;
        self.prepared.insert(text, statement.clone());
        Ok(statement)
    }
}

impl Link {
    async fn rows(&mut self, text: &'static str, values: Vec<Value>) -> Result<Vec<Row>, Fault> {
        let statement = self.statement(text).await?;
        let rows = self.client.query(&statement, &parameters(&values)).await?;
        rows.iter().map(read_row).collect()
    }
}

impl Transaction for Link {
    async fn each(&mut self, statements: Vec<Write>) -> Result<Vec<Vec<Row>>, Fault> {
        let mut rows = Vec::with_capacity(statements.len());
        for chunk in statements.chunks(PIPELINE) {
            let mut ready = Vec::with_capacity(chunk.len());
            for write in chunk {
                ready.push((self.statement(write.text).await?, parameters(&write.values)));
            }
            // Each request goes out when it is first polled: all are sent, in order, before the
            // first answer is waited for.
            let sent = ready
                .iter()
                .map(|(statement, values)| self.client.query(statement, values.as_slice()));
            for answer in join_all(sent).await {
                rows.push(answer?.iter().map(read_row).collect::<Result<_, _>>()?);
            }
        }
        Ok(rows)
    }

    async fn all(&mut self, writes: Vec<Write>) -> Result<u64, Fault> {
        let mut changed = 0;
        for write in writes {
            let statement = self.statement(write.text).await?;
            changed += self
                .client
                .execute(&statement, &parameters(&write.values))
                .await?;
        }
        Ok(changed)
    }
}

/// Refuses a server whose commits may be lost in a power cut.
async fn refuse_unsafe(client: &Client) -> Result<(), Fault> {
    // Hazard: H29
    for setting in ["fsync", "full_page_writes", "synchronous_commit"] {
        let row = client
            .query_one("SELECT current_setting($1)", &[&setting])
            .await?;
        let value: String = row.try_get(0)?;
        if value != "on" {
            return Err(Fault::Unusable(format!(
                "PostgreSQL's {setting} is {value}: what is saved could be lost in a power cut; \
                 set it to on"
            )));
        }
    }
    Ok(())
}

async fn migrate(client: &mut Client) -> Result<(), Fault> {
    let transaction = client.transaction().await?;
    transaction.execute(LOCK, &[&MIGRATION_LOCK]).await?;
    transaction.batch_execute(migration::CREATE_LIST).await?;
    let applied: Vec<(i64, String)> = transaction
        .query(migration::LIST, &[])
        .await?
        .iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .collect::<Result<_, tokio_postgres::Error>>()?;
    for step in migration::outstanding(migration::POSTGRES, &applied)? {
        transaction.batch_execute(step.text).await?;
        transaction
            .execute(
                migration::ADD,
                &[&step.number, &step.name, &step.checksum()],
            )
            .await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// Takes whatever waits, commits it at once, answers.
async fn run_writer(
    config: Config,
    mut link: Link,
    mut waiting: mpsc::Receiver<Queued>,
    tell: impl Fn(u64) + Send,
) {
    let mut batch = Vec::with_capacity(BATCH);
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        let whole = std::mem::take(&mut batch);
        if let Err(Some(whole)) = write_and_answer(&config, &mut link, whole, &tell).await {
            // One of them cannot be written; it must not take the others with it.
            for queued in whole {
                // A batch of one is always answered.
                let _ = write_and_answer(&config, &mut link, vec![queued], &tell).await;
            }
        }
    }
}

/// Gives several jobs back unanswered when one of their statements failed.
async fn write_and_answer(
    config: &Config,
    link: &mut Link,
    batch: Vec<Queued>,
    tell: &(impl Fn(u64) + Send),
) -> Result<(), Option<Vec<Queued>>> {
    let mut fault = Fault::Stopped;
    for _ in 0..TRIES {
        match write(link, &batch).await {
            Ok((answers, highest)) => {
                if highest > 0 {
                    tell(highest);
                }
                for (queued, answer) in batch.into_iter().zip(answers) {
                    // Whoever asked may have gone away; what they asked for is stored all the
                    // same.
                    let _ = queued.reply.send(Ok(answer));
                }
                return Ok(());
            }
            Err(Failed::Before(failed)) if is_passing(&failed) => fault = failed,
            Err(Failed::Before(failed)) if link.client.is_closed() => {
                // Nothing was committed: on a new connection the batch is written as if for the
                // first time.
                fault = failed;
                match Link::open(config).await {
                    Ok(opened) => *link = opened,
                    Err(error) => {
                        tracing::error!(%error, "PostgreSQL cannot be reached");
                        tokio::time::sleep(Duration::from_millis(200)).await;
                    }
                }
            }
            Err(Failed::Before(_)) if batch.len() > 1 => return Err(Some(batch)),
            Err(Failed::Before(failed)) => {
                fault = failed;
                break;
            }
            Err(Failed::InCommit(failed)) => {
                // It may be stored or not: only whoever sends the command again finds out.
                fault = failed;
                break;
            }
        }
    }
    tracing::error!(%fault, "a write failed");
    let mut fault = Some(fault);
    for queued in batch {
        let _ = queued
            .reply
            .send(Err(fault.take().unwrap_or(Fault::Stopped)));
    }
    Err(None)
}

enum Failed {
    Before(Fault),
    InCommit(Fault),
}

async fn write(link: &mut Link, batch: &[Queued]) -> Result<(Vec<Answer>, u64), Failed> {
    let before = |error: tokio_postgres::Error| Failed::Before(error.into());
    link.client.batch_execute("BEGIN").await.map_err(before)?;
    match write_inside(link, batch.iter().map(|queued| &queued.job)).await {
        Ok(written) => {
            link.client
                .batch_execute("COMMIT")
                .await
                .map_err(|error| Failed::InCommit(error.into()))?;
            Ok((written.answers, written.highest))
        }
        Err(fault) => {
            if !link.client.is_closed() {
                link.client
                    .batch_execute("ROLLBACK")
                    .await
                    .map_err(before)?;
            }
            Err(Failed::Before(fault))
        }
    }
}

async fn write_inside<'a>(
    link: &mut Link,
    jobs: impl Iterator<Item = &'a Job> + Clone + Send,
) -> Result<crate::engine::Written, Fault> {
    // One writer at a time for each tenant, over all replicas: so positions have no gaps, and
    // nobody reads a position before all smaller ones are there.
    for tenant in tenants(jobs.clone()) {
        link.rows(LOCK, values![lock_number(tenant)]).await?;
    }
    write_batch(link, jobs).await
}

fn lock_number(tenant: TenantId) -> i64 {
    let (high, low) = tenant.0.as_u64_pair();
    (high ^ low).cast_signed()
}

/// Two replicas met; the same batch can simply be written again.
fn is_passing(fault: &Fault) -> bool {
    match fault {
        Fault::Postgres(error) => {
            error.code() == Some(&SqlState::T_R_SERIALIZATION_FAILURE)
                || error.code() == Some(&SqlState::T_R_DEADLOCK_DETECTED)
        }
        Fault::Busy
        | Fault::Stopped
        | Fault::Sqlite(_)
        | Fault::Pool(_)
        | Fault::Damaged(_)
        | Fault::Unusable(_)
        | Fault::Disk(_) => false,
    }
}

/// Tells other replicas what was written here, and hears what they wrote.
async fn pass_word(config: Config, mut to_tell: watch::Receiver<u64>, changed: watch::Sender<u64>) {
    loop {
        if let Err(error) = pass_word_once(&config, &mut to_tell, &changed).await {
            tracing::warn!(%error, "no word between replicas; trying again");
        }
        tokio::time::sleep(POLL_EVERY).await;
    }
}

async fn pass_word_once(
    config: &Config,
    to_tell: &mut watch::Receiver<u64>,
    changed: &watch::Sender<u64>,
) -> Result<(), Fault> {
    let (client, mut connection) = config.connect(NoTls).await?;
    let (heard, mut hearing) = mpsc::channel(64);
    let messages = async move {
        while let Some(message) =
            std::future::poll_fn(|context| connection.poll_message(context)).await
        {
            if let AsyncMessage::Notification(note) = message? {
                // A full channel already says that there is something to read.
                let _ = heard.try_send((note.process_id(), note.payload().parse().unwrap_or(0)));
            }
        }
        Ok::<(), tokio_postgres::Error>(())
    };
    let conversation = async {
        client.batch_execute(&format!("LISTEN {CHANNEL}")).await?;
        let own: i32 = client
            .query_one("SELECT pg_backend_pid()", &[])
            .await?
            .try_get(0)?;
        let mut last_total: Option<i64> = None;
        let mut poll = tokio::time::interval(POLL_EVERY);
        loop {
            tokio::select! {
                note = hearing.recv() => match note {
                    Some((from, position)) if from != own => {
                        changed.send_modify(|known| *known = position.max(*known));
                    }
                    Some(_) => {}
                    None => return Ok(()),
                },
                told = to_tell.changed() => {
                    if told.is_err() {
                        return Ok(());
                    }
                    let position = to_tell.borrow_and_update().to_string();
                    client.query(NOTIFY, &[&CHANNEL, &position]).await?;
                    tokio::time::sleep(NOTIFY_EVERY).await;
                }
                _ = poll.tick() => {
                    let row = client.query_one(LOG_TOTAL, &[]).await?;
                    let total: Option<i64> = row.try_get(0)?;
                    let highest: Option<i64> = row.try_get(1)?;
                    // The first time it is not known what was missed before.
                    if last_total.is_none() || total != last_total {
                        let highest = highest.unwrap_or(0).cast_unsigned();
                        changed.send_modify(|known| *known = highest.max(*known));
                    }
                    last_total = total.or(Some(0));
                }
            }
        }
    };
    tokio::select! {
        ended = messages => Ok(ended?),
        ended = conversation => ended,
    }
}

fn parameters(values: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    values
        .iter()
        .map(|value| value as &(dyn ToSql + Sync))
        .collect()
}

impl ToSql for Value {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Integer(number) => number.to_sql(kind, out),
            Self::Text(text) => text.to_sql(kind, out),
            Self::Bytes(bytes) => bytes.to_sql(kind, out),
            Self::Identifier(id) => id.to_sql(kind, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        // Which value goes where is held by the catalogue's test and the conformance suite.
        true
    }

    to_sql_checked!();
}

fn read_row(row: &tokio_postgres::Row) -> Result<Row, Fault> {
    let mut values = Vec::with_capacity(row.len());
    for (place, column) in row.columns().iter().enumerate() {
        let kind = column.type_();
        values.push(if *kind == Type::INT8 {
            row.try_get::<_, Option<i64>>(place)?.into()
        } else if *kind == Type::UUID {
            row.try_get::<_, Option<uuid::Uuid>>(place)?.into()
        } else if *kind == Type::BYTEA {
            row.try_get::<_, Option<Vec<u8>>>(place)?.into()
        } else if *kind == Type::TEXT {
            row.try_get::<_, Option<String>>(place)?.into()
        } else if *kind == Type::VOID {
            Value::Null
        } else {
            return Err(Fault::Damaged(format!("PostgreSQL answered with a {kind}")));
        });
    }
    Ok(Row::new(values))
}

#[cfg(all(test, feature = "throwaway-postgres"))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_statement_is_one_that_postgresql_knows() {
        let address = crate::throwaway::database().unwrap();
        let config: Config = address.parse().unwrap();
        let mut link = Link::open(&config).await.unwrap();
        migrate(&mut link.client).await.unwrap();
        let texts = sql::CONSTANTS.iter().copied();
        for text in texts.chain(sql::searches().iter().map(String::as_str)) {
            if let Err(error) = link.client.prepare(text).await {
                panic!("{error:?}: {text}");
            }
        }
    }
}
