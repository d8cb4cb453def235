//! Our tokenizer against another library's, on every message of the corpus.

use super::messages;
use exchange::hl7v2::message::Message;

#[test]
fn another_librarys_parser_finds_the_same_fields_components_and_subcomponents() {
    let mut compared = 0;
    for (name, bytes) in messages() {
        let text = String::from_utf8(bytes).expect("text");
        let ours = Message::read(&text).expect("reads");
        let theirs = hl7_parser::Message::parse(text.trim_end_matches('\r')).expect("reads");
        let mut segments = ours.segments();
        for other in theirs.segments() {
            let segment = segments.next().expect("as many segments");
            assert_eq!(segment.name(), other.name, "{name}");
            for (index, field) in other.fields().enumerate() {
                // They count MSH-1 and MSH-2 as fields, as the standard does.
                let number = index + 1;
                if segment.name() == "MSH" && number <= 2 {
                    continue;
                }
                let own = segment.field(number);
                assert_eq!(
                    own.raw(),
                    field.raw_value(),
                    "{name} {}-{number}",
                    segment.name()
                );
                for (repetition, their_repetition) in own.repetitions().zip(field.repeats()) {
                    assert_eq!(repetition.raw(), their_repetition.raw_value());
                    for (at, component) in their_repetition.components().enumerate() {
                        let ours = repetition.component(at + 1);
                        assert_eq!(ours.raw(), component.raw_value());
                        for (place, part) in component.subcomponents().enumerate() {
                            assert_eq!(ours.subcomponent(place + 1).raw(), part.raw_value());
                            compared += 1;
                        }
                    }
                }
                assert_eq!(own.repetitions().count(), field.repeats().count().max(1));
            }
        }
        assert!(segments.next().is_none(), "{name}");
    }
    assert!(compared > 500, "{compared}");
}

#[test]
fn another_librarys_escapes_mean_the_same() {
    let separators = hl7_parser::message::Separators::default();
    for text in [
        "plain",
        "a|b",
        "a^b",
        "a&b",
        "a~b",
        "a\\b",
        "O'Hara & Söhne",
        "~^&|\\",
        "line\rend",
        "",
    ] {
        let encoded = separators.encode(text).to_string();
        let message = format!("MSH|^~\\&|{encoded}");
        let ours = Message::read(&message).expect("reads");
        let header = ours.segments().next().expect("a header");
        assert_eq!(header.field(3).unescaped(), text, "{encoded}");
    }
}
