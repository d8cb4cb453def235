//! An export of another system, made up: invented people, and a row for each way of not fitting.
//! What is expected was counted by hand from the files.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use clinical::course::screening::medicine::Use;
use clinical::course::screening::person::Reaction;
use clinical::instrument::Library;
use clinical::leaflet::Language;
use clinical::patient::{CivilDate, Sex};
use exchange::import::{
    Costs, GivenFile, Here, Kind, Known, Looked, Mapping, UnreadableMapping, look,
};
use proptest::prelude::*;
use std::path::Path;
use std::sync::LazyLock;

fn mapping(id: &str) -> Mapping {
    let shipped = Mapping::shipped().unwrap();
    shipped.into_iter().find(|one| one.id == id).unwrap()
}

fn today() -> CivilDate {
    "2026-11-30".parse().unwrap()
}

fn made_up() -> Vec<GivenFile> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import/osmind-made-up");
    let mut files: Vec<GivenFile> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| GivenFile {
            name: entry.file_name().into_string().unwrap(),
            bytes: std::fs::read(entry.path()).unwrap(),
        })
        .collect();
    files.sort_by(|one, other| one.name.cmp(&other.name));
    files
}

fn looked_with(files: &[GivenFile], known: &Known) -> Looked {
    static SHIPPED: LazyLock<(Library, Mapping)> =
        LazyLock::new(|| (Library::shipped().unwrap(), mapping("osmind")));
    let (library, mapping) = &*SHIPPED;
    look(files, mapping, library, known, today())
}

fn looked() -> Looked {
    looked_with(&made_up(), &Known::new())
}

fn file(name: &str, text: &str) -> GivenFile {
    GivenFile {
        name: name.to_owned(),
        bytes: text.as_bytes().to_vec(),
    }
}

/// The findings of a file as `line: what is said`, without what stands there.
fn said(looked: &Looked, name: &str) -> Vec<(Option<u64>, String)> {
    let findings = looked.report.findings.iter();
    findings
        .filter(|finding| finding.file == name)
        .map(|finding| (finding.line, finding.problem.says()))
        .collect()
}

#[test]
fn every_row_of_the_ten_files_is_counted_once() {
    let report = looked().report;
    let counted: Vec<_> = report
        .files
        .iter()
        .map(|tally| {
            let counts = [tally.read, tally.fit, tally.unfit, tally.ignored];
            (tally.file.as_str(), tally.kind, counts)
        })
        .collect();
    assert_eq!(
        counted,
        [
            ("Clinical Notes.csv", Some(Kind::Notes), [2, 0, 2, 0]),
            ("Diagnoses.csv", Some(Kind::Diagnoses), [3, 0, 3, 0]),
            ("Event Details.csv", Some(Kind::Visits), [2, 0, 2, 0]),
            ("Medications.csv", Some(Kind::Medicines), [5, 2, 3, 0]),
            ("Patient Allergies.csv", Some(Kind::Allergies), [5, 2, 2, 1]),
            (
                "Patient Demographics.csv",
                Some(Kind::People),
                [16, 5, 9, 2]
            ),
            (
                "Patient Social History.csv",
                Some(Kind::SocialHistory),
                [2, 0, 2, 0]
            ),
            (
                "Questionnaire Results.csv",
                Some(Kind::Scores),
                [9, 2, 6, 1]
            ),
            (
                "Questionnaires.csv",
                Some(Kind::QuestionnaireTemplates),
                [2, 0, 0, 2]
            ),
            ("Referral Contacts.csv", None, [2, 0, 2, 0]),
        ]
    );
    assert_eq!(report.rows(), (48, 11, 31, 6));
}

