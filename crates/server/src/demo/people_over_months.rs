//! Who the people over months are: their sessions, what they answered, and how it ended.

use clinical::course::follow_up::ContactKind;
use clinical::course::outcomes::EndReason;
use clinical::course::outcomes::next_step::NextStep;
use clinical::course::session::Severity;
use clinical::leaflet::Language;
use clinical::patient::Sex;

/// What a person answers after a contact: the totals of both scales, how many questions of the
/// second they leave out, and what they say to the ninth of the first.
pub(super) struct Told {
    pub contact: ContactKind,
    pub totals: (i32, i32),
    pub left_out: usize,
    /// How many questions of the second they have not come to yet.
    pub open: usize,
    pub ninth: i32,
    /// The points of the bladder questions, in their order; nothing, mostly.
    pub bladder: [i32; 4],
    /// The points of the questions about alcohol, in their order.
    pub alcohol: [i32; 3],
    /// What was done about them, where an answer called for somebody.
    pub acted: Option<&'static str>,
}

const fn told(contact: ContactKind, totals: (i32, i32)) -> Told {
    Told {
        contact,
        totals,
        left_out: 0,
        open: 0,
        ninth: 0,
        bladder: [0; 4],
        alcohol: [1, 0, 0],
        acted: None,
    }
}

