//! The tables of a research export. What is not declared here does not leave the house.
//!
//! Every column is a number, a day that was moved, or a word of a closed list. No column holds words
//! that somebody typed.

use super::table::{Column, Holds, Table};

/// What stands for something that too few people share.
pub const WITHHELD: &str = "withheld";

/// The furthest that a day may lie from the first drug, in days: a century.
const FAR: i64 = 36_600;

/// The furthest that something of a session may lie from its first drug, in seconds: a week.
const FAR_SECONDS: i64 = 604_800;

const NEVER: &str = "";
const NO_DRUG: &str = "no drug was ever given";
const NOT_MEASURED: &str = "not measured";

const fn column(
    name: &'static str,
    says: &'static str,
    holds: Holds,
    source: &'static str,
    empty_when: &'static str,
) -> Column {
    Column {
        name,
        says,
        holds,
        unit: "",
        source,
        empty_when,
    }
}

const fn measured(name: &'static str, says: &'static str, unit: &'static str) -> Column {
    Column {
        name,
        says,
        holds: Holds::Decimal { places: 2 },
        unit,
        source: "vital signs as charted, with corrections; rounded to 2 places",
        empty_when: NOT_MEASURED,
    }
}

const fn amount(
    name: &'static str,
    says: &'static str,
    unit: &'static str,
    source: &'static str,
    empty_when: &'static str,
) -> Column {
    Column {
        name,
        says,
        holds: Holds::Decimal { places: 2 },
        unit,
        source,
        empty_when,
    }
}

const PERSON: Column = column(
    "person",
    "The person’s number in this export",
    Holds::Person,
    "HMAC-SHA-256 of the record’s identity; records that were merged are one person",
    NEVER,
);

const ON: Column = column(
    "on",
    "The day",
    Holds::MovedDay,
    "the day in the clinic’s time zone, moved back by whole weeks that are the same for all of a person",
    NEVER,
);

const DAY: Column = Column {
    name: "day",
    says: "Days since the person’s first drug; negative before it",
    holds: Holds::Whole {
        from: -FAR,
        to: FAR,
    },
    unit: "d",
    source: "exact: moving days does not change it",
    empty_when: NO_DRUG,
};

const fn numbered(name: &'static str, says: &'static str) -> Column {
    column(
        name,
        says,
        Holds::Whole {
            from: 1,
            to: 1_000_000,
        },
        "counted within the person in order of time",
        NEVER,
    )
}

const SESSION: Column = numbered("session", "Which of the person’s visits, from 1");

const SECONDS: Column = Column {
    name: "seconds",
    says: "Seconds since the first drug of the session; negative before it",
    holds: Holds::Whole {
        from: -FAR_SECONDS,
        to: FAR_SECONDS,
    },
    unit: "s",
    source: "when it happened, as charted",
    empty_when: "no drug was given in the session",
};

/// Products.
pub const PRODUCTS: &[&str] = &["racemic-ketamine", "esketamine"];

/// Routes.
pub const ROUTES: &[&str] = &[
    "intravenous",
    "intramuscular",
    "subcutaneous",
    "intranasal",
    "oral",
    "sublingual",
];

/// How a visit stands.
pub const STAGES: &[&str] = &[
    "planned",
    "preparation",
    "infusion",
    "paused",
    "stopped",
    "observation",
    "discharged",
    "cancelled",
    "signed",
];

/// Why the giving of a drug ended.
pub const STOPS: &[&str] = &["completed", "safety", "person-asked", "other"];

/// What was rated in the room.
pub const RATED: &[&str] = &[
    "sedation",
    "distress",
    "dissociation",
    "body",
    "surroundings",
    "time",
    "imagery",
    "emotion",
    "fear",
    "calm",
    "insight",
    "nausea",
    "pain",
];

/// How severe an adverse event was.
pub const GRADES: &[&str] = &[
    "mild",
    "moderate",
    "severe",
    "life-threatening",
    "death",
    WITHHELD,
];

