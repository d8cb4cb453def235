//! A whole course at once: a day, a time and a chair for every visit, as book and rules allow.

use super::course::{Warning, judge, too_many};
use super::decide::{Context, Day, busiest};
use super::rules::{BookingRules, Series, Times};
use super::vocabulary::{Place, Stretch, Visit};
use crate::clinic::Weekday;
use crate::course::screening::person::{Product, Route};
use crate::record::{PatientId, SessionId};
use std::collections::HashSet;
use units::{Moment, Span};

/// How many half-built courses are looked at before the longest one stands: a book without room
/// must not hold up the desk.
const TRIES: usize = 20_000;

/// What is wanted of a course.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constraints {
    /// For whom.
    pub patient: PatientId,
    /// What is to be given.
    pub product: Product,
    /// How.
    pub route: Route,
    /// The identities that the visits get, in order: as many visits as identities.
    pub visits: Vec<SessionId>,
    /// No visit begins before.
    pub not_before: Moment,
    /// How they follow each other; its number of visits is that of the identities.
    pub series: Series,
    /// The weekdays that suit; empty: all of them.
    pub weekdays: Vec<Weekday>,
    /// When a visit should begin, day by day; empty: at any time.
    pub preferred: Vec<Stretch>,
    /// The chair that suits best.
    pub chair: Option<Place>,
}

/// One proposed visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposed {
    /// The visit as it would be booked.
    pub visit: Visit,
    /// It lies on a weekday that suits.
    pub weekday_suits: bool,
    /// It begins at a time that suits.
    pub time_suits: bool,
}

/// A proposed course.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The visits in order of time; fewer than wanted where no more have room.
    pub visits: Vec<Proposed>,
    /// How many have no room.
    pub missing: usize,
    /// What should be known before it is booked.
    pub warnings: Vec<Warning>,
}

/// Proposes a course: every visit has its chair, lies inside the hours and within those on duty,
/// follows the one before as the series says, and keeps the limit of seven days.
///
/// Each next visit takes the day that suits best and still lets the rest be booked: first by
/// weekday, then by time of day, then near the usual gap, then in the same chair, then early. The
/// days of the context must be in order of time. Nothing is booked by it: booking asks everything
/// again.
pub fn propose_course(wanted: &Constraints, context: &Context<'_>) -> Proposal {
    let Some(times) = context.rules.times(wanted.product, wanted.route) else {
        return Proposal {
            visits: Vec::new(),
            missing: wanted.visits.len(),
            warnings: Vec::new(),
        };
    };
    let places = Place::all(context.rooms);
    let days: Vec<FreeDay> = context
        .days
        .iter()
        .map(|day| free_day(day, &places, times, wanted, context))
        .collect();
    let already = context.course_of(wanted.patient);
    let mut search = Search {
        wanted,
        rules: context.rules,
        times,
        chair: best_chair(wanted, &places, &days),
        places: &places,
        days: &days,
        already: &already,
        dead_ends: HashSet::new(),
        longest: Vec::new(),
        tries: 0,
    };
    search.go_on(&mut Vec::new());
    let chosen = std::mem::take(&mut search.longest);
    let visits: Vec<Proposed> = chosen
        .iter()
        .zip(&wanted.visits)
        .map(|(choice, id)| Proposed {
            visit: search.visit(choice, *id),
            weekday_suits: choice.weekday_suits,
            time_suits: choice.time_suits,
        })
        .collect();
    let mut course = already.clone();
    course.extend(visits.iter().map(|proposed| proposed.visit.clone()));
    Proposal {
        missing: wanted.visits.len() - visits.len(),
        warnings: judge(&course, context.expiries, context.rules)
            .into_iter()
            .filter(|warning| {
                visits
                    .iter()
                    .any(|proposed| warning.concerns(proposed.visit.visit))
            })
            .collect(),
        visits,
    }
}

/// The beginnings that a day has room for, each with the chairs that are free then.
struct FreeDay {
    /// The middle of the day: gaps are aimed at by days, so that no visit slips by a quarter.
    middle: Moment,
    weekday_suits: bool,
    beginnings: Vec<Beginning>,
}

struct Beginning {
    starts: Moment,
    time_suits: bool,
    /// Places by number.
    free: Vec<usize>,
}

/// One visit of a half-built course.
#[derive(Clone, Copy, Debug)]
struct Choice {
    starts: Moment,
    place: usize,
    weekday_suits: bool,
    time_suits: bool,
}

