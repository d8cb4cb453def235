//! Text messages, handed to whichever service the clinic uses.
//!
//! One request with a small JSON body, described in docs/text-messages.md: services differ in
//! their words, so that a few lines of the clinic's own, or of the service's, stand in between.

use clinical::course::message::Tried;
use serde_json::json;
use std::fmt;
use std::time::Duration;
use uuid::Uuid;

/// How long the service may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// A service for text messages.
#[derive(Clone)]
pub struct TextMessageService {
    client: reqwest::Client,
    url: String,
    secret: String,
}

/// Neither the address nor the secret stands in a log.
impl fmt::Debug for TextMessageService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TextMessageService")
    }
}

impl TextMessageService {
    /// A service at an address, with the secret that it knows the clinic by.
    pub fn new(url: String, secret: String) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .timeout(PATIENCE)
            // The secret goes to the address that the clinic wrote down and to no other.
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self {
            client,
            url,
            secret,
        })
    }
}

/// Hands one message over.
pub(super) async fn send(service: &TextMessageService, id: Uuid, to: &str, text: &str) -> Tried {
    let answer = service
        .client
        .post(&service.url)
        .bearer_auth(&service.secret)
        .header("idempotency-key", id.to_string())
        .json(&json!({ "id": id, "to": to, "text": text }))
        .send()
        .await;
    match answer {
        Err(error) if error.is_timeout() => Tried::NotNow {
            why: "the service for text messages did not answer in time".to_owned(),
        },
        Err(_) => Tried::NotNow {
            why: "the service for text messages could not be reached".to_owned(),
        },
        Ok(answer) => {
            let status = answer.status();
            if status.is_success() {
                Tried::Taken {
                    receipt: status.to_string(),
                }
            } else if status.is_server_error() || matches!(status.as_u16(), 408 | 425 | 429) {
                Tried::NotNow {
                    why: format!("the service for text messages did not take it now: {status}"),
                }
            } else {
                Tried::Never {
                    why: format!("the service for text messages refused it: {status}"),
                }
            }
        }
    }
}