/// What makes an adverse event serious.
pub const CRITERIA: &[&str] = &[
    "death",
    "life-threatening",
    "hospitalisation",
    "disability",
    "congenital-anomaly",
    "other-important",
    WITHHELD,
];

/// Whether the medicine caused it.
pub const RELATED: &[&str] = &["unrelated", "unlikely", "possible", "probable", "certain"];

/// What became of the person.
pub const BECAME: &[&str] = &[
    "recovered",
    "recovering",
    "not-recovered",
    "lasting-effects",
    "died",
    "not-known",
    WITHHELD,
];

/// Whether it is in the product's list.
pub const EXPECTED: &[&str] = &["not-known", "listed", "not-listed"];

/// Where a scale was answered.
pub const OCCASIONS: &[&str] = &["history", "contact", "staff"];

/// What a scale came to.
pub const CAME_TO: &[&str] = &[
    "complete",
    "estimated",
    "answered",
    "incomplete",
    "declined",
];

/// How an item was answered, where it is not by an option's name.
pub const NOT_CHOSEN: &[&str] = &["number", "not-sure", "declined"];

/// People.
pub const PEOPLE: Table = Table {
    name: "people",
    one_row: "a person",
    order: "the person’s number, which tells nothing",
    columns: &[
        PERSON,
        column(
            "sex",
            "Administrative sex",
            Holds::OneOf(&["female", "male", "other", "unknown", WITHHELD]),
            "registration; withheld where too few share it",
            NEVER,
        ),
        column(
            "age_band",
            "Age at the first fact in this export, in years",
            Holds::AgeBand,
            "birth date; withheld where too few share sex and band",
            NEVER,
        ),
        column(
            "sessions",
            "Visits at which a drug was given",
            Holds::Whole {
                from: 0,
                to: 100_000,
            },
            "sessions",
            NEVER,
        ),
        column(
            "first_drug_on",
            "The day of the first drug",
            Holds::MovedDay,
            "sessions, moved as every day of the person",
            NO_DRUG,
        ),
    ],
};

/// Visits.
pub const SESSIONS: Table = Table {
    name: "sessions",
    one_row: "a visit that was planned, whatever became of it",
    order: "person, session",
    columns: &[
        PERSON,
        SESSION,
        ON,
        DAY,
        column(
            "product",
            "What was ordered",
            Holds::OneOf(PRODUCTS),
            "the order as it stood last",
            NEVER,
        ),
        column(
            "route",
            "By which route",
            Holds::OneOf(ROUTES),
            "the order as it stood last",
            NEVER,
        ),
        column(
            "stage",
            "How the visit stands",
            Holds::OneOf(STAGES),
            "the session",
            NEVER,
        ),
        amount(
            "planned_mg",
            "The ordered dose",
            "mg",
            "the order as it stood last",
            NEVER,
        ),
        amount(
            "planned_mg_per_kg",
            "The ordered dose for each kilogram of the weight it was reckoned with",
            "mg/kg",
            "the order; rounded to 2 places",
            "it is not a plausible dose",
        ),
        amount(
            "given_mg",
            "The dose that went in",
            "mg",
            "derived from rates, pauses, boluses and doses as they stand; rounded to 2 places",
            "no drug was given, or how much went in is not known",
        ),
        amount(
            "given_mg_per_kg",
            "The same for each kilogram",
            "mg/kg",
            "derived; rounded to 2 places",
            "no drug was given, or how much went in is not known",
        ),
        Column {
            name: "minutes",
            says: "Whole minutes from the first drug to its end, pauses included",
            holds: Holds::Whole {
                from: 0,
                to: FAR_SECONDS,
            },
            unit: "min",
            source: "the session",
            empty_when: "no drug was given, or its end is not charted",
        },
        column(
            "ended",
            "Why the giving ended",
            Holds::OneOf(STOPS),
            "the session",
            "no drug was given, or its end is not charted",
        ),
        Column {
            name: "minutes_to_leaving",
            says: "Whole minutes from the end of the drug until the person left",
            holds: Holds::Whole {
                from: 0,
                to: FAR_SECONDS,
            },
            unit: "min",
            source: "the session",
            empty_when: "one of the two is not charted",
        },
    ],
};

