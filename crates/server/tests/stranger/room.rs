//! A person at a desk: signs in, opens a room, charts by hand.

use super::credentials::User;
use super::http::{Answer, Connection, get, post};
use std::io;

/// Signs in; gives the cookie as it is sent back.
pub fn sign_in(connection: &mut Connection, user: &User) -> io::Result<String> {
    let fields = [
        ("username", user.username.as_str()),
        ("password", user.password.as_str()),
    ];
    let answer = connection.send(&post("/sign-in", &[], &fields))?;
    let cookie = answer
        .headers
        .iter()
        .filter(|(name, _)| name == "set-cookie")
        .filter_map(|(_, value)| value.split(';').next())
        .find(|pair| pair.contains("evenkeel="));
    cookie.map(str::to_owned).ok_or_else(|| {
        io::Error::other(format!(
            "{} could not sign in: {}",
            user.username, answer.status
        ))
    })
}

/// What a room's page tells that its forms must send back.
#[derive(Clone, Debug)]
pub struct Form {
    /// The session.
    pub session: String,
    /// The patient, as the hidden field says.
    pub patient: String,
    /// The form's own token.
    pub csrf: String,
}

impl Form {
    /// Reads a session's page.
    pub fn of(connection: &mut Connection, cookie: &str, session: &str) -> io::Result<Self> {
        let path = format!("/sessions/{session}");
        let answer =
            connection.send(&get(&path, &[("cookie", cookie), ("accept", "text/html")]))?;
        let page = answer.text();
        let field = |name: &str| {
            hidden(&page, name).ok_or_else(|| {
                io::Error::other(format!("{path} ({}) has no field {name}", answer.status))
            })
        };
        Ok(Self {
            session: session.to_owned(),
            patient: field("patient")?,
            csrf: field("csrf")?,
        })
    }

    /// Sends an act with a command id of our own.
    pub fn act(
        &self,
        connection: &mut Connection,
        cookie: &str,
        command_id: &str,
        fields: &[(&str, &str)],
    ) -> io::Result<Answer> {
        connection.send(&self.request(cookie, command_id, fields))
    }

    /// The request of an act.
    pub fn request(&self, cookie: &str, command_id: &str, fields: &[(&str, &str)]) -> Vec<u8> {
        let mut all = vec![
            ("csrf", self.csrf.as_str()),
            ("command_id", command_id),
            ("session", self.session.as_str()),
            ("patient", self.patient.as_str()),
        ];
        all.extend_from_slice(fields);
        let path = format!("/sessions/{}/acts", self.session);
        post(
            &path,
            &[("cookie", cookie), ("accept", "application/json")],
            &all,
        )
    }
}

/// The value of the first input of a name.
fn hidden(page: &str, name: &str) -> Option<String> {
    let mark = format!("name=\"{name}\"");
    page.split('<')
        .filter(|tag| tag.starts_with("input") && tag.contains(&mark))
        .find_map(|tag| Some(tag.split_once("value=\"")?.1.split_once('"')?.0.to_owned()))
}
