//! A PostgreSQL server for tests: made in a folder for temporary files, gone with the process.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// What a test says when there is no PostgreSQL on the machine.
pub const HOW_TO_GET_IT: &str = "PostgreSQL is needed for this test and its initdb was not found \
    under /usr/lib/postgresql/*/bin or in PATH; on Debian: apt-get install postgresql";

const USER: &str = "evenkeel";

/// One server for each test process.
struct Server {
    port: u16,
    programs: PathBuf,
    /// Its input ends with this process, however it ends; it then stops the server and removes
    /// the folder.
    _keeper: Child,
}

static SERVER: OnceLock<Result<Server, String>> = OnceLock::new();

/// The address of an empty database of its own, on a server that this process starts at first
/// need.
///
/// Refuses, in one line that says how to get it, when PostgreSQL is not installed.
pub fn database() -> Result<String, String> {
    let server = SERVER.get_or_init(start).as_ref().map_err(Clone::clone)?;
    let name = format!("t{}", uuid::Uuid::new_v4().simple());
    let port = server.port.to_string();
    run(Command::new(server.programs.join("createdb")).args([
        "-h",
        "127.0.0.1",
        "-p",
        &port,
        "-U",
        USER,
        &name,
    ]))?;
    Ok(format!("postgres://{USER}@127.0.0.1:{port}/{name}"))
}

fn start() -> Result<Server, String> {
    let programs = find_programs().ok_or_else(|| HOW_TO_GET_IT.to_owned())?;
    let folder =
        std::env::temp_dir().join(format!("evenkeel-pg-{}", uuid::Uuid::new_v4().simple()));
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let as_other = who_runs_it(&folder)?;
    let data = folder.join("data");
    run(as_user(&as_other, &programs.join("initdb"))
        .args([
            "--no-sync",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-locale",
            "-U",
            USER,
            "-D",
        ])
        .arg(&data)
        .current_dir(&folder))?;
    let port = free_port()?;
    let log = std::fs::File::create(folder.join("log")).map_err(|error| error.to_string())?;
    let error_log = log.try_clone().map_err(|error| error.to_string())?;
    let child = as_user(&as_other, &programs.join("postgres"))
        .arg("-D")
        .arg(&data)
        .args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1"])
        .args(["-c", "max_connections=300", "-c", "shared_buffers=64MB"])
        .arg("-c")
        .arg(format!("unix_socket_directories={}", folder.display()))
        .current_dir(&folder)
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(error_log)
        .spawn()
        .map_err(|error| error.to_string())?;
    let keeper = keep(child.id(), &folder)?;
    wait_until_ready(&programs, port, &folder)?;
    Ok(Server {
        port,
        programs,
        _keeper: keeper,
    })
}

/// PostgreSQL refuses to run as root; then the user that its package made runs it.
fn who_runs_it(folder: &Path) -> Result<Option<&'static str>, String> {
    let id = Command::new("id")
        .arg("-u")
        .output()
        .map_err(|error| error.to_string())?;
    if id.stdout.trim_ascii() != b"0" {
        return Ok(None);
    }
    run(Command::new("chown").arg("postgres").arg(folder))?;
    Ok(Some("postgres"))
}

fn as_user(user: &Option<&str>, program: &Path) -> Command {
    match user {
        None => Command::new(program),
        Some(user) => {
            let mut command = Command::new("setpriv");
            command.args(["--reuid", user, "--regid", user, "--clear-groups"]);
            command.arg(program);
            command
        }
    }
}

/// Starts a shell that waits for the end of its input, and then cleans up.
fn keep(server: u32, folder: &Path) -> Result<Child, String> {
    let mut keeper = Command::new("sh")
        .arg("-c")
        .arg("read folder; cat >/dev/null; kill -QUIT \"$0\"; sleep 1; rm -rf \"$folder\"")
        .arg(server.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| error.to_string())?;
    if let Some(input) = keeper.stdin.as_mut() {
        writeln!(input, "{}", folder.display()).map_err(|error| error.to_string())?;
    }
    Ok(keeper)
}

fn wait_until_ready(programs: &Path, port: u16, folder: &Path) -> Result<(), String> {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(60) {
        let ready = Command::new(programs.join("pg_isready"))
            .args(["-q", "-h", "127.0.0.1", "-p", &port.to_string()])
            .status()
            .map_err(|error| error.to_string())?;
        if ready.success() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
    Err(format!("PostgreSQL did not start: {log}"))
}

fn free_port() -> Result<u16, String> {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    Ok(socket
        .local_addr()
        .map_err(|error| error.to_string())?
        .port())
}

fn find_programs() -> Option<PathBuf> {
    let mut folders: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .collect();
    folders.sort();
    folders.reverse();
    let path = std::env::var_os("PATH").unwrap_or_default();
    folders.extend(std::env::split_paths(&path));
    folders
        .into_iter()
        .find(|folder| folder.join("initdb").exists())
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command
        .output()
        .map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        Ok(())
    } else {
        Err(format!(
            "{command:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        ))
    }
}
