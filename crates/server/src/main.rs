//! The `evenkeel` binary.

/// Reading a record is many small pieces of memory, taken and given back: see
/// `docs/decisions/2026-11-23-memory-by-mimalloc.md`.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    server::cli::main()
}
