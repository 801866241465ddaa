//! What is done by mail, once its asker has been answered.
//!
//! Owns that the answer neither says nor waits for what differs between an address that is known and one that is not.

use actix_web::web;

use crate::auth::RandomToken;
use crate::http::{ApiError, HttpContext};
use crate::mail::{LINK_LIFETIME_MS, Letter, Subject};
use crate::store::{LearnerId, MailPurpose, MailTokenRow};

/// What there is to do by mail.
pub(in crate::http) enum Errand {
    /// Nothing: nobody has the address.
    Nothing,
    /// Tell something.
    Tell {
        /// What.
        subject: Subject,
        /// To which address.
        to: String,
    },
    /// Ask for something, with a link that confirms it.
    Ask(Box<Asking>),
}

/// What a link in a mail is to confirm.
pub(in crate::http) struct Asking {
    pub(in crate::http) purpose: MailPurpose,
    pub(in crate::http) learner: Option<LearnerId>,
    pub(in crate::http) email: String,
    pub(in crate::http) name: String,
}

impl Errand {
    /// An errand that asks for something of an account.
    pub(in crate::http) fn of_account(
        purpose: MailPurpose,
        learner: LearnerId,
        email: String,
    ) -> Self {
        Self::Ask(Box::new(Asking {
            purpose,
            learner: Some(learner),
            email,
            name: String::new(),
        }))
    }
}

/// Runs an errand in a task of its own.
///
/// # Errors
/// 429 when as many are under way as may, whatever the errand.
pub(in crate::http) fn ask_by_mail(
    context: &web::Data<HttpContext>,
    errand: Errand,
) -> Result<(), ApiError> {
    let place = context.auth.errand()?;
    let context = context.clone();
    actix_rt::spawn(async move {
        // Logged where the error is made; who gets no mail asks again.
        if let Err(error) = run(&context, errand).await {
            tracing::warn!(%error, "a mail was not written");
        }
        drop(place);
    });
    Ok(())
}

async fn run(context: &HttpContext, errand: Errand) -> Result<(), ApiError> {
    let letter = match errand {
        Errand::Nothing => return Ok(()),
        Errand::Tell { subject, to } => letter(context, subject, &to, ""),
        Errand::Ask(asking) => ask(context, *asking).await?,
    };
    if let Err(error) = context.mails.send(letter) {
        tracing::warn!(%error, "a mail was lost");
    }
    Ok(())
}

async fn ask(context: &HttpContext, asking: Asking) -> Result<Letter, ApiError> {
    let shared = context.sessions();
    let token = RandomToken::fresh().map_err(|error| ApiError::internal(&error))?;
    let now = shared.clock.now_ms();
    let subject = match asking.purpose {
        MailPurpose::Register => Subject::Register,
        MailPurpose::Reset => Subject::Reset,
        MailPurpose::Address => Subject::Address,
    };
    let letter = letter(context, subject, &asking.email, &token.text());
    let row = MailTokenRow {
        purpose: asking.purpose,
        learner: asking.learner,
        email: asking.email,
        name: asking.name,
        created_at: now,
        expires_at: now.saturating_add(LINK_LIFETIME_MS),
    };
    shared.store.save_mail_token(token.hash(), row).await?;
    Ok(letter)
}

fn letter(context: &HttpContext, subject: Subject, to: &str, token: &str) -> Letter {
    Letter::new(subject, to, context.public_url.as_str(), token)
}
