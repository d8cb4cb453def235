//! Key facts of the room, read out of its HTML.