/// Who referred somebody, that they may be told, and a letter that told them.
#[derive(Clone, Copy)]
pub(super) struct Referred {
    pub name: &'static str,
    /// Agreed so many days ago.
    pub agreed: i64,
    /// The letter was signed so many days ago, with these words.
    pub letter: (i64, &'static str),
}

/// Somebody over months.
pub(super) struct Person {
    pub family: &'static str,
    pub given: &'static str,
    pub born: &'static str,
    pub sex: Sex,
    pub language: Language,
    /// Their sessions, so many days ago.
    pub sessions: &'static [i64],
    /// The totals of both scales in the history, so many days ago; none where nobody asked.
    pub baseline: Option<(i64, (i32, i32))>,
    pub told: Vec<Told>,
    /// Totals that staff entered: which scale, how much, so many days ago.
    pub entered: &'static [(&'static str, i32, i64)],
    /// That treatment has ended: why, so many days ago, in words.
    pub ended: Option<(EndReason, i64, &'static str)>,
    /// What a prescriber decided comes next: what, so many days ago, why.
    pub decided: Option<(NextStep, i64, &'static str)>,
    /// Who referred them, and is told of them.
    pub referred: Option<Referred>,
    /// In which of the sessions something went wrong: the card, how severe, in words.
    pub trouble: Option<(usize, &'static str, Severity, &'static str)>,
}

/// Somebody of whom little more is told than when they came and how they answered.
fn in_short(
    (family, given, born, sex): (&'static str, &'static str, &'static str, Sex),
    sessions: &'static [i64],
    baseline: Option<(i64, (i32, i32))>,
    told: Vec<Told>,
) -> Person {
    Person {
        family,
        given,
        born,
        sex,
        language: Language::English,
        sessions,
        baseline,
        told,
        entered: &[],
        ended: None,
        decided: None,
        referred: None,
        trouble: None,
    }
}

/// Others over the last year, so that the outcomes of everybody have something to count: some well,
/// some not, some who stayed away.
fn others() -> Vec<Person> {
    use ContactKind::{Month, Quarter, Week};
    let (female, male) = (Sex::Female, Sex::Male);
    vec![
        in_short(
            ("Haugen", "Ingrid", "1969-03-27", female),
            &[221, 218, 214, 211, 207, 204],
            Some((226, (18, 12))),
            vec![
                told(Week, (11, 8)),
                told(Month, (8, 6)),
                Told {
                    bladder: [0, 0, 1, 0],
                    ..told(Quarter(1), (7, 7))
                },
                // Four of twelve: three is the limit for women, and nobody has talked with her yet.
                Told {
                    alcohol: [2, 1, 1],
                    ..told(Quarter(2), (9, 8))
                },
            ],
        ),
        Person {
            ended: Some((EndReason::NotHelped, 118, "ECT at the university clinic.")),
            ..in_short(
                ("Mokoena", "Thandi", "1978-11-02", female),
                &[152, 149, 145, 142, 138, 135],
                Some((158, (22, 17))),
                vec![told(Week, (20, 16))],
            )
        },
        Person {
            ended: Some((EndReason::Cost, 128, "")),
            ..in_short(
                ("Castellanos", "Ruben", "1990-08-14", male),
                &[146, 143, 139, 136],
                Some((150, (17, 11))),
                vec![told(Week, (12, 9))],
            )
        },
        in_short(
            ("Novak", "Petra", "1983-05-30", female),
            &[262, 259, 255, 252, 248, 245],
            Some((268, (24, 18))),
            vec![
                told(Week, (10, 9)),
                told(Month, (3, 2)),
                Told {
                    bladder: [1, 2, 1, 0],
                    acted: Some(
                        "Urine test the same day: no blood, no infection. No session while it lasted; gone after ten days, with less coffee. Asked again at each contact; a urologist if it comes back.",
                    ),
                    ..told(Quarter(1), (2, 3))
                },
                Told {
                    bladder: [0, 1, 0, 0],
                    alcohol: [0; 3],
                    ..told(Quarter(2), (4, 2))
                },
            ],
        ),
        in_short(
            ("Solberg", "Lars", "1971-01-09", male),
            &[64, 61, 57, 54, 50, 47],
            None,
            vec![told(Week, (13, 9)), told(Month, (12, 10))],
        ),
        in_short(
            ("Adeleke", "Bisi", "1995-07-18", female),
            &[304, 301],
            Some((309, (19, 15))),
            Vec::new(),
        ),
        in_short(
            ("Brandt", "Jonas", "1988-09-05", male),
            &[44, 41, 37, 34, 30, 27],
            Some((49, (16, 9))),
            Vec::new(),
        ),
        Person {
            ended: Some((
                EndReason::SideEffects,
                92,
                "Sick for a day after each session.",
            )),
            trouble: Some((
                1,
                "nausea",
                Severity::Moderate,
                "Nausea and vomiting, 10 min before the end of the infusion.",
            )),
            ..in_short(
                ("Takeda", "Yui", "1999-12-12", female),
                &[103, 100, 96],
                Some((107, (21, 16))),
                vec![told(Week, (18, 15))],
            )
        },
    ]
}

/// Everybody.
pub(super) fn everybody() -> Vec<Person> {
    let mut all = people();
    all.extend(others());
    all
}

fn people() -> Vec<Person> {
    use ContactKind::{Month, Quarter, Week};
    vec![
        Person {
            family: "Lindgren",
            given: "Tove",
            born: "1986-02-11",
            sex: Sex::Female,
            language: Language::English,
            sessions: &[120, 117, 113, 110, 106, 103],
            baseline: Some((124, (21, 15))),
            told: vec![
                told(Week, (9, 7)),
                told(Month, (4, 3)),
                Told {
                    open: 4,
                    ..told(Quarter(1), (3, 4))
                },
            ],
            entered: &[("madrs", 34, 121), ("madrs", 8, 95)],
            ended: None,
            decided: None,
            referred: None,
            trouble: None,
        },
        Person {
            family: "Ferreira",
            given: "Duarte",
            born: "1974-10-03",
            sex: Sex::Male,
            language: Language::English,
            sessions: &[330, 327, 323, 320, 316, 313],
            baseline: Some((336, (23, 16))),
            told: vec![
                told(Week, (6, 8)),
                told(Month, (3, 4)),
                told(Quarter(1), (4, 5)),
                // Five of twelve: four is the limit for men.
                Told {
                    alcohol: [3, 1, 1],
                    acted: Some(
                        "Talked about it by telephone: beer most evenings since the autumn. Agreed on two evenings a week; his doctor knows.",
                    ),
                    ..told(Quarter(2), (13, 10))
                },
                Told {
                    left_out: 1,
                    bladder: [0, 0, 1, 0],
                    ninth: 1,
                    ..told(Quarter(3), (16, 12))
                },
            ],
            entered: &[("madrs", 38, 333)],
            ended: None,
            decided: Some((
                NextStep::Later,
                306,
                "In remission at the end of the series. Nothing booked; he calls when sleep goes again.",
            )),
            referred: Some(Referred {
                name: "Dr Inês Carvalho, Harbour Street Practice",
                agreed: 335,
                letter: (
                    305,
                    "He is in remission since the fourth session and takes sertraline as before. We book nothing; he calls us when sleep goes again, and so may you.",
                ),
            }),
            trouble: None,
        },
        Person {
            family: "Oyelaran",
            given: "Femi",
            born: "1992-06-24",
            sex: Sex::Male,
            language: Language::English,
            sessions: &[95, 92, 88],
            baseline: Some((99, (19, 14))),
            told: Vec::new(),
            entered: &[("madrs", 31, 96)],
            ended: None,
            decided: None,
            referred: None,
            trouble: None,
        },
        Person {
            family: "Quispe",
            given: "Milagros",
            born: "1980-12-19",
            sex: Sex::Female,
            language: Language::Spanish,
            sessions: &[75, 72, 68, 65, 61, 58],
            baseline: Some((80, (20, 13))),
            told: vec![
                told(Week, (14, 11)),
                Told {
                    left_out: 2,
                    ..told(Month, (13, 8))
                },
            ],
            entered: &[],
            ended: None,
            decided: None,
            referred: None,
            trouble: None,
        },
    ]
}