#[test]
fn what_fits_is_people_allergies_medicines_and_totals() {
    let looked = looked();
    let fits = looked.report.fits;
    assert_eq!(
        (fits.people, fits.allergies, fits.medicines, fits.scores),
        (5, 2, 2, 2)
    );
    let ana = &looked.people[0];
    assert_eq!(ana.record_number.as_deref(), Some("7001"));
    assert_eq!(
        (ana.family_name.as_str(), ana.given_name.as_str()),
        ("Example", "Ana")
    );
    assert_eq!(ana.birth_date.to_string(), "1984-03-02");
    assert_eq!(ana.sex, Sex::Female);
    assert_eq!(ana.contacts.email.as_deref(), Some("ana@example.org"));
    assert_eq!(
        ana.contacts.emergency_contact.as_ref().unwrap().name,
        "Sam Example"
    );
    let penicillin = &ana.allergies[0].intolerant;
    assert_eq!(penicillin.happened, "rash, hives");
    assert_eq!(penicillin.intolerance.reaction, Reaction::Allergy);
    let sertraline = &ana.medicines[0].taken;
    assert_eq!(sertraline.how, "100 mg, once a day");
    assert_eq!(sertraline.medicine.status, Use::Current);
    assert_eq!(ana.scores[0].scale, "phq-9");
    assert_eq!(ana.scores[0].filled_on.to_string(), "2026-03-01");
    let ben = &looked.people[1];
    assert_eq!(ben.contacts.language, Language::Spanish);
    assert_eq!(ben.medicines[0].taken.medicine.status, Use::Stopped);
    assert_eq!(ben.scores[0].filled_on.to_string(), "2026-01-13");
}

#[test]
fn nobody_has_agreed_to_messages_by_being_imported() {
    let looked = looked();
    let mut people = looked.people.iter();
    assert!(people.all(|person| person.contacts.channels.is_empty()));
}

#[test]
fn unknown_stays_unknown() {
    // Hazard: H24
    let looked = looked();
    let dora = looked.people.iter().find(|one| one.key == "p-004").unwrap();
    assert_eq!(dora.sex, Sex::Unknown);
    let ben = looked.people.iter().find(|one| one.key == "p-002").unwrap();
    let latex = &ben.allergies[0].intolerant.intolerance;
    assert_eq!(latex.reaction, Reaction::Unknown);
    assert_eq!(latex.is_of_the_product, None);
    let eli = looked.people.iter().find(|one| one.key == "p-005").unwrap();
    assert_eq!(eli.record_number, None);
    assert_eq!((&eli.contacts.email, &eli.contacts.mobile), (&None, &None));
}

#[test]
fn each_row_of_people_that_does_not_fit_says_why() {
    // Hazard: H02
    let begins = [
        (None, "The mapping does not read this column"),
        (Some(4), "This is no date"),
        (Some(5), "The mapping does not know this word for the sex"),
        (Some(5), "No language of ours is told"),
        (Some(6), "This is not an e-mail address."),
        (Some(6), "This is not a telephone number"),
        (Some(7), "Line 3 has the same record number."),
        (Some(8), "The row does not tell the date of birth."),
        (Some(10), "Line 2 has the same name and birth date"),
        (Some(11), "The same person stands on line 12"),
        (Some(12), "The same person stands on line 11"),
        (Some(14), "This day has not come yet."),
        (Some(15), "This is before 1900."),
        (Some(16), "An emergency contact needs a name and a number"),
        (Some(18), "The row has another number of cells"),
    ];
    let said = said(&looked(), "Patient Demographics.csv");
    assert_eq!(said.len(), begins.len(), "{said:#?}");
    for ((line, says), (at, begin)) in said.iter().zip(begins) {
        assert_eq!(*line, at, "{says}");
        assert!(says.starts_with(begin), "line {line:?}: {says}");
    }
}

