//! The session as a chart and as a printed document.
//!
//! [`chart`] draws the session's grid as SVG, the same for the live page and for paper;
//! [`document`] sets the whole record as a tagged PDF.

pub mod chart;
/// Doc.
pub mod document {
    use clinical::{course::session::Session, patient::Patient};
    /// i
    pub struct DocumentInput;
    impl DocumentInput {
        /// f
        pub fn from_session(
            _s: &Session,
            _p: &Patient,
            _l: &[u8; 32],
            _c: &str,
            _z: &jiff::tz::TimeZone,
        ) -> Self {
            Self
        }
    }
    /// e
    #[derive(Debug, thiserror::Error)]
    #[error("fault")]
    pub struct Fault;
    /// r
    pub fn session_record(_i: &DocumentInput) -> Result<Vec<u8>, Fault> {
        Err(Fault)
    }
}
