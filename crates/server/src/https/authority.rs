//! A small authority of the clinic's own: one root, made at the first start, and short-lived
//! certificates for this server.
//!
//! The root may sign for the clinic's own network only (name constraints of RFC 5280, 4.2.1.10):
//! whoever steals it cannot pretend to be another site to a tablet that trusts it.

use crate::fault::Fault;
use anyhow::{Context as _, anyhow};
use jiff::tz::TimeZone;
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    NameConstraints,
};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use sha2::{Digest as _, Sha256};
use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::net::IpAddr;
use std::path::Path;
use units::{Moment, Span};

/// A root holds for ten years: installing it is the work of a person at every tablet.
const ROOT_YEARS: i32 = 10;

/// A server's certificate holds for 90 days and is renewed after 30: well below the 825 days that
/// Apple's systems accept of an installed authority.
const SERVER_HOLDS: Span = Span::from_hours(24 * 90);

/// Clocks of tablets differ: everything holds from the day before.
const EARLIER: Span = Span::from_hours(24);

const ROOT_FILE: &str = "root.pem";
const KEY_FILE: &str = "root.key.pem";

/// Names of networks that are nobody's but the clinic's own.
const OWN_NAMES: [&str; 6] = ["localhost", "local", "lan", "home.arpa", "internal", "test"];

/// Addresses that are nobody's but the clinic's own. Source: RFC 1918, 4193, 6598, 1122.
const OWN_V4: [([u8; 4], u8); 5] = [
    ([10, 0, 0, 0], 8),
    ([172, 16, 0, 0], 12),
    ([192, 168, 0, 0], 16),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
];

/// True for a name or an address of a clinic's own network: what the root may sign for.
pub(super) fn may_sign(name: &str) -> bool {
    match name.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => OWN_V4.iter().any(|(network, bits)| {
            let cut = |octets| u32::from_be_bytes(octets) >> (32 - u32::from(*bits));
            cut(address.octets()) == cut(*network)
        }),
        Ok(IpAddr::V6(address)) => address.is_loopback() || address.is_unique_local(),
        Err(_) => OWN_NAMES
            .iter()
            .any(|own| name == *own || name.ends_with(&format!(".{own}"))),
    }
}

/// The root that tablets install.
#[derive(Clone, Debug)]
pub struct Root {
    /// As text.
    pub pem: String,
    /// As bytes.
    pub der: Vec<u8>,
}

impl Root {
    /// Its SHA-256 in pairs, as the settings of tablets show it: `A1 B2 …`.
    pub fn fingerprint(&self) -> String {
        let pairs: Vec<String> = Sha256::digest(&self.der)
            .iter()
            .map(|byte| format!("{byte:02X}"))
            .collect();
        pairs.join(" ")
    }
}

/// The authority.
#[derive(Debug)]
pub struct Authority {
    key: KeyPair,
    root: Root,
}

impl Authority {
    /// Opens the authority of a folder; makes it where there is none.
    ///
    /// The key never leaves the folder, and only this program's account may read it. Where the
    /// making stopped between the key and the root, the same key signs the root.
    pub fn open(folder: &Path, now: Moment) -> Result<Self, Fault> {
        let (root_file, key_file) = (folder.join(ROOT_FILE), folder.join(KEY_FILE));
        if !is_written(&key_file)? {
            // A root without its key would be one that nobody can use again: never replaced.
            if is_written(&root_file)? {
                return Err(Fault(anyhow!(
                    "{} is there and its key is not; bring the key back, or move the folder away to make a new authority that every tablet installs again",
                    root_file.display()
                )));
            }
            make_key(folder, &key_file)?;
        }
        let key = fs::read_to_string(&key_file).with_context(|| reading(&key_file))?;
        let key = KeyPair::from_pem(&key).with_context(|| reading(&key_file))?;
        if !is_written(&root_file)? {
            sign_root(&root_file, &key, now)?;
        }
        let pem = fs::read_to_string(&root_file).with_context(|| reading(&root_file))?;
        let der = CertificateDer::from_pem_slice(pem.as_bytes())
            .with_context(|| reading(&root_file))?
            .to_vec();
        Ok(Self {
            key,
            root: Root { pem, der },
        })
    }

    /// The root that tablets install.
    pub const fn root(&self) -> &Root {
        &self.root
    }

