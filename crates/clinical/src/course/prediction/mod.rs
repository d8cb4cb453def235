//! What a prediction is made from, and that one was shown.
//!
//! Nothing here predicts, and nothing here is read by a rule: whoever shows a curve reads from a
//! session what really went in, and writes down what was shown, so that it can be drawn again.

mod basis;
mod event;
mod rules;
mod state;
mod supposed;

pub use basis::{Basis, Doubt, Gone, NotPredicted};
pub use event::{BandsOf, Earlier, LeftOut, ModelNamed, Place, PredictionEvent, Shown};
pub use rules::{
    Choice, MODEL_CHOICE, ModelChoice, PREDICTION, PredictionRules, UnusablePrediction,
};
pub use state::{Predictions, WasShown};
pub use supposed::{Act, Changed, Supposed};