/// Vital signs.
pub const VITAL_SIGNS: Table = Table {
    name: "vital_signs",
    one_row: "a set of vital signs charted in a session, without what was struck or marked as an artefact",
    order: "person, session, seconds",
    columns: &[
        PERSON,
        SESSION,
        SECONDS,
        column(
            "by",
            "Read by hand, or sent by a device",
            Holds::OneOf(&["hand", "device"]),
            "the entry",
            NEVER,
        ),
        measured("systolic", "Systolic pressure by cuff", "mm[Hg]"),
        measured("diastolic", "Diastolic pressure by cuff", "mm[Hg]"),
        measured("mean_pressure", "Mean pressure by cuff", "mm[Hg]"),
        measured("heart_rate", "Heart rate", "/min"),
        measured("respiratory_rate", "Respiratory rate", "/min"),
        measured(
            "oxygen_saturation",
            "Oxygen saturation by pulse oximetry",
            "%",
        ),
        measured(
            "end_tidal_carbon_dioxide",
            "End-tidal carbon dioxide",
            "mm[Hg]",
        ),
        measured("temperature", "Body temperature", "Cel"),
    ],
};

/// Ratings in the room.
pub const RATINGS: Table = Table {
    name: "ratings",
    one_row: "one rating charted in a session, without what was struck",
    order: "person, session, seconds",
    columns: &[
        PERSON,
        SESSION,
        SECONDS,
        column(
            "what",
            "What was rated: sedation by MOAA/S (5 awake, 0 no answer to pain); all others 0 to 10",
            Holds::OneOf(RATED),
            "the entry",
            NEVER,
        ),
        column(
            "points",
            "The rating",
            Holds::Whole { from: 0, to: 10 },
            "the entry as it stands",
            NEVER,
        ),
    ],
};

const SHEET: Column = numbered("sheet", "Which of the person’s filled-in scales, from 1");

const SCALE: Column = column(
    "scale",
    "Which scale",
    Holds::Word("the name of a file in instruments/"),
    "the sheet",
    NEVER,
);

const VERSION: Column = column(
    "version",
    "Which version of the scale’s file",
    Holds::Whole {
        from: 0,
        to: 10_000,
    },
    "the sheet; of a history, the version that the program ships",
    NEVER,
);

/// Answers.
pub const ANSWERS: Table = Table {
    name: "answers",
    one_row: "one answer to one question of a scale, without sheets that were struck",
    order: "person, sheet, the question’s place in the scale",
    columns: &[
        PERSON,
        SHEET,
        ON,
        DAY,
        SCALE,
        VERSION,
        column(
            "item",
            "Which question",
            Holds::Word("the question’s name in the scale’s file"),
            "the sheet",
            NEVER,
        ),
        column(
            "answer",
            "The option that was chosen; number where a number was given; not-sure; declined",
            Holds::Word("an option’s name in the scale’s file, or number, not-sure, declined"),
            "the sheet",
            NEVER,
        ),
        column(
            "points",
            "What the answer counts",
            Holds::Decimal { places: 6 },
            "the scale’s file, or the number that was given",
            "not-sure and declined count nothing, and options without points",
        ),
    ],
};

/// Scores.
pub const SCORES: Table = Table {
    name: "scores",
    one_row: "a scale at one time, without sheets that were struck",
    order: "person, sheet",
    columns: &[
        PERSON,
        SHEET,
        ON,
        DAY,
        column(
            "occasion",
            "In the history before treatment, after a contact, or entered by staff",
            Holds::OneOf(OCCASIONS),
            "the sheet",
            NEVER,
        ),
        SCALE,
        VERSION,
        column(
            "came_to",
            "Whether there is a score; estimated: a missing answer counts as the mean of the others; answered: every question, of a scale that is never added up",
            Holds::OneOf(CAME_TO),
            "the scale’s file and its rule for missing answers",
            NEVER,
        ),
        column(
            "points",
            "The principal score",
            Holds::Decimal { places: 6 },
            "the scale’s file",
            "incomplete, declined, or a scale without a principal score",
        ),
    ],
};

