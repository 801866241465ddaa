//! How providers are configured. Must not know how one is spoken to.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail, ensure};
use clap::Args;
use openidconnect::{ClientId, ClientSecret, IssuerUrl};

/// Providers there may be: more buttons than that nobody reads.
const PROVIDERS_MAX: usize = 8;
/// Longest id of a provider, in characters.
const ID_CHARS_MAX: usize = 32;
/// Longest name of a provider for people, in characters.
const TITLE_CHARS_MAX: usize = 60;

/// What `learnr serve` can be told of providers: lists of `ID=VALUE`, each provider by the same id in all of them. What is wrong in one is
/// said by [`OidcConfig::providers`], which shows no value of a secret. It has no `Debug`, for the same.
#[derive(Clone, Default, Args)]
pub struct OidcConfig {
    /// OpenID Connect providers people can sign in at, each with an id of your choice and its issuer: `google=https://accounts.google.com`,
    /// several with semicolons between them. At the provider, enter PUBLIC_URL/v1/auth/providers/ID/callback as the address to come back to.
    #[arg(
        long,
        env = "LEARNR_OIDC_ISSUERS",
        value_delimiter = ';',
        value_name = "ID=URL;..."
    )]
    pub oidc_issuers: Vec<String>,
    /// Client ids that the providers gave: `google=1234.apps.example`.
    #[arg(
        long,
        env = "LEARNR_OIDC_CLIENTS",
        value_delimiter = ';',
        value_name = "ID=CLIENT;..."
    )]
    pub oidc_clients: Vec<String>,
    /// Secrets that go with them: `google=TEXT`. A provider without one takes a public client.
    #[arg(
        long,
        env = "LEARNR_OIDC_SECRETS",
        hide_env_values = true,
        value_delimiter = ';',
        value_name = "ID=TEXT;..."
    )]
    pub oidc_secrets: Vec<String>,
    /// Names of the providers for people: `google=Google`; by default their ids.
    #[arg(
        long,
        env = "LEARNR_OIDC_TITLES",
        value_delimiter = ';',
        value_name = "ID=NAME;..."
    )]
    pub oidc_titles: Vec<String>,
}

/// One provider as it is configured. It has no `Debug`, so that its secret cannot be logged.
#[derive(Clone)]
pub(super) struct Settings {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) issuer: IssuerUrl,
    pub(super) client: ClientId,
    pub(super) secret: Option<ClientSecret>,
}

impl OidcConfig {
    /// The providers, by id.
    ///
    /// # Errors
    /// What is wrong with the configuration; never a secret.
    pub(super) fn providers(&self) -> anyhow::Result<Vec<Settings>> {
        let issuers = named(&self.oidc_issuers, "LEARNR_OIDC_ISSUERS")?;
        let mut clients = named(&self.oidc_clients, "LEARNR_OIDC_CLIENTS")?;
        let mut secrets = named(&self.oidc_secrets, "LEARNR_OIDC_SECRETS")?;
        let mut titles = named(&self.oidc_titles, "LEARNR_OIDC_TITLES")?;
        let count = issuers.len();
        ensure!(
            count <= PROVIDERS_MAX,
            "LEARNR_OIDC_ISSUERS: at most {PROVIDERS_MAX} providers, got {count}"
        );
        let mut providers = Vec::new();
        for (id, url) in issuers {
            let client = clients.remove(&id).with_context(|| {
                format!("LEARNR_OIDC_ISSUERS has {id}: set its client id in LEARNR_OIDC_CLIENTS as well, `{id}=...`")
            })?;
            let title = titles.remove(&id).unwrap_or_else(|| id.clone());
            let chars = title.chars().count();
            ensure!(
                chars <= TITLE_CHARS_MAX && !title.chars().any(char::is_control),
                "LEARNR_OIDC_TITLES: {id}: at most {TITLE_CHARS_MAX} characters that can be shown, got {chars}"
            );
            providers.push(Settings {
                issuer: issuer(&id, &url)?,
                client: ClientId::new(client),
                secret: secrets.remove(&id).map(ClientSecret::new),
                title,
                id,
            });
        }
        for (left, place) in [
            (clients, "LEARNR_OIDC_CLIENTS"),
            (secrets, "LEARNR_OIDC_SECRETS"),
            (titles, "LEARNR_OIDC_TITLES"),
        ] {
            if let Some(id) = left.keys().next() {
                bail!("{place} has {id}, and LEARNR_OIDC_ISSUERS has not: set `{id}=https://...`");
            }
        }
        Ok(providers)
    }
}

