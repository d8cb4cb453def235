//! A command and the days that it touches in; events of those days, or a refusal, out.

use super::command::Command;
use super::course::{Expiry, judge, too_many};
use super::event::CalendarEvent;
use super::refusal::Refusal;
use super::rules::BookingRules;
use super::state::{DayBook, Offered, Waiter};
use super::vocabulary::{Place, Stretch, Visit, Waiting, WaitingId};
use crate::clinic::Room;
use crate::patient::CivilDate;
use crate::record::{PatientId, SessionId};
use units::{Moment, Span};

/// One day as the decision sees it.
#[derive(Clone, Copy, Debug)]
pub struct Day<'a> {
    /// Its date in the clinic's zone.
    pub date: CivilDate,
    /// From midnight to midnight by the clinic's clock: 23 or 25 hours when clocks change.
    pub whole: Stretch,
    /// When the clinic is open, in order; none inside: closed. `None`: nobody has set it.
    pub open: Option<&'a [Stretch]>,
    /// How many are on duty; `None`: nobody has said.
    pub staff: Option<u8>,
    /// What is booked.
    pub book: &'a DayBook,
}

/// What a decision may know besides the command.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The server's clock.
    pub now: Moment,
    /// Every day that the command touches.
    pub days: &'a [Day<'a>],
    /// The clinic's open rooms.
    pub rooms: &'a [Room],
    /// The rules in force.
    pub rules: &'a BookingRules,
    /// The person's visits of every day, as far as they are known; those of `days` are read anew.
    pub course: &'a [Visit],
    /// What the person needs on the day, and until when it holds.
    pub expiries: &'a [Expiry],
}

/// Decides a command.
///
/// Pure: the same days, command and context give the same answer. Each event comes with the day
/// into whose stream it belongs.
pub fn decide(
    command: &Command,
    context: &Context<'_>,
) -> Result<Vec<(CivilDate, CalendarEvent)>, Refusal> {
    match command {
        Command::BookVisits {
            visits,
            despite_warnings,
        } => book(visits, *despite_warnings, context),
        Command::MoveVisit {
            visit,
            place,
            starts,
            reason,
            despite_warnings,
        } => {
            let to = (place, *starts);
            move_visit(*visit, to, reason.trim(), *despite_warnings, context)
        }
        Command::CancelVisit { visit, reason } => {
            let (day, _) = context.booked(*visit)?;
            let reason = words(reason)?;
            let visit = *visit;
            one(day, CalendarEvent::VisitCancelled { visit, reason })
        }
        Command::CloseVisit { visit } => {
            let (day, _) = context.begun(*visit)?;
            one(day, CalendarEvent::VisitDone { visit: *visit })
        }
        Command::MarkMissed { visit } => {
            let (day, _) = context.begun(*visit)?;
            one(day, CalendarEvent::VisitMissed { visit: *visit })
        }
        Command::Wait { waiting } => wait(waiting, context),
        Command::StopWaiting { entry } => {
            let (day, _) = context.waiter(*entry)?;
            one(day, CalendarEvent::WaitingEnded { entry: *entry })
        }
        Command::OfferChair {
            entry,
            visit,
            place,
            starts,
            answer_by,
        } => {
            let (day, waiter) = context.waiter(*entry)?;
            if waiter
                .offered
                .as_ref()
                .is_some_and(|known| known.is_open(context.now))
            {
                return Err(Refusal::NothingChanges);
            }
            let becomes = becomes(&waiter.waiting, *visit, place, *starts);
            if !waiter.waiting.could_come.holds(becomes.presence()) {
                return Err(Refusal::CouldNotCome);
            }
            context.check_free(&becomes, &[], Holds::default())?;
            context.check_person(&becomes, &[], None)?;
            one(
                day,
                CalendarEvent::ChairOffered {
                    entry: *entry,
                    visit: *visit,
                    place: place.clone(),
                    starts: *starts,
                    answer_by: *answer_by,
                },
            )
        }
        Command::AcceptOffer { entry } => accept(*entry, context),
        Command::DeclineOffer { entry } => {
            let (day, _, _) = context.offer(*entry)?;
            one(day, CalendarEvent::OfferDeclined { entry: *entry })
        }
    }
}

/// Whether a visit has room in a day, whoever it is for: the chair, the hours, those on duty.
///
/// The same that guards a booking; a page that lists free chairs asks it too.
pub fn fits(visit: &Visit, context: &Context<'_>) -> Result<(), Refusal> {
    context.check_free(visit, &[], Holds::default())
}