/// Side effects.
pub const SIDE_EFFECTS: Table = Table {
    name: "side_effects",
    one_row: "a side effect that a person reported after a session",
    order: "person, report, effect",
    columns: &[
        PERSON,
        numbered("report", "Which of the person’s reports, from 1"),
        ON,
        DAY,
        column(
            "effect",
            "Which",
            Holds::Word("a term of policies/side-effects.toml"),
            "the report",
            NEVER,
        ),
        column(
            "severity",
            "How bad, as the person grades it",
            Holds::OneOf(&["mild", "moderate", "severe"]),
            "the report",
            "not said",
        ),
        column(
            "began",
            "When it began",
            Holds::OneOf(&["session", "evening", "next-day", "later"]),
            "the report",
            "not said",
        ),
        column(
            "lasted",
            "How long",
            Holds::OneOf(&["minutes", "hours", "days", "still"]),
            "the report",
            "not said",
        ),
    ],
};

/// Adverse events.
pub const ADVERSE_EVENTS: Table = Table {
    name: "adverse_events",
    one_row: "an adverse event of a session, without those that were struck",
    order: "person, event",
    columns: &[
        PERSON,
        numbered("event", "Which of the person’s adverse events, from 1"),
        SESSION,
        ON,
        DAY,
        column(
            "entered",
            "From an emergency card in the room, or by staff afterwards",
            Holds::OneOf(&["card", "staff"]),
            "the event",
            NEVER,
        ),
        column(
            "severity",
            "How severe; withheld where too few people share it",
            Holds::OneOf(GRADES),
            "the event",
            NEVER,
        ),
        column(
            "criteria",
            "What makes it serious; each is withheld where too few people share it",
            Holds::SomeOf(CRITERIA),
            "the event",
            "it was checked and is not serious",
        ),
        column(
            "expected",
            "Whether it is in the product’s list",
            Holds::OneOf(EXPECTED),
            "the event",
            NEVER,
        ),
        column(
            "related",
            "Whether the medicine caused it",
            Holds::OneOf(RELATED),
            "the event",
            NEVER,
        ),
        column(
            "outcome",
            "What became of the person; withheld where too few people share it",
            Holds::OneOf(BECAME),
            "the event",
            NEVER,
        ),
    ],
};

/// Outcomes.
pub const OUTCOMES: Table = Table {
    name: "outcomes",
    one_row: "what one definition found for one person by one scale",
    order: "person, scale, definition",
    columns: &[
        PERSON,
        SCALE,
        VERSION,
        column(
            "definition",
            "Which definition: a change of the scale’s file, or relapse",
            Holds::Word("a change’s name in the scale’s file, or relapse"),
            "the definitions in docs/outcomes.md",
            NEVER,
        ),
        column(
            "found",
            "By the newest score; of relapse, whether there was one",
            Holds::OneOf(&["met", "not-met", "not-known"]),
            "derived from the scores",
            NEVER,
        ),
        column(
            "not_known_because",
            "Why it cannot be said",
            Holds::OneOf(&[
                "no-session",
                "no-baseline",
                "no-score-since",
                "baseline-of-zero",
                "no-remission",
                "one-score",
            ]),
            "derived from the scores",
            "it can be said",
        ),
        column(
            "first_met_on",
            "The day on which it was met for the first time since the first drug",
            Holds::MovedDay,
            "derived from the scores",
            "never met",
        ),
        column(
            "met_at_baseline",
            "The score before treatment met it already",
            Holds::Flag,
            "derived from the scores",
            "relapse",
        ),
    ],
};

/// Every table.
pub const TABLES: [&Table; 9] = [
    &PEOPLE,
    &SESSIONS,
    &VITAL_SIGNS,
    &RATINGS,
    &ANSWERS,
    &SCORES,
    &SIDE_EFFECTS,
    &ADVERSE_EVENTS,
    &OUTCOMES,
];