/// Values by their ids. What is set to nothing is not set: what a compose file leaves behind.
fn named(entries: &[String], place: &str) -> anyhow::Result<BTreeMap<String, String>> {
    let mut values = BTreeMap::new();
    let given = entries.iter().map(|entry| entry.trim());
    for (position, entry) in given.filter(|entry| !entry.is_empty()).enumerate() {
        let number = position + 1;
        // The entry itself is not shown: it may be a secret.
        let (id, value) = entry
            .split_once('=')
            .with_context(|| format!("{place}: entry {number} has no `=`: want ID=VALUE"))?;
        let (id, value) = (id.trim(), value.trim());
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        ensure!(
            (1..=ID_CHARS_MAX).contains(&id.len()) && id.chars().all(plain),
            "{place}: entry {number}: an id has 1 to {ID_CHARS_MAX} small letters, digits and dashes"
        );
        ensure!(!value.is_empty(), "{place}: {id} has no value");
        let before = values.insert(id.to_owned(), value.to_owned());
        ensure!(before.is_none(), "{place}: {id} is there twice");
    }
    Ok(values)
}

/// TLS everywhere but to one's own machine, which is for development.
fn issuer(id: &str, url: &str) -> anyhow::Result<IssuerUrl> {
    let refused = || {
        format!(
            "LEARNR_OIDC_ISSUERS: {id}: want https:// and a host, such as https://accounts.google.com, got {url:?}"
        )
    };
    let issuer = IssuerUrl::new(url.to_owned()).with_context(refused)?;
    let parsed = issuer.url();
    let plain = parsed.query().is_none() && parsed.fragment().is_none();
    let nobody = parsed.username().is_empty() && parsed.password().is_none();
    ensure!(
        super::outbound::may_be_dialed(parsed) && plain && nobody,
        refused()
    );
    Ok(issuer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(issuers: &str, clients: &str, secrets: &str, titles: &str) -> OidcConfig {
        let entries = |text: &str| text.split(';').map(str::to_owned).collect();
        OidcConfig {
            oidc_issuers: entries(issuers),
            oidc_clients: entries(clients),
            oidc_secrets: entries(secrets),
            oidc_titles: entries(titles),
        }
    }

    #[test]
    fn each_provider_is_put_together_by_its_id() {
        let issuers = "google=https://accounts.google.com; school=https://id.school.example/a=b";
        let given = config(
            issuers,
            "school=s;google=g",
            "google=hush=1",
            "school=The school",
        );
        let providers = given.providers().expect("it makes sense");
        let [google, school] = &providers[..] else {
            panic!("there are two");
        };
        assert_eq!(
            (google.id.as_str(), google.title.as_str()),
            ("google", "google")
        );
        let secret = google
            .secret
            .as_ref()
            .map(|secret| secret.secret().as_str());
        assert_eq!(secret, Some("hush=1"));
        assert_eq!(school.title, "The school");
        assert_eq!(school.issuer.as_str(), "https://id.school.example/a=b");
        assert!(school.secret.is_none());
        let nothing = config("", "", " ", "").providers().expect("it makes sense");
        assert!(nothing.is_empty());
    }

    #[test]
    fn what_makes_no_sense_is_said_without_a_secret() {
        let known = "google=https://accounts.google.com";
        let many: Vec<_> = (0..9)
            .map(|n| format!("p{n}=https://p{n}.example"))
            .collect();
        for (issuers, clients, secrets, words) in [
            (known, "", "", "set its client id in LEARNR_OIDC_CLIENTS"),
            (known, "google=g", "hush", "entry 1 has no `=`"),
            (
                known,
                "google=g",
                "gogle=hush",
                "LEARNR_OIDC_SECRETS has gogle",
            ),
            (
                known,
                "google=g",
                "google=hush;google=hush",
                "is there twice",
            ),
            (known, "google=g", "Hush!=hush", "small letters"),
            (known, "google=", "", "google has no value"),
            (
                "google=accounts.google.com",
                "google=g",
                "",
                "want https://",
            ),
            (
                "google=http://accounts.google.com",
                "google=g",
                "",
                "want https://",
            ),
            (
                "google=https://a@b.example",
                "google=g",
                "",
                "want https://",
            ),
            (
                many.join(";").as_str(),
                "",
                "",
                "at most 8 providers, got 9",
            ),
        ] {
            let refused = config(issuers, clients, secrets, "").providers().err();
            let said = format!("{:#}", refused.expect("it makes no sense"));
            assert!(said.contains(words), "{said}");
            assert!(!said.contains("hush") && !said.contains("Hush"), "{said}");
        }
    }
}
