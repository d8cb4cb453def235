//! One day of the book: chairs as columns, time as rows, and who waits for a chair.

use super::around::Around;
use super::clock_face::ClockFace;
use crate::book::DayFrame;
use askama::Template;
use clinical::clinic::Room;
use clinical::course::booking::{Booked, DayBook, Place, Standing, Stretch, Visit};
use clinical::patient::CivilDate;
use clinical::record::PatientId;
use std::collections::BTreeMap;
use units::{Moment, Span};

/// A day, as the page is given it.
pub struct DayView<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// The day's hours.
    pub frame: &'a DayFrame,
    /// What is booked.
    pub book: &'a DayBook,
    /// The clinic's rooms.
    pub rooms: &'a [Room],
    /// The names of everybody on the page.
    pub names: &'a BTreeMap<PatientId, String>,
    /// Between two people in the same chair.
    pub cleaning: Span,
    /// Between two possible beginnings.
    pub grid: Span,
    /// The free chairs that fit those who wait, by entry: place, beginning.
    pub fitting: &'a BTreeMap<String, Vec<(Place, Moment)>>,
    /// The viewer books.
    pub may_book: bool,
    /// The viewer sets hours.
    pub may_set: bool,
}

#[derive(Template)]
#[template(path = "day_view.html")]
struct Page<'a> {
    around: Around<'a>,
    title: String,
    date: CivilDate,
    before: CivilDate,
    after: CivilDate,
    says: String,
    step: i64,
    columns: Vec<String>,
    rows: Vec<Row>,
    gone: Vec<(String, String)>,
    waiting: Vec<WaitingLine>,
    may_book: bool,
    may_set: bool,
}

struct Row {
    time: String,
    /// The row says its time: on whole and half hours.
    labelled: bool,
    hour: bool,
    cells: Vec<Cell>,
}

struct Cell {
    span: usize,
    class: &'static str,
    time: String,
    says: String,
    more: String,
    link: Option<String>,
}

struct WaitingLine {
    entry: String,
    patient: String,
    link: String,
    name: String,
    says: String,
    offered: Option<String>,
    chairs: Vec<(String, String, String)>,
}

/// What fills a stretch of a chair's day.
enum Filling<'a> {
    Visit(&'a Visit, &'a Standing),
    Cleaning,
    Kept,
    Free,
    Closed,
}

