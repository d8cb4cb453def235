//! `evenkeel consent`: the texts that people consent to, as they are in force.

use super::StoreOptions;
use super::screen::UNREADABLE;
use crate::application::Application;
use crate::configuration::Configuration;
use crate::consent;
use crate::fault::Fault;
use clinical::course::consent::text::Kind;
use clinical::course::consent::text_file::UnreadableTexts;
use clinical::course::screening::person::Product;
use clinical::leaflet::Language;
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(clap::Args)]
pub(super) struct ConsentOptions {
    #[command(subcommand)]
    ask: Ask,
}

/// Whose texts: the store has the values that the clinic has adopted.
#[derive(clap::Args)]
struct Clinic {
    #[command(flatten)]
    store: StoreOptions,
    /// A folder with the clinic's own texts, as docs/adding-a-consent.md says.
    #[arg(long)]
    consents: Option<PathBuf>,
}

#[derive(clap::Subcommand)]
enum Ask {
    /// Every text in force, one a line: medicine, kind, language, version, digest, how hard it is
    /// to read, whether it is shipped or the clinic's, and its file.
    List(Clinic),
    /// One text on standard output, byte for byte as it is signed; its digest on standard error.
    Show {
        /// racemic-ketamine or esketamine.
        product: String,
        /// en or es.
        language: String,
        /// consent or assent.
        #[arg(long, default_value = "consent")]
        kind: String,
        #[command(flatten)]
        clinic: Clinic,
    },
}

/// Prints what was asked; nothing is saved. 0, or 2 for an input that was not understood.
pub(super) async fn consent(options: ConsentOptions) -> Result<ExitCode, Fault> {
    let nowhere = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
    let (Ask::List(clinic) | Ask::Show { clinic, .. }) = &options.ask;
    let configuration = Configuration {
        consents: clinic.consents.clone(),
        ..Configuration::new(clinic.store.address()?, nowhere, nowhere)
    };
    let application = match Application::open(configuration).await {
        Ok(application) => application,
        Err(fault) => {
            let Some(unreadable) = fault.0.downcast_ref::<UnreadableTexts>() else {
                return Err(fault);
            };
            eprintln!("{unreadable}");
            return Ok(ExitCode::from(UNREADABLE));
        }
    };
    let done = match &options.ask {
        Ask::List(_) => Ok(list(&application)),
        Ask::Show {
            product,
            language,
            kind,
            clinic: _,
        } => show(&application, product, language, kind),
    };
    match done {
        Ok(text) => {
            // Whoever reads only the beginning closes the pipe, and may.
            write!(std::io::stdout(), "{text}").ok();
            Ok(ExitCode::SUCCESS)
        }
        Err(line) => {
            eprintln!("{line}");
            Ok(ExitCode::from(UNREADABLE))
        }
    }
}

fn list(application: &Application) -> String {
    let mut lines = String::new();
    for (origin, text) in application.consents().all() {
        for language in Language::ALL {
            let Some(shown) = consent::text(application, text.product, text.kind, language) else {
                continue;
            };
            let age = text.reading_age(language);
            let columns = [
                text.product.word().to_owned(),
                text.kind.word().to_owned(),
                language.tag().to_owned(),
                text.version.to_string(),
                shown.filled.digest,
                age.map_or_else(|| "no words".to_owned(), |age| age.to_string()),
                origin.to_string(),
                text.file.clone(),
            ];
            lines.push_str(&format!("{}\n", columns.join("\t")));
        }
    }
    lines
}

fn show(
    application: &Application,
    product: &str,
    language: &str,
    kind: &str,
) -> Result<String, String> {
    let none = || {
        format!(
            "There is no {kind} for {product} in {language}. `evenkeel consent list` names them."
        )
    };
    let named = Product::of_word(product)
        .zip(Language::from_tag(language))
        .zip(Kind::of_word(kind));
    let ((product, language), kind) = named.ok_or_else(none)?;
    let shown = consent::text(application, product, kind, language).ok_or_else(none)?;
    eprintln!("{}", shown.filled.digest);
    Ok(shown.filled.plain)
}