#[test]
fn a_row_of_what_is_somebodys_says_why_it_does_not_fit() {
    // Hazard: H24
    let looked = looked();
    let lines = |name: &str| -> Vec<(Option<u64>, String)> {
        let said = said(&looked, name).into_iter();
        let short = said.map(|(line, says)| (line, says.chars().take(24).collect()));
        short.collect()
    };
    let expected = |lines: &[(Option<u64>, &str)]| -> Vec<(Option<u64>, String)> {
        let lines = lines.iter();
        lines
            .map(|(line, says)| (*line, (*says).to_owned()))
            .collect()
    };
    assert_eq!(
        lines("Patient Allergies.csv"),
        expected(&[
            (Some(3), "The export says that the"),
            (Some(4), "The mapping does not kno"),
            (Some(5), "The row does not tell wh"),
        ])
    );
    assert_eq!(
        lines("Medications.csv"),
        expected(&[
            (Some(3), "The row does not say in "),
            (Some(5), "The row does not say in "),
            (Some(6), "The export says that the"),
        ])
    );
    assert_eq!(
        lines("Questionnaire Results.csv"),
        expected(&[
            (None, "The mapping does not rea"),
            (Some(4), "The scale does not have "),
            (Some(5), "The mapping does not kno"),
            (Some(6), "This is not a number."),
            (Some(7), "This is no date as the m"),
            (Some(8), "The row of this person i"),
            (Some(9), "No row of people has thi"),
        ])
    );
}

#[test]
fn a_file_without_a_place_is_told_with_its_rows() {
    let report = looked().report;
    let files: Vec<(&str, u64)> = report
        .findings
        .iter()
        .filter(|finding| finding.problem.costs() == Costs::File)
        .map(|finding| (finding.file.as_str(), finding.count))
        .collect();
    assert_eq!(
        files,
        [
            ("Clinical Notes.csv", 2),
            ("Diagnoses.csv", 3),
            ("Event Details.csv", 2),
            ("Patient Social History.csv", 2),
            ("Questionnaires.csv", 2),
            ("Referral Contacts.csv", 2),
        ]
    );
}

#[test]
fn whoever_the_record_has_is_left_out_with_all_that_is_theirs() {
    // Hazard: H02
    let files = made_up();
    let first = looked_with(&files, &Known::new());
    let place = |place: usize| {
        let from = &first.people[place].from;
        (from.sha256.clone(), from.line)
    };
    let known = Known::from([
        (place(0), Here::Registered("7001".to_owned())),
        (place(1), Here::Alike("0042".to_owned())),
        (place(2), Here::NumberOfAnother),
        (place(3), Here::BroughtBefore),
    ]);
    let again = looked_with(&files, &known);
    let fits = again.report.fits;
    assert_eq!(
        (
            fits.people,
            fits.brought_before,
            fits.allergies,
            fits.medicines,
            fits.scores
        ),
        (2, 1, 0, 0, 0)
    );
    // Three people; two allergies, two medicines and two totals of theirs; and the two rows that
    // only repeated one of these.
    assert_eq!(again.report.rows(), (48, 2, 42, 4));
}

#[test]
fn bytes_that_are_no_text_are_refused_and_said_to_be_so() {
    for (bytes, begins) in [
        (
            &b"\xff\xfeP\0"[..],
            "The bytes are not read: they are UTF-16",
        ),
        (
            b"PK\x03\x04rest",
            "The bytes are not read: they are an archive",
        ),
        (
            b"a,b\n\0,c\n",
            "The bytes are not read: there is a zero byte",
        ),
        (
            b"Patient ID\n\xe9\n",
            "The bytes are not read: they are not UTF-8",
        ),
        (b"", "The file has no line of headings."),
    ] {
        let given = GivenFile {
            name: "Patient Demographics.csv".to_owned(),
            bytes: bytes.to_vec(),
        };
        let looked = looked_with(&[given], &Known::new());
        let says = looked.report.findings[0].problem.says();
        assert!(says.starts_with(begins), "{says}");
    }
}

#[test]
fn windows_1252_is_read_where_the_mapping_says_so() {
    let text = Mapping::shipped_text("osmind").unwrap();
    let text = text.replace("encoding = \"utf-8\"", "encoding = \"windows-1252\"");
    let mapping = Mapping::read(&text).unwrap();
    let given = GivenFile {
        name: "demographics.csv".to_owned(),
        bytes: b"Patient ID,First Name,Last Name,DOB\n1,Ren\xe9e,Example,01/02/1990\n".to_vec(),
    };
    let library = Library::shipped().unwrap();
    let looked = look(&[given], &mapping, &library, &Known::new(), today());
    assert_eq!(looked.people[0].given_name, "Ren\u{e9}e");
}