fn free_day(
    day: &Day<'_>,
    places: &[Place],
    times: Times,
    wanted: &Constraints,
    context: &Context<'_>,
) -> FreeDay {
    let weekday = Weekday::of(day.date);
    let whole = day.whole.until - day.whole.from;
    let mut free = FreeDay {
        middle: day.whole.from + Span::from_microseconds(whole.microseconds() / 2),
        weekday_suits: wanted.weekdays.is_empty() || wanted.weekdays.contains(&weekday),
        beginnings: Vec::new(),
    };
    let (Some(open), Some(staff)) = (day.open, day.staff) else {
        return free;
    };
    let comes_already = day
        .book
        .standing()
        .any(|other| other.patient == wanted.patient);
    if comes_already {
        return free;
    }
    let most = u32::from(staff) * context.rules.people_per_member;
    let held: Vec<(&Place, Stretch)> = day
        .book
        .standing()
        .map(|visit| (&visit.place, visit.presence()))
        .chain(
            day.book
                .offers_at(context.now)
                .map(|(_, offered, presence)| (&offered.place, presence)),
        )
        .collect();
    let there: Vec<Stretch> = held.iter().map(|(_, presence)| *presence).collect();
    let cleaning = context.rules.cleaning;
    let with_cleaning = |presence: Stretch| Stretch {
        from: presence.from,
        until: presence.until + cleaning,
    };
    let by_place: Vec<Vec<Stretch>> = places
        .iter()
        .map(|place| {
            let here = held.iter().filter(|(held, _)| *held == place);
            here.map(|(_, presence)| with_cleaning(*presence)).collect()
        })
        .collect();
    let length = times.treatment + times.recovery;
    let earliest = wanted.not_before.max(context.now);
    let grid = context.rules.grid.max(Span::from_minutes(1));
    for stretch in open {
        let mut starts = stretch.from;
        while stretch.holds(Stretch::of(starts, length)) {
            let presence = Stretch::of(starts, length);
            if starts >= earliest && busiest(presence, &there).1 <= most {
                let taken = with_cleaning(presence);
                let free_places: Vec<usize> = by_place
                    .iter()
                    .enumerate()
                    .filter(|(_, held)| !held.iter().any(|held| held.overlaps(taken)))
                    .map(|(number, _)| number)
                    .collect();
                if !free_places.is_empty() {
                    let suits = wanted.preferred.is_empty()
                        || wanted.preferred.iter().any(|wish| wish.is_at(starts));
                    free.beginnings.push(Beginning {
                        starts,
                        time_suits: suits,
                        free: free_places,
                    });
                }
            }
            starts = starts + grid;
        }
    }
    free
}

/// The wished chair, or the one that is free on most days.
fn best_chair(wanted: &Constraints, places: &[Place], days: &[FreeDay]) -> Option<usize> {
    let wished = wanted
        .chair
        .as_ref()
        .and_then(|wish| places.iter().position(|place| place == wish));
    let mut counted = vec![0_usize; places.len()];
    for day in days {
        let mut seen = vec![false; places.len()];
        for place in day.beginnings.iter().flat_map(|one| &one.free) {
            seen[*place] = true;
        }
        for (count, seen) in counted.iter_mut().zip(seen) {
            *count += usize::from(seen);
        }
    }
    let freest = counted
        .iter()
        .enumerate()
        .max_by_key(|(number, count)| (**count, std::cmp::Reverse(*number)))
        .map(|(number, _)| number);
    wished.or(freest)
}

/// How many visits there are, the first, and those of the last seven days.
fn depends_on(chosen: &[Choice]) -> (usize, Vec<Moment>) {
    let last = chosen.last().map(|choice| choice.starts);
    let beginnings = chosen
        .iter()
        .enumerate()
        .filter(|(number, choice)| {
            *number == 0 || last.is_some_and(|last| last - choice.starts < super::rules::days(7))
        })
        .map(|(_, choice)| choice.starts)
        .collect();
    (chosen.len(), beginnings)
}

/// How well a choice suits; the smallest suits best.
type Rank = (bool, bool, i64, bool, Moment);

struct Search<'a> {
    wanted: &'a Constraints,
    rules: &'a BookingRules,
    times: Times,
    chair: Option<usize>,
    places: &'a [Place],
    days: &'a [FreeDay],
    already: &'a [Visit],
    /// What was begun so, and cannot be ended: how many visits, and the beginnings on which those
    /// still to come depend.
    dead_ends: HashSet<(usize, Vec<Moment>)>,
    longest: Vec<Choice>,
    tries: usize,
}

