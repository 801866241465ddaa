//! Roles given and taken away, authors entered and struck out, accounts signed out.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use learnr_protocol::ErrorCode;
use uuid::Uuid;

use crate::http::caller::Admin;
use crate::http::{ApiError, HttpContext};
use crate::store::{LearnerId, RoleName, TakenRole};

/// Grants a role; done again it is 204 as well.
#[utoipa::path(
    put, path = "/v1/admin/people/{id}/roles/{role}", tag = "operations",
    params(
        ("id" = String, Path, description = "learner's id"),
        ("role" = String, Path, description = "`author` or `admin`"),
    ),
    security(("bearer" = []), ("owner" = [])),
    responses(
        (status = 204, description = "granted"),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 403, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 404, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn grant(
    context: web::Data<HttpContext>,
    admin: Admin,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    set_role(&context, &admin, path.into_inner(), true).await
}

/// Takes a role away, at once; done again it is 204 as well.
#[utoipa::path(
    delete, path = "/v1/admin/people/{id}/roles/{role}", tag = "operations",
    params(
        ("id" = String, Path, description = "learner's id"),
        ("role" = String, Path, description = "`author` or `admin`"),
    ),
    security(("bearer" = []), ("owner" = [])),
    responses(
        (status = 204, description = "taken away"),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 403, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 404, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 409, body = learnr_protocol::rest::ErrorEnvelope, description = "the last admin, where there is no owner's token: nobody could make another"),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn revoke(
    context: web::Data<HttpContext>,
    admin: Admin,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    set_role(&context, &admin, path.into_inner(), false).await
}

/// Enters an account as an author of a certification; done again it is 204 as well. It counts once the account has the role `author`.
#[utoipa::path(
    put, path = "/v1/admin/people/{id}/certifications/{certification}", tag = "operations",
    params(
        ("id" = String, Path, description = "learner's id"),
        ("certification" = String, Path, description = "certification id"),
    ),
    security(("bearer" = []), ("owner" = [])),
    responses(
        (status = 204, description = "entered"),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 403, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 404, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn enter(
    context: web::Data<HttpContext>,
    admin: Admin,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    set_author(&context, &admin, path.into_inner(), true).await
}

/// Strikes an account out as an author of a certification, at once; done again it is 204 as well.
#[utoipa::path(
    delete, path = "/v1/admin/people/{id}/certifications/{certification}", tag = "operations",
    params(
        ("id" = String, Path, description = "learner's id"),
        ("certification" = String, Path, description = "certification id"),
    ),
    security(("bearer" = []), ("owner" = [])),
    responses(
        (status = 204, description = "struck out"),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 403, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 404, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn strike(
    context: web::Data<HttpContext>,
    admin: Admin,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    set_author(&context, &admin, path.into_inner(), false).await
}

/// Signs every device of an account out, and ends what providers know it by, if it has an address to sign in by.
#[utoipa::path(
    post, path = "/v1/admin/people/{id}/sign-out", tag = "operations",
    params(("id" = String, Path, description = "learner's id")),
    security(("bearer" = []), ("owner" = [])),
    responses(
        (status = 204, description = "no device is signed in"),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 403, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 404, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn sign_out(
    context: web::Data<HttpContext>,
    admin: Admin,
    path: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let shared = context.sessions();
    let learner = account_id(&path)?;
    let account = shared.store.account(learner).await?;
    let account = account.ok_or_else(no_person)?;
    let detail = account.email.map_or("", |_| "identities");
    // Written down first: what was done is never missing, though it may have been done twice.
    let now = shared.clock.now_ms();
    let audit = admin.audit(now, "account.sign-out", learner.to_string(), detail);
    shared.store.add_audit(audit).await?;
    shared.store.shut_out(learner).await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn set_role(
    context: &HttpContext,
    admin: &Admin,
    (id, role): (String, String),
    granted: bool,
) -> Result<HttpResponse, ApiError> {
    let learner = account_id(&id)?;
    let role = RoleName::parse(&role).ok_or_else(|| ApiError::not_found("role"))?;
    let shared = context.sessions();
    let action = if granted { "role.grant" } else { "role.revoke" };
    let now = shared.clock.now_ms();
    let audit = admin.audit(now, action, learner.to_string(), role.as_str());
    // With the owner's token there is always somebody to make another.
    if role == RoleName::Admin && !granted && context.owner.is_none() {
        let taken = shared.store.take_role_but_the_last(learner, role, audit);
        let taken = taken.await?.ok_or_else(no_person)?;
        return match taken {
            TakenRole::Last => Err(last()),
            TakenRole::Taken | TakenRole::NotThere => Ok(HttpResponse::NoContent().finish()),
        };
    }
    let set = shared.store.set_role(learner, role, granted, audit);
    done(set.await?)
}

async fn set_author(
    context: &HttpContext,
    admin: &Admin,
    (id, certification): (String, String),
    granted: bool,
) -> Result<HttpResponse, ApiError> {
    let learner = account_id(&id)?;
    let shared = context.sessions();
    let action = if granted {
        "author.enter"
    } else {
        "author.strike"
    };
    let now = shared.clock.now_ms();
    let audit = admin.audit(now, action, learner.to_string(), &certification);
    let store = &shared.store;
    let set = store.set_author(learner, &certification, granted, audit);
    done(set.await?)
}

/// What came of a change: whether anything was different before is nobody's concern.
fn done(changed: Option<bool>) -> Result<HttpResponse, ApiError> {
    changed.ok_or_else(no_person)?;
    Ok(HttpResponse::NoContent().finish())
}

fn account_id(text: &str) -> Result<LearnerId, ApiError> {
    let id = Uuid::parse_str(text).map_err(|_| no_person())?;
    Ok(LearnerId(id))
}

fn last() -> ApiError {
    ApiError::refused(
        StatusCode::CONFLICT,
        ErrorCode::BadRequest,
        "this is the last admin, and there is no owner's token: make somebody else an admin first",
    )
}

fn no_person() -> ApiError {
    ApiError::not_found("account, or no such certification")
}