#[test]
fn lines_are_counted_as_an_editor_shows_them() {
    let heading = "Patient ID,First Name,Last Name,DOB";
    let row = |key: u8| format!("{key},\"A\nna\",Example,never");
    for end in ["\n", "\r\n", "\r"] {
        // The second row begins below the two lines of the first, and an empty one.
        let text = [heading, &row(1), "", &row(2), ""].join(end);
        let report = looked_with(&[file("Demographics.csv", &text)], &Known::new()).report;
        let lines: Vec<_> = report.findings.iter().map(|one| one.line).collect();
        assert_eq!(lines, [Some(2), Some(5)], "{end:?}");
    }
}

#[test]
fn a_file_without_a_needed_heading_is_left_out_with_all_rows() {
    let given = file(
        "Demographics.csv",
        "Patient ID,First Name,DOB\n1,Ana,01/02/1990\n",
    );
    let report = looked_with(&[given], &Known::new()).report;
    assert_eq!(report.rows(), (1, 0, 1, 0));
    let says = report.findings[0].problem.says();
    assert!(
        says.starts_with("No column tells the family name; understood are: last name"),
        "{says}"
    );
}

#[test]
fn a_heading_that_stands_twice_is_not_chosen_between() {
    let text = "Patient ID,First Name,Last Name,DOB,dob\n1,Ana,Example,01/02/1990,02/01/1990\n";
    let report = looked_with(&[file("Demographics.csv", text)], &Known::new()).report;
    assert_eq!(report.rows(), (1, 0, 1, 0));
    let says = report.findings[0].problem.says();
    assert!(
        says.starts_with("This heading stands there twice"),
        "{says}"
    );
}

#[test]
fn a_declared_export_is_read_by_its_declaration() {
    // The example values of the declaration: OM-10045, Jane Smith, 1985-03-14, F, en.
    let text = "patient_id,first_name,last_name,date_of_birth,sex,preferred_language\n\
                OM-10045,Jane,Smith,1985-03-14,F,en\n";
    let library = Library::shipped().unwrap();
    let files = [file("demographics.csv", text)];
    let looked = look(
        &files,
        &mapping("optimantra"),
        &library,
        &Known::new(),
        today(),
    );
    assert!(looked.report.findings.is_empty(), "{}", looked.report);
    assert_eq!(looked.people[0].record_number.as_deref(), Some("OM-10045"));
    assert_eq!(looked.people[0].birth_date.to_string(), "1985-03-14");
}

#[test]
fn a_mapping_outside_of_the_closed_vocabulary_is_refused() {
    let shipped = Mapping::shipped_text("osmind").unwrap();
    let wrong = |from: &str, to: &str| {
        assert!(shipped.contains(from), "{from}");
        Mapping::read(&shipped.replace(from, to)).unwrap_err()
    };
    assert_eq!(
        wrong(
            "\"month/day/year\"]",
            "\"month/day/year\", \"day/month/year\"]"
        ),
        UnreadableMapping::DatesOfTwoWays
    );
    assert!(matches!(
        wrong("other = [\"other\"", "neither = [\"other\""),
        UnreadableMapping::Key { table: "sex", .. }
    ));
    assert!(matches!(
        wrong("male = [\"male\", \"m\"", "male = [\"male\", \"f\""),
        UnreadableMapping::WordTwice { table: "sex", .. }
    ));
    assert!(matches!(
        wrong("substance = [", "medicine = ["),
        UnreadableMapping::ForeignField {
            kind: "allergies",
            ..
        }
    ));
    assert!(matches!(
        wrong(
            "family_name = [\"last name\", \"patient last name\", \"family name\"]\n",
            ""
        ),
        UnreadableMapping::FieldMissing { kind: "people", .. }
    ));
    assert!(matches!(
        wrong("kind = \"people\"", "kind = \"persons\""),
        UnreadableMapping::Shape(_)
    ));
}

