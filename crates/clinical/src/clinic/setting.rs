//! How the clinic names itself to the safety programme.

use serde::{Deserialize, Serialize};

/// The healthcare setting as the programme's form asks for it. What nobody has said is empty, and
/// counts as missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgrammeSetting {
    /// Its name, as it was certified.
    pub name: String,
    /// The first line of its address.
    pub address_1: String,
    /// The second line; many have none.
    #[serde(default)]
    pub address_2: String,
    /// Its city.
    pub city: String,
    /// Its state.
    pub state: String,
    /// Its postal code.
    pub postal_code: String,
    /// The telephone number at which whoever watched is reached.
    pub telephone: String,
    /// The e-mail address at which they are reached.
    pub email: String,
}
