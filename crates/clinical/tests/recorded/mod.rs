//! Events as the record would hand them to a state: for tests in which nothing of the header counts
//! but who and when.

#![allow(unreachable_pub, reason = "each test file takes what it needs")]

use clinical::record::{
    Actor, CommandId, EventId, Folded, Header, Recorded as _, Role, StaffId, StreamId, TenantId,
};
use units::Moment;
use uuid::Uuid;

/// Rosa, the patient of these tests.
pub fn rosa() -> Actor {
    Actor::Person {
        id: StaffId(Uuid::from_u128(3)),
        name: "Rosa Lind".to_owned(),
        role: Role::Patient,
    }
}

/// Folds events that Rosa made at this moment.
pub fn take<A: Folded>(state: &mut A, at: Moment, events: Vec<A::Event>) {
    for event in events {
        let header = Header {
            tenant: TenantId(Uuid::nil()),
            position: 0,
            stream: StreamId::of(A::KIND, Uuid::nil()),
            stream_version: 1,
            event_id: EventId(Uuid::nil()),
            kind: event.name().to_owned(),
            schema_version: 1,
            actor: rosa(),
            command_id: CommandId(Uuid::nil()),
            occurred_at: at,
            recorded_at: at,
            previous: [0; 32],
        };
        state.take(&header, &event);
    }
}