impl Search<'_> {
    /// Adds visits until the course is whole; says whether it is.
    fn go_on(&mut self, chosen: &mut Vec<Choice>) -> bool {
        if chosen.len() > self.longest.len() {
            self.longest.clone_from(chosen);
        }
        if chosen.len() == self.wanted.visits.len() {
            return true;
        }
        self.tries += 1;
        let begun = depends_on(chosen);
        if self.tries > TRIES || self.dead_ends.contains(&begun) {
            return false;
        }
        for choice in self.choices(chosen) {
            chosen.push(choice);
            if self.go_on(chosen) {
                return true;
            }
            chosen.pop();
        }
        self.dead_ends.insert(begun);
        false
    }

    /// What may come next, best first: of each day the best beginning, and the earliest, which
    /// leaves most room for the visits after it.
    fn choices(&self, chosen: &[Choice]) -> Vec<Choice> {
        let mut ranked: Vec<(Rank, Choice)> = Vec::new();
        for day in self.days {
            let mut possible: Vec<(Rank, Choice)> = day
                .beginnings
                .iter()
                .filter(|beginning| self.follows(chosen, beginning.starts))
                .map(|beginning| self.ranked(chosen, day, beginning))
                .collect();
            let Some(earliest) = possible.first().copied() else {
                continue;
            };
            possible.sort_by_key(|(rank, _)| *rank);
            ranked.extend(possible.first().copied());
            if possible[0].1.starts != earliest.1.starts {
                ranked.push(earliest);
            }
        }
        ranked.sort_by_key(|(rank, _)| *rank);
        ranked
            .into_iter()
            .map(|(_, choice)| choice)
            .filter(|choice| self.keeps_the_limit(chosen, choice.starts))
            .collect()
    }

    /// The gaps of the series, to the visits of this course and to those booked before.
    fn follows(&self, chosen: &[Choice], starts: Moment) -> bool {
        let series = &self.wanted.series;
        let in_order = match (chosen.first(), chosen.last()) {
            (Some(first), Some(last)) => {
                let gap = starts - last.starts;
                gap >= series.least_gap
                    && gap <= series.most_gap
                    && starts - first.starts <= super::rules::days(series.within_days)
            }
            (None, _) | (_, None) => true,
        };
        in_order
            && self
                .already
                .iter()
                .all(|other| (starts - other.starts).absolute() >= series.least_gap)
    }

    fn keeps_the_limit(&self, chosen: &[Choice], starts: Moment) -> bool {
        let mut course = self.already.to_vec();
        let id = SessionId(uuid::Uuid::nil());
        let next = Choice {
            starts,
            place: 0,
            weekday_suits: true,
            time_suits: true,
        };
        let new = chosen.iter().chain([&next]);
        course.extend(new.map(|choice| self.visit(choice, id)));
        too_many(&course, self.rules).is_none()
    }

    fn ranked(&self, chosen: &[Choice], day: &FreeDay, beginning: &Beginning) -> (Rank, Choice) {
        let wish = chosen.first().map(|first| first.place).or(self.chair);
        let same = wish.filter(|wish| beginning.free.contains(wish));
        let place = same.or(beginning.free.first().copied()).unwrap_or(0);
        let choice = Choice {
            starts: beginning.starts,
            place,
            weekday_suits: day.weekday_suits,
            time_suits: beginning.time_suits,
        };
        let aim = chosen.last().map_or(self.wanted.not_before, |last| {
            last.starts + self.wanted.series.usual_gap
        });
        let off = (day.middle - aim).absolute();
        let half_days_off = off.microseconds() / Span::from_hours(12).microseconds();
        let rank = (
            !day.weekday_suits,
            !beginning.time_suits,
            half_days_off,
            same.is_none(),
            beginning.starts,
        );
        (rank, choice)
    }

    fn visit(&self, choice: &Choice, id: SessionId) -> Visit {
        Visit {
            visit: id,
            patient: self.wanted.patient,
            place: self.places[choice.place].clone(),
            product: self.wanted.product,
            route: self.wanted.route,
            starts: choice.starts,
            treatment: self.times.treatment,
            recovery: self.times.recovery,
        }
    }
}