fn one(day: &Day<'_>, event: CalendarEvent) -> Result<Vec<(CivilDate, CalendarEvent)>, Refusal> {
    Ok(vec![(day.date, event)])
}

fn words(text: &str) -> Result<String, Refusal> {
    match text.trim() {
        "" => Err(Refusal::WordsMissing),
        trimmed => Ok(trimmed.to_owned()),
    }
}

fn book(
    visits: &[Visit],
    despite_warnings: bool,
    context: &Context<'_>,
) -> Result<Vec<(CivilDate, CalendarEvent)>, Refusal> {
    let first = visits.first().ok_or(Refusal::NoVisits)?;
    let mut events = Vec::with_capacity(visits.len());
    for (place, visit) in visits.iter().enumerate() {
        let before = &visits[..place];
        let repeated = before.iter().any(|other| other.visit == visit.visit);
        if repeated || visit.patient != first.patient {
            return Err(Refusal::NotOneCourse);
        }
        if context
            .days
            .iter()
            .any(|day| day.book.visits.contains_key(&visit.visit))
        {
            return Err(Refusal::NothingChanges);
        }
        context.check_free(visit, before, Holds::default())?;
        context.check_person(visit, before, None)?;
        let event = CalendarEvent::VisitBooked {
            visit: visit.clone(),
        };
        events.push((context.day_of(visit.starts)?.date, event));
    }
    context.check_course(first.patient, visits, &[], despite_warnings)?;
    Ok(events)
}

fn move_visit(
    id: SessionId,
    to: (&Place, Moment),
    reason: &str,
    despite_warnings: bool,
    context: &Context<'_>,
) -> Result<Vec<(CivilDate, CalendarEvent)>, Refusal> {
    let (day, known) = context.booked(id)?;
    let (place, starts) = to;
    if known.place == *place && known.starts == starts {
        return Err(Refusal::NothingChanges);
    }
    let moved = Visit {
        place: place.clone(),
        starts,
        ..known.clone()
    };
    let itself = Holds {
        visit: Some(id),
        entry: None,
    };
    context.check_free(&moved, &[], itself)?;
    context.check_person(&moved, &[], Some(id))?;
    let others = [id];
    context.check_course(
        known.patient,
        std::slice::from_ref(&moved),
        &others,
        despite_warnings,
    )?;
    let new_day = context.day_of(starts)?;
    let reason = reason.to_owned();
    if new_day.date == day.date {
        let place = place.clone();
        return one(
            day,
            CalendarEvent::VisitMoved {
                visit: id,
                place,
                starts,
                reason,
            },
        );
    }
    let away = CalendarEvent::VisitMovedAway {
        visit: id,
        to: new_day.date,
        reason: reason.clone(),
    };
    let here = CalendarEvent::VisitMovedHere {
        visit: moved,
        from: day.date,
        reason,
    };
    Ok(vec![(day.date, away), (new_day.date, here)])
}

fn wait(
    waiting: &Waiting,
    context: &Context<'_>,
) -> Result<Vec<(CivilDate, CalendarEvent)>, Refusal> {
    let day = context.day_of(waiting.could_come.from)?;
    if waiting.could_come.until <= context.now {
        return Err(Refusal::InThePast {
            starts: waiting.could_come.from,
        });
    }
    let needed = waiting.presence(waiting.could_come.from);
    if !day.whole.holds(waiting.could_come) || !waiting.could_come.holds(needed) {
        return Err(Refusal::TooShort);
    }
    let already = day
        .book
        .waiters()
        .any(|known| known.waiting.patient == waiting.patient);
    if already || day.book.waiting.contains_key(&waiting.entry) {
        return Err(Refusal::NothingChanges);
    }
    let waiting = waiting.clone();
    one(day, CalendarEvent::WaitingBegun { waiting })
}

fn becomes(waiting: &Waiting, visit: SessionId, place: &Place, starts: Moment) -> Visit {
    Visit {
        visit,
        patient: waiting.patient,
        place: place.clone(),
        product: waiting.product,
        route: waiting.route,
        starts,
        treatment: waiting.treatment,
        recovery: waiting.recovery,
    }
}