impl DayView<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let clock = self.around.clock();
        let date = self.frame.date;
        let places = Place::all(self.rooms);
        super::written(&Page {
            around: self.around,
            title: clock.weekday(self.frame.whole.from),
            date,
            before: date.plus_days(-1),
            after: date.plus_days(1),
            says: self.says(&clock),
            step: self.grid.minutes(),
            columns: places
                .iter()
                .map(|place| format!("Room {}", place.name_in(self.rooms)))
                .collect(),
            rows: self.rows(&clock, &places),
            gone: self.gone(&clock),
            waiting: self.waiting(&clock),
            may_book: self.may_book,
            may_set: self.may_set,
        })
    }

    fn says(&self, clock: &ClockFace<'_>) -> String {
        let hours = match self.frame.open.as_deref() {
            None => "Opening hours are not set for this day.".to_owned(),
            Some([]) => "The clinic is closed.".to_owned(),
            Some(open) => {
                let said: Vec<String> = open
                    .iter()
                    .map(|open| {
                        if open.until - open.from >= self.frame.whole.until - self.frame.whole.from
                        {
                            "all day".to_owned()
                        } else {
                            format!("{} to {}", clock.time(open.from), clock.time(open.until))
                        }
                    })
                    .collect();
                format!("Open {}.", said.join(" and "))
            }
        };
        let staff = match self.frame.staff {
            None => "Nobody has said who is on duty.".to_owned(),
            Some(count) => format!("{count} on duty."),
        };
        let length = self.frame.whole.until - self.frame.whole.from;
        let changed = if length == Span::from_hours(24) {
            ""
        } else {
            " The clock is changed on this day."
        };
        let count = self.book.standing().count();
        format!("{hours} {staff} {count} booked.{changed}")
    }

    /// The hours of the day and whatever is booked outside them since they were changed.
    fn shown(&self) -> Option<Stretch> {
        let open = self.frame.open.iter().flatten().copied();
        let booked = self.book.standing().map(Visit::presence);
        let all: Vec<Stretch> = open.chain(booked).collect();
        Some(Stretch {
            from: all.iter().map(|one| one.from).min()?,
            until: all.iter().map(|one| one.until).max()?,
        })
    }

    fn rows(&self, clock: &ClockFace<'_>, places: &[Place]) -> Vec<Row> {
        let Some(shown) = self.shown() else {
            return Vec::new();
        };
        let grid = self.grid.max(Span::from_minutes(1));
        let mut steps = Vec::new();
        let mut at = shown.from;
        while at < shown.until {
            steps.push(at);
            at = at + grid;
        }
        let mut rows: Vec<Row> = steps
            .iter()
            .map(|step| {
                let time = clock.time(*step);
                Row {
                    labelled: time.ends_with(":00") || time.ends_with(":30"),
                    hour: time.ends_with(":00"),
                    time,
                    cells: Vec::new(),
                }
            })
            .collect();
        for place in places {
            for (first, span, filling) in self.filled(place, &steps, grid) {
                let from = steps[first];
                let until = from + Span::from_microseconds(grid.microseconds() * cell_count(span));
                let cell = self.cell(clock, place, (from, until), span, &filling);
                if let Some(row) = rows.get_mut(first) {
                    row.cells.push(cell);
                }
            }
        }
        rows
    }

    /// A chair's day as stretches of whole rows, each with what fills it.
    fn filled<'b>(
        &'b self,
        place: &Place,
        steps: &[Moment],
        grid: Span,
    ) -> Vec<(usize, usize, Filling<'b>)> {
        let mut stretches: Vec<(usize, usize, Filling<'b>)> = Vec::new();
        for (number, step) in steps.iter().enumerate() {
            let row = Stretch::of(*step, grid);
            let filling = self.filling(place, row);
            let same = match (stretches.last(), &filling) {
                (Some((_, _, Filling::Visit(before, _))), Filling::Visit(now, _)) => {
                    before.visit == now.visit
                }
                (Some((_, _, Filling::Cleaning)), Filling::Cleaning)
                | (Some((_, _, Filling::Kept)), Filling::Kept)
                | (Some((_, _, Filling::Free)), Filling::Free)
                | (Some((_, _, Filling::Closed)), Filling::Closed) => true,
                (
                    None
                    | Some((
                        _,
                        _,
                        Filling::Visit(..)
                        | Filling::Cleaning
                        | Filling::Kept
                        | Filling::Free
                        | Filling::Closed,
                    )),
                    _,
                ) => false,
            };
            match stretches.last_mut() {
                Some((_, span, _)) if same => *span += 1,
                Some(_) | None => stretches.push((number, 1, filling)),
            }
        }
        stretches
    }

    fn filling(&self, place: &Place, row: Stretch) -> Filling<'_> {
        let here =
            |booked: &&Booked| booked.standing.holds_the_chair() && booked.visit.place == *place;
        let visits = || self.book.visits.values().filter(here);
        if let Some(booked) = visits().find(|booked| booked.visit.presence().overlaps(row)) {
            return Filling::Visit(&booked.visit, &booked.standing);
        }
        let cleaned =
            |booked: &&Booked| Stretch::of(booked.visit.ends(), self.cleaning).overlaps(row);
        if visits().any(|booked| cleaned(&booked)) {
            return Filling::Cleaning;
        }
        let kept = self
            .book
            .offers_at(self.around.now)
            .any(|(_, offered, presence)| offered.place == *place && presence.overlaps(row));
        if kept {
            return Filling::Kept;
        }
        let open = self.frame.open.iter().flatten().any(|open| open.holds(row));
        if open { Filling::Free } else { Filling::Closed }
    }

    fn cell(
        &self,
        clock: &ClockFace<'_>,
        place: &Place,
        (from, until): (Moment, Moment),
        span: usize,
        filling: &Filling<'_>,
    ) -> Cell {
        let plain = |class, says: &str| Cell {
            span,
            class,
            time: String::new(),
            says: says.to_owned(),
            more: String::new(),
            link: None,
        };
        match filling {
            Filling::Visit(visit, standing) => Cell {
                span,
                class: "slot is-visit",
                time: format!("{}–{}", clock.time(visit.starts), clock.time(visit.ends())),
                says: self.name(visit.patient),
                more: match standing {
                    Standing::Done => "done".to_owned(),
                    Standing::Booked
                    | Standing::MovedAway { .. }
                    | Standing::Cancelled { .. }
                    | Standing::Missed => drug_says(visit),
                },
                link: Some(format!("/visits/{}", visit.visit)),
            },
            Filling::Cleaning => plain("slot is-cleaning", "cleaning"),
            Filling::Kept => plain("slot is-kept", "offered"),
            Filling::Closed => plain("slot is-closed", "closed"),
            Filling::Free if !self.may_book || until <= self.around.now => {
                plain("slot is-free", "free")
            }
            Filling::Free => Cell {
                span,
                class: "slot is-free",
                time: format!("{}–{}", clock.time(from), clock.time(until)),
                says: "free".to_owned(),
                more: String::new(),
                link: Some(format!(
                    "/calendar/slot?day={}&time={}&chair={}",
                    self.frame.date,
                    clock.time(from.max(self.around.now).start_of(self.grid)),
                    place_value(place)
                )),
            },
        }
    }

    fn name(&self, patient: PatientId) -> String {
        self.names
            .get(&patient)
            .cloned()
            .unwrap_or_else(|| "name not known".to_owned())
    }

    fn gone(&self, clock: &ClockFace<'_>) -> Vec<(String, String)> {
        self.book
            .visits
            .values()
            .filter_map(|booked| {
                let what = match &booked.standing {
                    Standing::Booked | Standing::Done => return None,
                    Standing::MovedAway { to } => format!("moved to {to}"),
                    Standing::Cancelled { reason } => format!("cancelled: {reason}"),
                    Standing::Missed => "did not come".to_owned(),
                };
                let says = format!(
                    "{} {}, {what}",
                    clock.time(booked.visit.starts),
                    self.name(booked.visit.patient)
                );
                Some((format!("/visits/{}", booked.visit.visit), says))
            })
            .collect()
    }

    fn waiting(&self, clock: &ClockFace<'_>) -> Vec<WaitingLine> {
        self.book
            .waiters()
            .map(|waiter| {
                let waiting = &waiter.waiting;
                let entry = waiting.entry.to_string();
                let offered = waiter.offered.as_ref().map(|offered| {
                    let what = format!(
                        "{} at {}",
                        offered.place.name_in(self.rooms),
                        clock.time(offered.starts)
                    );
                    if offered.declined {
                        format!("Said no to room {what}.")
                    } else if offered.is_open(self.around.now) {
                        let until = clock.when(offered.answer_by);
                        format!("Was offered room {what}; may answer until {until}.")
                    } else {
                        format!("Was offered room {what} and did not answer in time.")
                    }
                });
                let asked = waiter
                    .offered
                    .as_ref()
                    .is_some_and(|offered| offered.is_open(self.around.now));
                let chairs = self.fitting.get(&entry).filter(|_| !asked);
                WaitingLine {
                    patient: waiting.patient.to_string(),
                    link: format!("/patients/{}/course", waiting.patient),
                    name: self.name(waiting.patient),
                    says: format!(
                        "could come from {} until {}, for {}",
                        clock.time(waiting.could_come.from),
                        clock.time(waiting.could_come.until),
                        waiting.treatment + waiting.recovery
                    ),
                    offered,
                    chairs: chairs
                        .into_iter()
                        .flatten()
                        .map(|(place, starts)| {
                            (
                                place_value(place),
                                starts.to_string(),
                                format!(
                                    "room {}, {}",
                                    place.name_in(self.rooms),
                                    clock.time(*starts)
                                ),
                            )
                        })
                        .collect(),
                    entry,
                }
            })
            .collect()
    }
}

