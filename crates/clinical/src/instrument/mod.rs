//! Questionnaires and scales as data: items, scoring, bands, and what needs a person today.
//!
//! An instrument file says what is asked, how the answers count, and which single answers must be
//! seen by someone at once; this module reads it and gives the result with everything that is
//! missing. The vocabulary is closed: there is no scoring code for any one instrument, and no
//! string to evaluate.

mod answers;
mod asking;
mod change;
mod condition;
mod definition;
mod library;
mod points;
mod read;
mod score;
mod wording;

pub use answers::{Answer, Answers, Problem};
pub use asking::next_question;
pub use change::{ChangeFinding, change, change_since};
pub use condition::{Condition, Holds, Subject, Test, When};
pub use definition::{
    Band, ChangeRule, ChangeTest, Choice, Cut, Direction, Flag, GivenBy, Instrument, Item, Licence,
    LicenceVerdict, LookupRow, Method, Occasion, PointRange, Recall, Respondent, Response, Score,
    Urgency, WhenMissing,
};
pub use library::{BUILT_IN, BuiltIn, Library};
pub use points::Points;
pub use read::UnreadableInstrument;
pub use score::{
    Assessment, BandReached, CutFinding, Incomplete, RaisedFlag, ScoreValue, Scored, ScoringResult,
    UndecidedFlag, assess, limits,
};
pub use wording::{ScaleEnds, TextPack, Wording};
