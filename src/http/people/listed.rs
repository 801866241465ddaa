//! Who has an account.

use actix_web::{HttpResponse, web};
use learnr_protocol::account::AccountView;
use learnr_protocol::keeping::{Person, PersonPage};
use serde::Deserialize;

use crate::http::auth::account_view;
use crate::http::caller::Admin;
use crate::http::history::place::{Place, bad, cut};
use crate::http::{ApiError, HttpContext};
use crate::store::{self, EMAIL_CHARS_MAX, LearnerId};

/// Accounts of a page.
const PAGE: u32 = 100;

/// Which accounts, and which page of them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct PeopleQuery {
    containing: Option<String>,
    after: Option<String>,
}

/// Lists accounts by address, those without one last.
#[utoipa::path(
    get, path = "/v1/admin/people", tag = "operations",
    params(
        ("containing" = Option<String>, Query, description = "part of an address or a name"),
        ("after" = Option<String>, Query, description = "`next` of the page before"),
    ),
    security(("bearer" = []), ("owner" = [])),
    responses(
        (status = 200, body = PersonPage),
        (status = 400, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 403, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn list(
    context: web::Data<HttpContext>,
    _: Admin,
    query: web::Query<PeopleQuery>,
) -> Result<HttpResponse, ApiError> {
    let after = Place::read(query.after.as_deref(), |place| match place {
        Place::Person(id) => Some(LearnerId(id)),
        _ => None,
    })?;
    let containing = query.containing.as_deref().map(str::trim);
    let containing = containing.filter(|text| !text.is_empty());
    let odd = |text: &str| text.chars().count() > EMAIL_CHARS_MAX || text.contains('\0');
    if containing.is_some_and(odd) {
        return Err(bad(format!(
            "containing: at most {EMAIL_CHARS_MAX} characters of an address or a name"
        )));
    }
    let store = &context.sessions().store;
    let mut rows = store.people(containing, after, PAGE + 1).await?;
    let next = cut(&mut rows, PAGE, |row| Place::Person(row.account.learner.0));
    Ok(HttpResponse::Ok().json(PersonPage {
        people: rows.into_iter().map(told).collect(),
        next,
    }))
}

fn told(row: store::Person) -> Person {
    Person {
        account: AccountView {
            // The hash itself is not read for a list.
            has_password: row.has_password,
            ..account_view(row.account, &row.roles, row.authored.clone())
        },
        authored: row.authored,
    }
}