#[test]
fn every_scale_of_a_shipped_mapping_is_one_that_we_have() {
    let library = Library::shipped().unwrap();
    for mapping in Mapping::shipped().unwrap() {
        for scale in mapping.scales() {
            assert!(library.named(scale).is_some(), "{}: {scale}", mapping.id);
        }
    }
}

#[test]
fn the_report_shows_no_sign_that_moves_a_cursor() {
    let text = "Patient ID,First Name,Last Name,DOB\n1,Ana,Example,\x1b[2J\x07\n";
    let report = looked_with(&[file("Demographics.csv", text)], &Known::new()).report;
    let shown = report.to_string();
    assert!(
        !shown.contains('\x1b') && !shown.contains('\x07'),
        "{shown}"
    );
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("1".to_owned()),
        Just("P-001".to_owned()),
        Just("01/02/1990".to_owned()),
        Just("PHQ-9".to_owned()),
        Just("active".to_owned()),
        "[a-z\"\n, ]{0,6}",
    ]
}

proptest! {
    /// Rows read are rows that fit, that do not, and that say nothing, for any cells.
    #[test]
    fn no_row_is_lost(
        rows in prop::collection::vec(prop::collection::vec(word(), 0..8), 0..20),
        more in prop::collection::vec(prop::collection::vec(word(), 4..6), 0..20),
        repeated in any::<bool>(),
    ) {
        let table = |heading: &str, rows: &[Vec<String>]| {
            let lines = rows.iter().map(|row| {
                let quote = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
                row.iter().map(quote).collect::<Vec<_>>().join(",")
            });
            let all: Vec<String> = std::iter::once(heading.to_owned()).chain(lines).collect();
            all.join("\n")
        };
        let mut files = vec![
            file("Demographics.csv", &table("Patient ID,First Name,Last Name,DOB,MRN", &rows)),
            file("Allergies.csv", &table("Patient ID,Allergen,Reaction,Type", &more)),
            file("Medications.csv", &table("Patient ID,Medication,Status,End Date", &more)),
            file("Questionnaire Scores.csv", &table("Patient ID,Questionnaire,Score,Date Completed", &more)),
            file("Else.csv", &table("a,b", &rows)),
        ];
        if repeated {
            files.push(files[0].clone());
        }
        let looked = looked_with(&files, &Known::new());
        for tally in &looked.report.files {
            prop_assert_eq!(tally.read, tally.fit + tally.unfit + tally.ignored);
        }
        prop_assert_eq!(looked.report.files.len(), files.len());
        let fits = looked.report.fits;
        let (read, fit, ..) = looked.report.rows();
        prop_assert_eq!(fit, fits.people + fits.allergies + fits.medicines + fits.scores);
        // A line without any cell is no row to the reader of CSV.
        let written = |rows: &[Vec<String>]| rows.iter().filter(|row| !row.is_empty()).count();
        let once = 2 * written(&rows) + 3 * written(&more);
        let again = if repeated { written(&rows) } else { 0 };
        prop_assert_eq!(read, (once + again) as u64);
    }

    /// Any bytes under any name are told of, and nothing panics.
    #[test]
    fn any_bytes_are_looked_at(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        place in 0_usize..6,
    ) {
        let names = ["Demographics.csv", "Allergies.csv", "x.csv", "", ".", "Notes.pdf"];
        let given = GivenFile { name: names[place].to_owned(), bytes };
        let looked = looked_with(&[given], &Known::new());
        prop_assert!(looked.people.is_empty());
        prop_assert_eq!(looked.report.files.len(), 1);
        prop_assert!(!looked.report.findings.is_empty() || looked.report.rows().0 == 0);
        let shown = looked.report.to_string();
        prop_assert!(shown.contains("Would be brought"));
    }

    /// Any text is a mapping or is refused.
    #[test]
    fn any_text_is_a_mapping_or_is_refused(text in "\\PC{0,200}") {
        prop_assert!(Mapping::read(&text).is_err());
    }
}