fn cell_count(span: usize) -> i64 {
    i64::try_from(span).unwrap_or(1)
}

/// A chair as the value of a form: the number first, since a room's name may hold anything.
pub fn place_value(place: &Place) -> String {
    let room: String = place
        .room
        .bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() {
                char::from(byte).to_string()
            } else {
                format!("~{byte:02x}")
            }
        })
        .collect();
    format!("{}.{room}", place.chair)
}

/// What is given and how, in a few words.
pub fn drug_says(visit: &Visit) -> String {
    use clinical::course::screening::person::{Product, Route};
    match (visit.product, visit.route) {
        (Product::Esketamine, _) => "esketamine, nose".to_owned(),
        (Product::Racemic, route) => format!(
            "ketamine, {}",
            match route {
                Route::Intravenous => "vein",
                Route::Intramuscular => "muscle",
                Route::Subcutaneous => "under the skin",
                Route::Intranasal => "nose",
                Route::Oral => "mouth",
                Route::Sublingual => "under the tongue",
            }
        ),
    }
}

/// Samples that other pages' samples start from.
pub mod sample {
    use super::{DayFrame, Stretch, Visit};
    use clinical::course::booking::Place;
    use clinical::course::screening::person::{Product, Route};
    use clinical::record::{PatientId, SessionId};
    use units::{Moment, Span};
    use uuid::Uuid;

