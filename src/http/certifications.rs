//! What there is to prepare for.

use actix_web::{HttpResponse, web};
use learnr_domain::Bank;
use learnr_protocol::rest::{AreaInfo, CertificationInfo, CertificationList};

use super::{ApiError, HttpContext};

/// Certifications listed at most.
const LISTED_MAX: usize = 1_000;

/// Lists the certifications.
#[utoipa::path(
    get, path = "/v1/certifications", tag = "certifications",
    responses(
        (status = 200, body = CertificationList),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(super) async fn list(context: web::Data<HttpContext>) -> Result<HttpResponse, ApiError> {
    let listed = context.sessions().store.certifications().await?;
    let mut certifications = Vec::with_capacity(listed.len().min(LISTED_MAX));
    for listing in listed.into_iter().take(LISTED_MAX) {
        let banks = &context.sessions().banks;
        let versioned = banks.version(&listing.id, &listing.version).await?;
        certifications.push(info(&versioned.bank));
    }
    Ok(HttpResponse::Ok().json(CertificationList { certifications }))
}

fn info(bank: &Bank) -> CertificationInfo {
    let certification = bank.certification();
    let areas: Vec<AreaInfo> = bank
        .areas()
        .iter()
        .map(|area| AreaInfo {
            id: area.id.to_string(),
            title: area.title.clone(),
            weight: area.weight,
            items: u32::try_from(area.items().len()).unwrap_or(u32::MAX),
        })
        .collect();
    CertificationInfo {
        id: certification.id.to_string(),
        title: certification.title.clone(),
        description: certification.description.clone(),
        items: areas.iter().map(|area| area.items).sum(),
        pass_mark: certification.pass_mark,
        areas,
    }
}
