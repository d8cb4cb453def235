//! Who may use a route. A route cannot be written without saying it.

use clinical::record::Role;

/// Roles that may use a route: never empty.
#[derive(Clone, Copy, Debug)]
pub struct Roles(&'static [Role]);

impl Roles {
    /// These roles. An empty list does not compile where this is a constant.
    pub const fn of(roles: &'static [Role]) -> Self {
        assert!(!roles.is_empty(), "a route needs at least one role");
        Self(roles)
    }

    /// True when the role is among them.
    pub fn include(self, role: Role) -> bool {
        self.0.contains(&role)
    }

    /// All of them.
    pub const fn list(self) -> &'static [Role] {
        self.0
    }
}

/// Who may use a route.
#[derive(Clone, Copy, Debug)]
pub enum Access {
    /// Anyone, for this reason.
    Public(&'static str),
    /// A person signed in with one of these roles.
    People(Roles),
    /// The person under treatment, and whatever is opened is their own: the path names nobody.
    Own,
    /// A program with a token whose scopes are checked by the handler.
    Programs,
}

/// Those who receive people and let them in.
pub const RECEPTION: Roles = Roles::of(&[
    Role::FrontDesk,
    Role::Nurse,
    Role::Prescriber,
    Role::Therapist,
    Role::MedicalDirector,
]);

/// Those who act in a session.
pub const ROOM: Roles = Roles::of(&[
    Role::Nurse,
    Role::Prescriber,
    Role::MedicalDirector,
    Role::Therapist,
]);

/// Those who keep private notes of their own.
pub const THERAPIST: Roles = Roles::of(&[Role::Therapist]);

/// Those who talk with a person about their sessions, and write of it.
pub const TALK: Roles = Roles::of(&[Role::Therapist, Role::Prescriber, Role::MedicalDirector]);

/// Those who order what is given.
pub const ORDER: Roles = Roles::of(&[Role::Prescriber, Role::MedicalDirector]);

/// Those who set the clinic's chairs, its hours and who is on duty.
pub const CLINIC_SETTERS: Roles = Roles::of(&[Role::MedicalDirector, Role::Owner]);

/// The one who runs the business.
pub const OWNER: Roles = Roles::of(&[Role::Owner]);

/// Those who may read a chart.
pub const CHART: Roles = Roles::of(&[
    Role::Nurse,
    Role::Prescriber,
    Role::Therapist,
    Role::MedicalDirector,
    Role::Auditor,
]);

/// Those who see the clinic's day.
pub const BOARD: Roles = Roles::of(&[
    Role::FrontDesk,
    Role::Nurse,
    Role::Prescriber,
    Role::Therapist,
    Role::MedicalDirector,
    Role::Owner,
    Role::Auditor,
]);

/// Those who see the outcomes of everybody. Who may not open a record sees nobody's name there.
pub const OUTCOMES: Roles = Roles::of(&[
    Role::Nurse,
    Role::Prescriber,
    Role::Therapist,
    Role::MedicalDirector,
    Role::Owner,
    Role::Auditor,
]);

/// Those who connect devices.
pub const DEVICES: Roles = Roles::of(&[
    Role::Nurse,
    Role::Prescriber,
    Role::MedicalDirector,
    Role::Auditor,
    Role::Owner,
]);

/// Those who may change which device serves whom.
pub const ASSOCIATE: Roles = Roles::of(&[Role::Nurse, Role::Prescriber, Role::MedicalDirector]);

/// Those who read the rules: all staff.
pub const STAFF: Roles = BOARD;

/// Those who read who somebody is and how they are reached, which is no chart.
pub const PEOPLE: Roles = Roles::of(&[
    Role::FrontDesk,
    Role::Nurse,
    Role::Prescriber,
    Role::Therapist,
    Role::MedicalDirector,
    Role::Auditor,
]);

/// Those who look at who has read a record.
pub const READERS: Roles = Roles::of(&[Role::MedicalDirector, Role::Auditor]);

/// Those who read everything, and do nothing else.
pub const AUDIT: Roles = Roles::of(&[Role::Auditor]);

/// The one who adopts the clinic's rules.
pub const DIRECTOR: Roles = Roles::of(&[Role::MedicalDirector]);

/// Everyone who is signed in.
pub const ANYONE: Roles = Roles::of(&Role::ALL);

/// Those who handle controlled drugs.
pub const HANDLE_DRUGS: Roles = Roles::of(&[Role::Nurse, Role::Prescriber, Role::MedicalDirector]);

/// Those who count them, blind.
pub const COUNT_DRUGS: Roles = HANDLE_DRUGS;

/// Those who read the ledger, and explain what a count has found.
pub const READ_DRUGS: Roles = Roles::of(&[
    Role::Nurse,
    Role::Prescriber,
    Role::MedicalDirector,
    Role::Owner,
    Role::Auditor,
]);

/// Those who read the book, in which people stand by name.
pub const READ_DRUG_BOOK: Roles = Roles::of(&[
    Role::Nurse,
    Role::Prescriber,
    Role::MedicalDirector,
    Role::Auditor,
]);

/// Those who change something of a container: whether they may, the ledger says in words.
pub const ACT_ON_DRUGS: Roles = Roles::of(&[
    Role::Nurse,
    Role::Prescriber,
    Role::MedicalDirector,
    Role::Owner,
]);