/// Whoever offered has seen the warnings; the hard limits are asked again.
fn accept(
    entry: WaitingId,
    context: &Context<'_>,
) -> Result<Vec<(CivilDate, CalendarEvent)>, Refusal> {
    let (day, waiter, offered) = context.offer(entry)?;
    let visit = becomes(
        &waiter.waiting,
        offered.visit,
        &offered.place,
        offered.starts,
    );
    let own = Holds {
        visit: None,
        entry: Some(entry),
    };
    context.check_free(&visit, &[], own)?;
    context.check_person(&visit, &[], None)?;
    context.check_course(visit.patient, std::slice::from_ref(&visit), &[], true)?;
    Ok(vec![
        (day.date, CalendarEvent::VisitBooked { visit }),
        (day.date, CalendarEvent::OfferAccepted { entry }),
    ])
}

/// What holds a chair and does not stand in its own way.
#[derive(Clone, Copy, Debug, Default)]
struct Holds {
    visit: Option<SessionId>,
    entry: Option<WaitingId>,
}

impl<'a> Context<'a> {
    /// The person's visits: of the days at hand as they stand there, of all others as known.
    pub(super) fn course_of(&self, patient: PatientId) -> Vec<Visit> {
        let here = self.days.iter().flat_map(|day| day.book.standing());
        let elsewhere = self.course.iter().filter(|visit| {
            let read_anew = self.days.iter().any(|day| day.whole.is_at(visit.starts));
            !read_anew
        });
        here.chain(elsewhere)
            .filter(|visit| visit.patient == patient)
            .cloned()
            .collect()
    }

    fn day_of(&self, at: Moment) -> Result<&'a Day<'a>, Refusal> {
        let day = self.days.iter().find(|day| day.whole.is_at(at));
        day.ok_or(Refusal::AnotherDay { starts: at })
    }

    fn booked(&self, id: SessionId) -> Result<(&'a Day<'a>, &'a Visit), Refusal> {
        let found = self
            .days
            .iter()
            .find_map(|day| Some((day, day.book.booked(id)?)));
        found.ok_or(Refusal::NoSuchVisit)
    }

    fn begun(&self, id: SessionId) -> Result<(&'a Day<'a>, &'a Visit), Refusal> {
        let (day, visit) = self.booked(id)?;
        if self.now < visit.starts {
            let starts = visit.starts;
            return Err(Refusal::NotYet { starts });
        }
        Ok((day, visit))
    }

    fn waiter(&self, entry: WaitingId) -> Result<(&'a Day<'a>, &'a Waiter), Refusal> {
        let found = self.days.iter().find_map(|day| {
            let waiter = day.book.waiting.get(&entry)?;
            waiter.waits.then_some((day, waiter))
        });
        found.ok_or(Refusal::NotWaiting)
    }

    fn offer(&self, entry: WaitingId) -> Result<(&'a Day<'a>, &'a Waiter, &'a Offered), Refusal> {
        let (day, waiter) = self.waiter(entry)?;
        let offered = waiter.offered.as_ref();
        let open = offered.filter(|offered| offered.is_open(self.now));
        Ok((day, waiter, open.ok_or(Refusal::NoOpenOffer)?))
    }

    /// The chair, the hours of the day and those on duty; `beside` is booked in the same act.
    // Hazard: H55
    fn check_free(&self, visit: &Visit, beside: &[Visit], own: Holds) -> Result<(), Refusal> {
        let presence = visit.presence();
        if visit.starts < self.now {
            return Err(Refusal::InThePast {
                starts: visit.starts,
            });
        }
        let length = presence.until - presence.from;
        let positive = visit.treatment > Span::ZERO && visit.recovery >= Span::ZERO;
        if !positive || length > Span::from_hours(24) {
            return Err(Refusal::NoSuchLength);
        }
        if !visit.place.stands_in(self.rooms) {
            return Err(Refusal::NoSuchPlace {
                place: visit.place.clone(),
            });
        }
        let day = self.day_of(visit.starts)?;
        check_hours(day, presence)?;
        let cleaning = self.rules.cleaning;
        let with_cleaning = |presence: Stretch| Stretch {
            from: presence.from,
            until: presence.until + cleaning,
        };
        let others: Vec<&Visit> = day
            .book
            .standing()
            .filter(|other| Some(other.visit) != own.visit)
            .chain(beside.iter().filter(|other| day.whole.is_at(other.starts)))
            .collect();
        for other in others.iter().filter(|other| other.place == visit.place) {
            let taken = with_cleaning(other.presence());
            if taken.overlaps(with_cleaning(presence)) {
                let place = visit.place.clone();
                return Err(Refusal::ChairTaken { place, taken });
            }
        }
        let kept: Vec<(&Offered, Stretch)> = day
            .book
            .offers_at(self.now)
            .filter(|(waiter, _, _)| Some(waiter.waiting.entry) != own.entry)
            .map(|(_, offered, presence)| (offered, presence))
            .collect();
        for (offered, other) in kept.iter().filter(|(kept, _)| kept.place == visit.place) {
            if with_cleaning(*other).overlaps(with_cleaning(presence)) {
                return Err(Refusal::ChairKept {
                    place: visit.place.clone(),
                    answer_by: offered.answer_by,
                });
            }
        }
        let there: Vec<Stretch> = others
            .iter()
            .map(|other| other.presence())
            .chain(kept.iter().map(|(_, presence)| *presence))
            .collect();
        self.check_staff(day, presence, &there)
    }

