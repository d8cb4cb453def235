//! A look at how far somebody has come back, as the room, the paper and the form for what stands on
//! paper ask it.

use clinical::course::session::{
    Activity, Breathing, Cannula, Consciousness, Degree, Mind, Orientation, Oxygen, Walk,
};

/// Answers to one question: the word of the form and the words for staff.
pub type Answers = Vec<(&'static str, &'static str)>;

macro_rules! answers {
    ($of:ident) => {
        $of::ALL
            .iter()
            .map(|one| (one.word(), one.says()))
            .collect()
    };
}

/// Every question with one answer: its field, its words, and its answers, the best first.
pub fn questions() -> [(&'static str, &'static str, Answers); 10] {
    [
        ("consciousness", "Awake", answers!(Consciousness)),
        ("walk", "Walking", answers!(Walk)),
        ("activity", "Moves when asked", answers!(Activity)),
        ("breathing", "Breathing", answers!(Breathing)),
        ("oxygen", "Breathes", answers!(Oxygen)),
        ("nausea", "Nausea", answers!(Degree)),
        ("pain", "Pain", answers!(Degree)),
        ("bleeding", "Bleeding, needle", answers!(Degree)),
        ("cannula", "Cannula", answers!(Cannula)),
        ("mind", "Mind", answers!(Mind)),
    ]
}

/// What they can say of.
pub fn orientations() -> Answers {
    answers!(Orientation)
}
