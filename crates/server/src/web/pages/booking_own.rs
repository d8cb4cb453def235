//! A patient's own visits, in their language: when to come, and a chair that was offered.

use super::my_frame::Frame;
use crate::book::{BookedVisit, OfferedChair};
use askama::Template;
use clinical::leaflet::Language;
use clinical::record::CommandId;
use jiff::tz::TimeZone;
use units::Moment;
use uuid::Uuid;

/// A patient's visits, as the page is given them.
pub struct OwnVisits<'a> {
    /// What stands around the page.
    pub frame: Frame<'a>,
    /// Their visits, in order of time.
    pub visits: &'a [BookedVisit],
    /// Chairs that were offered to them.
    pub offers: &'a [OfferedChair],
    /// The address of their own feed, just made; it is shown this once.
    pub feed: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "booking_own.html")]
struct Page<'a> {
    frame: Frame<'a>,
    lines: Vec<(String, &'static str)>,
    offers: Vec<OfferLine>,
    feed: Option<&'a str>,
}

struct OfferLine {
    entry: String,
    command_id: CommandId,
    when: String,
    answer_by: String,
}

struct Words {
    title: &'static str,
    none: &'static str,
    offered: &'static str,
    until: &'static str,
    yes: &'static str,
    no: &'static str,
    change: &'static str,
    calendar: &'static str,
    once: &'static str,
    private: &'static str,
    feed: &'static str,
    make_feed: &'static str,
    back: &'static str,
}

impl Page<'_> {
    const fn words(&self) -> Words {
        match self.frame.language {
            Language::English => Words {
                title: "Your visits",
                none: "No visit is booked.",
                offered: "A place has become free",
                until: "It is kept for you until",
                yes: "Yes, I will come",
                no: "No, thank you",
                change: "To change a visit, please call the clinic.",
                calendar: "In your calendar",
                once: "Save your visits as a calendar file",
                private: "The calendar says only “Appointment” and the time. Nothing about your health is in it.",
                feed: "Copy this address into your calendar now; it is shown this once. Whoever has it can see when you come:",
                make_feed: "Make an address for my calendar; an older one stops",
                back: "Back to your page",
            },
            Language::Spanish => Words {
                title: "Sus visitas",
                none: "No hay ninguna visita reservada.",
                offered: "Ha quedado un lugar libre",
                until: "Se lo guardamos hasta",
                yes: "Sí, iré",
                no: "No, gracias",
                change: "Para cambiar una visita, llame a la clínica.",
                calendar: "En su calendario",
                once: "Guardar sus visitas como archivo de calendario",
                private: "El calendario solo dice «Cita» y la hora. No dice nada sobre su salud.",
                feed: "Copie ahora esta dirección en su calendario; solo se muestra esta vez. Quien la tenga puede ver cuándo viene:",
                make_feed: "Crear una dirección para mi calendario; la anterior deja de servir",
                back: "Volver a su página",
            },
        }
    }
}

impl OwnVisits<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let now = self.frame.around.now;
        let (language, zone) = (self.frame.language, self.frame.around.zone);
        let shown = self.visits.iter().filter(|booked| {
            booked.visit.ends() > now && matches!(booked.state.as_str(), "booked" | "cancelled")
        });
        let open = self.offers.iter().filter(|offer| {
            offer.state == "open" && offer.answer_by.is_some_and(|until| now < until)
        });
        super::written(&Page {
            frame: self.frame,
            lines: shown
                .map(|booked| {
                    let state = match (booked.is_booked(), language) {
                        (true, _) => "",
                        (false, Language::English) => "cancelled",
                        (false, Language::Spanish) => "cancelada",
                    };
                    (day_says(booked.visit.starts, zone, language), state)
                })
                .collect(),
            offers: open
                .filter_map(|offer| {
                    let entry = offer.entry?;
                    let id = self.frame.around.fresh_id.0;
                    Some(OfferLine {
                        entry: entry.to_string(),
                        command_id: CommandId(Uuid::new_v5(&id, entry.0.as_bytes())),
                        when: day_says(offer.starts, zone, language),
                        answer_by: day_says(offer.answer_by?, zone, language),
                    })
                })
                .collect(),
            feed: self.feed,
        })
    }
}

/// Day and time as a patient reads them: `Friday 21 November, 09:00`.
pub fn day_says(at: Moment, zone: &TimeZone, language: Language) -> String {
    const DAYS: [&str; 7] = [
        "lunes",
        "martes",
        "miércoles",
        "jueves",
        "viernes",
        "sábado",
        "domingo",
    ];
    const MONTHS: [&str; 12] = [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ];
    let zoned = at.timestamp().to_zoned(zone.clone());
    match language {
        Language::English => zoned.strftime("%A %-d %B %Y, %H:%M").to_string(),
        Language::Spanish => {
            let day = usize::try_from(zoned.weekday().to_monday_zero_offset()).unwrap_or(0);
            let month = usize::try_from(zoned.month() - 1).unwrap_or(0);
            format!(
                "{} {} de {} de {}, {}",
                DAYS.get(day).copied().unwrap_or_default(),
                zoned.day(),
                MONTHS.get(month).copied().unwrap_or_default(),
                zoned.year(),
                zoned.strftime("%H:%M")
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::day_view::sample;
    use super::*;

    #[test]
    fn a_patient_reads_when_to_come_in_their_language() {
        for (language, says) in [
            (Language::English, "Friday 21 November 2025, 09:00"),
            (Language::Spanish, "viernes 21 de noviembre de 2025, 09:00"),
        ] {
            let visits = [BookedVisit {
                visit: sample::visit(),
                state: "booked".to_owned(),
                version: 1,
            }];
            let html = OwnVisits {
                frame: super::super::my_frame::sample::frame("/my/visits", language),
                visits: &visits,
                offers: &[],
                feed: None,
            }
            .html();
            assert!(html.contains(says), "{html}");
            assert!(!html.to_lowercase().contains("ketamin"));
        }
    }
}