    fn at(hour: i64) -> Moment {
        // Midnight of 21 November 2025 in universal time.
        Moment::from_microseconds(1_763_683_200_000_000) + Span::from_hours(hour)
    }

    /// A Friday, open from eight until six.
    pub fn frame() -> Option<DayFrame> {
        Some(DayFrame {
            date: "2025-11-21".parse().ok()?,
            whole: Stretch {
                from: at(0),
                until: at(24),
            },
            open: Some(vec![Stretch {
                from: at(8),
                until: at(18),
            }]),
            staff: Some(4),
        })
    }

    /// An infusion at nine in room 1.
    pub fn visit() -> Visit {
        Visit {
            visit: SessionId(Uuid::from_u128(0x51)),
            patient: PatientId(Uuid::from_u128(0x50)),
            place: Place {
                room: "1".to_owned(),
                chair: 1,
            },
            product: Product::Racemic,
            route: Route::Intravenous,
            starts: at(9),
            treatment: Span::from_minutes(55),
            recovery: Span::from_minutes(60),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clinical::course::booking::CalendarEvent;

    fn html(open: Option<Vec<Stretch>>) -> String {
        let frame = DayFrame {
            open,
            ..sample::frame().unwrap()
        };
        let mut book = DayBook::default();
        book.apply(&CalendarEvent::VisitBooked {
            visit: sample::visit(),
        });
        let rooms = [1_u8, 2].map(|position| Room {
            name: position.to_string(),
            position: position.into(),
            chairs: 1,
        });
        DayView {
            around: super::super::around::sample::around("/calendar"),
            frame: &frame,
            book: &book,
            rooms: &rooms,
            names: &BTreeMap::from([(sample::visit().patient, "MORENO, Ana".to_owned())]),
            cleaning: Span::from_minutes(15),
            grid: Span::from_minutes(15),
            fitting: &BTreeMap::new(),
            may_book: true,
            may_set: false,
        }
        .html()
    }

    #[test]
    fn every_chair_fills_every_row_of_the_day() {
        let html = html(sample::frame().unwrap().open);
        let body = html.split("<tbody>").nth(1).unwrap();
        let body = body.split("</tbody>").next().unwrap();
        let spans: usize = body
            .split("rowspan=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap().parse::<usize>().unwrap())
            .sum();
        // Ten hours in quarters, two chairs.
        assert_eq!(spans, 80);
        assert!(html.contains("09:00–10:55") && html.contains("MORENO, Ana"));
        assert!(html.contains("08:00–09:00"), "free before the visit");
        assert!(
            html.contains("11:15–18:00"),
            "free after the cleaning, in whole rows"
        );
    }

    #[test]
    fn hours_that_are_not_set_are_said_and_the_visit_is_shown_all_the_same() {
        let html = html(None);
        assert!(html.contains("Opening hours are not set"));
        assert!(html.contains("MORENO, Ana"));
        assert!(!html.contains(">free<"));
    }
}
