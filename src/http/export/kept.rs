//! What an export tells of an account and of what its learner keeps.
//!
//! Owns the order of these pieces. In memory is one page of marks or of reports.

use learnr_protocol::account::LinkPurpose;
use learnr_protocol::learner::{
    ExportedAccount, ExportedBookmark, ExportedMail, ExportedReport, ExportedSignIn,
};
use tokio::sync::mpsc::Sender;

use super::{Piece, Stopped, json, send, unbracketed};
use crate::http::HttpContext;
use crate::http::auth::role;
use crate::http::keeping;
use crate::preferences::of_row;
use crate::store::{BookmarkRow, LearnerId, MailPurpose, OwnReportRow};

/// Mails told of at most: as many as one network may ask for while one of them can be used.
const MAILS_MAX: u32 = 1_000;
/// Marks and reports read at a time.
const ROWS_AT_A_TIME: u32 = 200;

/// Writes the members `account` to `reports`, each with a comma behind it.
pub(super) async fn write(
    context: &HttpContext,
    learner: LearnerId,
    now_ms: i64,
    to: &Sender<Piece>,
) -> Result<(), Stopped> {
    let account = json(&account(context, learner, now_ms).await?)?;
    let sign_ins = json(&sign_ins(context, learner, now_ms).await?)?;
    let mails = json(&mails(context, learner, now_ms).await?)?;
    let store = &context.sessions().store;
    let preferred = store.preferences(learner).await?;
    let preferred = preferred.and_then(|row| match of_row(&row) {
        Ok(preferred) => Some(preferred),
        Err(error) => {
            tracing::warn!(%learner, %error, "preferences are left out of an export");
            None
        }
    });
    let preferred = json(&preferred)?;
    let head = format!(
        "\"account\":{account},\"sign_ins\":{sign_ins},\"mails\":{mails},\"preferences\":{preferred},\"bookmarks\":["
    );
    send(to, head).await?;
    bookmarks(context, learner, to).await?;
    send(to, "],\"reports\":[".to_owned()).await?;
    reports(context, learner, to).await?;
    send(to, "],".to_owned()).await
}

async fn account(
    context: &HttpContext,
    learner: LearnerId,
    now_ms: i64,
) -> Result<Option<ExportedAccount>, Stopped> {
    let store = &context.sessions().store;
    let Some(account) = store.account(learner).await? else {
        return Ok(None);
    };
    let caller = store.caller(learner, None, now_ms).await?;
    let roles = caller.map(|caller| caller.roles).unwrap_or_default();
    Ok(Some(ExportedAccount {
        email: account.email,
        name: account.name,
        has_password: account.password_hash.is_some(),
        created_ms: account.created_at,
        roles: roles.into_iter().map(role).collect(),
        authored: store.authored(learner).await?,
    }))
}

async fn sign_ins(
    context: &HttpContext,
    learner: LearnerId,
    now_ms: i64,
) -> Result<Vec<ExportedSignIn>, Stopped> {
    let rows = context.sessions().store.sign_ins(learner, now_ms).await?;
    let told = rows.into_iter().map(|row| ExportedSignIn {
        id: row.id.0.to_string(),
        agent: row.agent,
        created_ms: row.created_at,
        used_ms: row.used_at,
    });
    Ok(told.collect())
}

async fn mails(
    context: &HttpContext,
    learner: LearnerId,
    now_ms: i64,
) -> Result<Vec<ExportedMail>, Stopped> {
    let store = &context.sessions().store;
    let rows = store.mails_of(learner, now_ms, MAILS_MAX).await?;
    let told = rows.into_iter().map(|row| ExportedMail {
        purpose: purpose(row.purpose),
        email: row.email,
        name: row.name,
        created_ms: row.created_at,
        expires_ms: row.expires_at,
    });
    Ok(told.collect())
}

fn purpose(stored: MailPurpose) -> LinkPurpose {
    match stored {
        MailPurpose::Register => LinkPurpose::Register,
        MailPurpose::Reset => LinkPurpose::Reset,
        MailPurpose::Address => LinkPurpose::Address,
    }
}

async fn bookmarks(
    context: &HttpContext,
    learner: LearnerId,
    to: &Sender<Piece>,
) -> Result<(), Stopped> {
    let store = &context.sessions().store;
    let mut last: Option<BookmarkRow> = None;
    loop {
        let after = last.as_ref().map(|row| [&*row.certification, &*row.item]);
        let rows = store.all_bookmarks(learner, after, ROWS_AT_A_TIME).await?;
        let Some(next) = rows.last().cloned() else {
            return Ok(());
        };
        let told = rows.into_iter().map(|row| ExportedBookmark {
            certification: row.certification,
            certification_version: row.version,
            question: row.item,
            note: row.note,
            created_ms: row.created_at,
            changed_ms: row.changed_at,
        });
        let told: Vec<_> = told.collect();
        let comma = if last.is_some() { "," } else { "" };
        send(to, format!("{comma}{}", unbracketed(&json(&told)?))).await?;
        last = Some(next);
    }
}

async fn reports(
    context: &HttpContext,
    learner: LearnerId,
    to: &Sender<Piece>,
) -> Result<(), Stopped> {
    let store = &context.sessions().store;
    let mut before = None;
    loop {
        let rows = store.reports_of(learner, before, ROWS_AT_A_TIME).await?;
        let Some(last) = rows.last() else {
            return Ok(());
        };
        let comma = if before.is_some() { "," } else { "" };
        before = Some(last.report.id);
        let told: Vec<_> = rows.into_iter().map(report).collect();
        send(to, format!("{comma}{}", unbracketed(&json(&told)?))).await?;
    }
}

fn report(row: OwnReportRow) -> ExportedReport {
    ExportedReport {
        certification: row.certification,
        certification_version: row.report.version,
        question: row.report.item,
        reason: keeping::reason(&row.report.reason),
        note: row.report.note,
        reported_ms: row.report.reported_at,
    }
}