    /// At no moment more people than those on duty may look after.
    fn check_staff(
        &self,
        day: &Day<'_>,
        presence: Stretch,
        there: &[Stretch],
    ) -> Result<(), Refusal> {
        let date = day.date;
        let staff = day.staff.ok_or(Refusal::StaffNotSet { date })?;
        let most = u32::from(staff) * self.rules.people_per_member;
        let (from, people) = busiest(presence, there);
        if people > most {
            return Err(Refusal::TooFewStaff { from, people, most });
        }
        Ok(())
    }

    /// Nobody has two visits on one day.
    fn check_person(
        &self,
        visit: &Visit,
        beside: &[Visit],
        itself: Option<SessionId>,
    ) -> Result<(), Refusal> {
        let day = self.day_of(visit.starts)?;
        let same = day
            .book
            .standing()
            .chain(beside.iter().filter(|other| day.whole.is_at(other.starts)))
            .find(|other| other.patient == visit.patient && Some(other.visit) != itself);
        match same {
            Some(other) => Err(Refusal::SamePerson {
                starts: other.starts,
            }),
            None => Ok(()),
        }
    }

    /// How the person's visits follow each other once these are booked.
    fn check_course(
        &self,
        patient: PatientId,
        new: &[Visit],
        replaced: &[SessionId],
        despite_warnings: bool,
    ) -> Result<(), Refusal> {
        let mut visits: Vec<Visit> = self
            .course_of(patient)
            .into_iter()
            .filter(|visit| !replaced.contains(&visit.visit))
            .filter(|visit| new.iter().all(|new| new.visit != visit.visit))
            .collect();
        visits.extend(new.iter().cloned());
        if let Some((starts, most)) = too_many(&visits, self.rules) {
            return Err(Refusal::TooManyInSevenDays { starts, most });
        }
        let concerned: Vec<_> = judge(&visits, self.expiries, self.rules)
            .into_iter()
            .filter(|warning| new.iter().any(|visit| warning.concerns(visit.visit)))
            .collect();
        if !concerned.is_empty() && !despite_warnings {
            return Err(Refusal::Warned {
                warnings: concerned,
            });
        }
        Ok(())
    }
}

fn check_hours(day: &Day<'_>, presence: Stretch) -> Result<(), Refusal> {
    let date = day.date;
    let open = day.open.ok_or(Refusal::HoursNotSet { date })?;
    if open.is_empty() {
        return Err(Refusal::Closed { date });
    }
    if is_open(open, presence) {
        return Ok(());
    }
    Err(Refusal::OutsideHours {
        presence,
        open: open.to_vec(),
    })
}

/// True when the whole stretch lies inside one stretch of opening hours.
fn is_open(open: &[Stretch], presence: Stretch) -> bool {
    open.iter().any(|open| open.holds(presence))
}

/// How many people are there at once while this one is, with this one, and from when.
pub(super) fn busiest(presence: Stretch, there: &[Stretch]) -> (Moment, u32) {
    let at = |moment: Moment| {
        let others = there.iter().filter(|other| other.is_at(moment)).count();
        u32::try_from(others).unwrap_or(u32::MAX).saturating_add(1)
    };
    // The number grows only when somebody comes: those moments and the beginning are enough.
    there
        .iter()
        .map(|other| other.from)
        .filter(|from| presence.is_at(*from))
        .map(|from| (from, at(from)))
        .fold((presence.from, at(presence.from)), |most, next| {
            if next.1 > most.1 { next } else { most }
        })
}
