//! What is arranged before somebody leaves: the next visit, the talk about the session, how they are
//! asked that evening, and whoever takes them home. It is shown beside the form of leaving, and
//! closes nothing: the gate does.

/// One thing, as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arranged {
    /// What it is about.
    pub about: &'static str,
    /// How it stands, in one sentence.
    pub says: String,
    /// It stands as it should.
    pub is_so: bool,
    /// Where it is arranged.
    pub at: String,
    /// The words of the way there.
    pub way: &'static str,
}
