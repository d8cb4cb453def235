//! Has the server built again when the browser's bundle changes: Cargo sees a changed file that is
//! embedded, but not a new one.

fn main() {
    println!("cargo::rerun-if-changed=../../browser/dist");
}