    /// A new certificate for a server that is reached under these names, with its key.
    pub fn issue(
        &self,
        names: &[String],
        now: Moment,
    ) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), Fault> {
        let mut params = CertificateParams::new(names.to_vec()).context("the server’s names")?;
        params.distinguished_name = named("Evenkeel server");
        let (from, until) = (day(now - EARLIER), day(now + SERVER_HOLDS));
        params.not_before = rcgen::date_time_ymd(from.0, from.1, from.2);
        params.not_after = rcgen::date_time_ymd(until.0, until.1, until.2);
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let issuer_params = root_params(&self.key, now);
        let issuer = Issuer::from_params(&issuer_params, &self.key);
        let key = KeyPair::generate().context("making a key")?;
        let certificate = params
            .signed_by(&key, &issuer)
            .context("signing the server’s certificate")?;
        let chain = vec![
            certificate.der().clone(),
            CertificateDer::from(self.root.der.clone()),
        ];
        let key = PrivatePkcs8KeyDer::from(key.serialize_der());
        Ok((chain, PrivateKeyDer::from(key)))
    }
}

/// Year, month and day: certificates are dated by the day.
fn day(at: Moment) -> (i32, u8, u8) {
    let on = at.timestamp().to_zoned(TimeZone::UTC);
    let part = |number: i8| u8::try_from(number).unwrap_or(1);
    (i32::from(on.year()), part(on.month()), part(on.day()))
}

fn named(name: &str) -> DistinguishedName {
    let mut known = DistinguishedName::new();
    known.push(DnType::CommonName, name);
    known
}

/// The root's own words: the same for the same key, whenever they are asked for.
fn root_params(key: &KeyPair, now: Moment) -> CertificateParams {
    let digest = Sha256::digest(key.public_key_raw());
    let number: String = digest
        .iter()
        .take(3)
        .map(|byte| format!("{byte:02X}"))
        .collect();
    let mut params = CertificateParams::default();
    params.distinguished_name = named(&format!("Evenkeel clinic authority {number}"));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let own = OWN_NAMES.map(|name| GeneralSubtree::DnsName(name.to_owned()));
    let addresses = OWN_V4.map(|(address, bits)| {
        GeneralSubtree::IpAddress(CidrSubnet::from_v4_prefix(address, bits))
    });
    let mut unique = [0; 16];
    unique[0] = 0xfc;
    let local = GeneralSubtree::IpAddress(CidrSubnet::from_v6_prefix(unique, 7));
    let mut loopback = [0; 16];
    loopback[15] = 1;
    let loopback = GeneralSubtree::IpAddress(CidrSubnet::from_v6_prefix(loopback, 128));
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: own
            .into_iter()
            .chain(addresses)
            .chain([local, loopback])
            .collect(),
        excluded_subtrees: Vec::new(),
    });
    let from = day(now - EARLIER);
    params.not_before = rcgen::date_time_ymd(from.0, from.1, from.2);
    params
}

fn reading(path: &Path) -> String {
    format!("reading {}", path.display())
}

fn writing(path: &Path) -> String {
    format!("writing {}", path.display())
}

/// True for a file with something in it. One that cannot be looked at is not taken for missing.
fn is_written(path: &Path) -> Result<bool, Fault> {
    match fs::metadata(path) {
        Ok(known) => Ok(known.len() > 0),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(Fault(anyhow!(error).context(reading(path)))),
    }
}

/// Makes the authority's key, and its folder where there is none.
fn make_key(folder: &Path, file: &Path) -> Result<(), Fault> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(folder).with_context(|| writing(folder))?;
    let key = KeyPair::generate().context("making the authority’s key")?;
    private(file, &key.serialize_pem()).with_context(|| writing(file))?;
    Ok(())
}

/// Signs the root with its own key.
fn sign_root(file: &Path, key: &KeyPair, now: Moment) -> Result<(), Fault> {
    let mut params = root_params(key, now);
    let (year, month, _) = day(now);
    params.not_after = rcgen::date_time_ymd(year + ROOT_YEARS, month, 1);
    let root = params
        .self_signed(key)
        .context("signing the authority’s root")?;
    private(file, &root.pem()).with_context(|| writing(file))?;
    Ok(())
}

/// Writes what only this program's account may read: whole, or not at all.
fn private(path: &Path, text: &str) -> io::Result<()> {
    let unfinished = path.with_extension("unfinished");
    match fs::remove_file(&unfinished) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(&unfinished)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&unfinished, path)?;
    // The name is durable too, before anything is signed with the key. Elsewhere a folder cannot
    // be opened as a file.
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}
