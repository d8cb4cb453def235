//! Who is asking: passwords, sign-in, tokens. Not part of the clinical record.

mod house;
mod own;
mod password;
mod sign_in;
mod token;

pub use house::house_secret;
pub use own::{Own, Way, let_in, own_cookie_name, own_of, patient_link};
pub use password::{hash_password, verify_password};
pub use sign_in::{
    Proof, SignIn, Viewer, cookie, prove, prove_again, still_holds, viewer_of, wait_after,
};
pub use token::{Secret, digest, is_same};
