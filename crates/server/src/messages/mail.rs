//! E-mail, handed to the clinic's mail server.

use clinical::course::message::Tried;
use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, MessageBuilder, MultiPart, SinglePart};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use std::fmt;
use std::time::Duration;
use uuid::Uuid;

/// How long the server may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A clinic's mail server.
#[derive(Clone)]
pub struct MailServer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// A mail server that cannot be used as it is written down.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnusableMailServer {
    /// The address of the server.
    #[error(
        "the mail server's address cannot be read; write smtps://USER:PASSWORD@HOST or smtp://HOST:PORT?tls=required"
    )]
    Url,
    /// The sender.
    #[error("the sender of mail cannot be read; write Clinic name <post@example.org>")]
    From,
}

/// Neither the address nor the password stands in a log.
impl fmt::Debug for MailServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MailServer")
    }
}

impl MailServer {
    /// A server from its address, such as `smtps://user:password@mail.example.org`, and the sender
    /// from whom people get their mail.
    ///
    /// `smtp://…?tls=required` begins in the clear and turns to TLS, `smtps://` speaks TLS from the
    /// beginning, and plain `smtp://` never does: for a relay on the same machine.
    pub fn new(url: &str, from: &str) -> Result<Self, UnusableMailServer> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|_| UnusableMailServer::Url)?
            .timeout(Some(PATIENCE))
            .build();
        let from = from.parse().map_err(|_| UnusableMailServer::From)?;
        Ok(Self { transport, from })
    }
}

/// Hands one message over. What the server refuses for good is not tried again; everything that
/// may pass is.
pub(super) async fn send(
    server: &MailServer,
    id: Uuid,
    to: &str,
    subject: &str,
    text: &str,
) -> Tried {
    let never = |why: &str| Tried::Never {
        why: why.to_owned(),
    };
    let Ok(address) = to.parse::<Address>() else {
        return never("the e-mail address that is recorded is none");
    };
    let mail = begun(server, id, address, subject)
        .header(ContentType::TEXT_PLAIN)
        .body(text.to_owned());
    match mail {
        Ok(mail) => handed_over(server, mail).await,
        Err(_) => never("the e-mail could not be written"),
    }
}

/// A letter that goes out as a file.
pub struct Letter<'a> {
    /// Its identity: the same at every try.
    pub id: Uuid,
    /// To which address.
    pub to: &'a str,
    /// The subject: nothing of health, and no patient.
    pub subject: &'a str,
    /// What stands outside of the file: the same.
    pub text: String,
    /// What the file is called: the same.
    pub name: &'a str,
    /// The file, a PDF.
    pub bytes: Vec<u8>,
}

/// Hands a letter over, once.
pub(super) async fn send_letter(server: &MailServer, letter: Letter<'_>) -> Tried {
    let never = |why: &str| Tried::Never {
        why: why.to_owned(),
    };
    let Ok(address) = letter.to.parse::<Address>() else {
        return never("what was typed is no e-mail address");
    };
    let Ok(pdf) = ContentType::parse("application/pdf") else {
        return never("the e-mail could not be written");
    };
    let parts = MultiPart::mixed()
        .singlepart(SinglePart::plain(letter.text))
        .singlepart(Attachment::new(letter.name.to_owned()).body(letter.bytes, pdf));
    let mail = begun(server, letter.id, address, letter.subject).multipart(parts);
    match mail {
        Ok(mail) => handed_over(server, mail).await,
        Err(_) => never("the e-mail could not be written"),
    }
}

fn begun(server: &MailServer, id: Uuid, to: Address, subject: &str) -> MessageBuilder {
    let domain = server.from.email.domain();
    lettre::Message::builder()
        .from(server.from.clone())
        .to(Mailbox::new(None, to))
        .subject(subject)
        // The same at every try, so that a mail program shows a repetition once.
        .message_id(Some(format!("<{id}@{domain}>")))
}

async fn handed_over(server: &MailServer, mail: lettre::Message) -> Tried {
    match server.transport.send(mail).await {
        Ok(response) => Tried::Taken {
            receipt: response.first_line().unwrap_or("taken").to_owned(),
        },
        Err(error) if error.is_permanent() => Tried::Never {
            why: format!("the mail server refused it: {}", told(&error)),
        },
        Err(error) if error.is_transient() => Tried::NotNow {
            why: format!("the mail server did not take it now: {}", told(&error)),
        },
        Err(error) if error.is_timeout() => Tried::NotNow {
            why: "the mail server did not answer in time".to_owned(),
        },
        Err(error) if error.is_tls() => Tried::NotNow {
            why: "no protected connection to the mail server could be made".to_owned(),
        },
        Err(_) => Tried::NotNow {
            why: "the mail server could not be reached".to_owned(),
        },
    }
}

/// What the server said, as it said it.
fn told(error: &lettre::transport::smtp::Error) -> String {
    let code = error.status().map(|code| code.to_string());
    let said = std::error::Error::source(error).map(ToString::to_string);
    [code, said]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ")
}
