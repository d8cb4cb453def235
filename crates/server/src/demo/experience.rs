//! What the demo's people wish for their sessions, as they said it before they came.

use crate::application::Application;
use crate::fault::Fault;
use crate::journey::{Change, change};
use clinical::course::wishes::{Light, Music, Touch, Wish, Wishes};
use clinical::record::{Actor, CommandId, PatientId, Role, StaffId};
use units::Span;
use uuid::Uuid;

/// Who comes how: some want a hand, one does not, one has not been asked.
fn wishes(place: usize) -> Vec<Wish> {
    let words = |words: &str| words.to_owned();
    match place {
        0 => vec![
            Wish::Touch {
                touch: Touch::NoTouch,
            },
            Wish::Light {
                light: Light::Some,
                words: words("the door a little open"),
            },
            Wish::Frightens {
                words: words("people standing behind me"),
            },
        ],
        1 => vec![
            Wish::Intention {
                words: words("To be able to rest without counting."),
            },
            Wish::Touch { touch: Touch::Hand },
            Wish::Music {
                music: Music::Own,
                words: words("the cello recordings on my phone"),
            },
            Wish::Light {
                light: Light::Dark,
                words: String::new(),
            },
            Wish::Helps {
                words: words("Say my name, and that it passes."),
            },
            Wish::Frightens {
                words: words("a sudden loud voice"),
            },
        ],
        2 => vec![
            Wish::Intention {
                words: words("Volver a dormir."),
            },
            Wish::Touch {
                touch: Touch::HandOrShoulder,
            },
            Wish::Music {
                music: Music::WithoutWords,
                words: String::new(),
            },
        ],
        _nobody_asked => Vec::new(),
    }
}

/// Tells the wishes of the person in a room, by the room's place on the board.
pub async fn tell(
    application: &Application,
    patient: PatientId,
    place: usize,
) -> Result<(), Fault> {
    let at = application.clock.now() - Span::from_hours(20);
    let actor = Actor::Person {
        id: StaffId(patient.0),
        name: "the patient, on the phone".to_owned(),
        role: Role::Patient,
    };
    for wish in wishes(place) {
        let order = Change {
            command_id: CommandId(Uuid::now_v7()),
            actor: actor.clone(),
            at: Some(at),
            id: patient.0,
            patient: Some(patient),
            session: None,
            action: "say a wish for the sessions",
            wanted: format!("{wish:?}"),
        };
        change(application, order, |known: &Wishes, _now| {
            known.say(wish.clone(), None)
        })
        .await
        .map_err(|refused| Fault(anyhow::anyhow!("telling a wish: {}", refused.says())))?;
    }
    Ok(())
}
