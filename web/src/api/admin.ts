/**
 * Owns the REST routes of admins: people and what they may do, the instances, what was written down.
 */
import type { AccountRole, AuditPage, ClusterView, Health, PersonPage, SessionPlace } from "@protocol";
import type { Api } from "./client";
import { errorOf } from "./errors";
import { queryOf } from "./query";

/** Live sessions that are listed: who looks for one asks for it by its id. */
export const SESSIONS_SHOWN = 100;

/** `after`: where the page before said that this one begins. */
export function people(api: Api, containing: string, after?: string): Promise<PersonPage> {
  return api.request("GET", `/v1/admin/people${queryOf({ containing: containing.trim(), after })}`);
}

export function setRole(api: Api, learner: string, role: AccountRole, given: boolean): Promise<void> {
  return api.command(given ? "PUT" : "DELETE", `${pathOf(learner)}/roles/${role}`);
}

export function setAuthor(api: Api, learner: string, certification: string, entered: boolean): Promise<void> {
  const path = `${pathOf(learner)}/certifications/${encodeURIComponent(certification)}`;
  return api.command(entered ? "PUT" : "DELETE", path);
}

export function signOutEverywhere(api: Api, learner: string): Promise<void> {
  return api.command("POST", `${pathOf(learner)}/sign-out`);
}

export function cluster(api: Api): Promise<ClusterView> {
  return api.request("GET", `/v1/admin/cluster${queryOf({ sessions: String(SESSIONS_SHOWN) })}`);
}

export function sessionPlace(api: Api, session: string): Promise<SessionPlace> {
  return api.request("GET", `/v1/admin/cluster/sessions/${encodeURIComponent(session.trim())}`);
}

export function audit(api: Api, before?: string): Promise<AuditPage> {
  return api.request("GET", `/v1/admin/audit${queryOf({ before })}`);
}

/** An instance that is not ready says so with 503 and the same shape. */
export async function readiness(api: Api): Promise<Health> {
  const response = await api.look("/readyz");
  if (response.ok) return (await response.json()) as Health;
  const health: unknown = await response
    .clone()
    .json()
    .catch(() => undefined);
  if (isHealth(health)) return health;
  throw await errorOf(response);
}

/** Figures in the text format of Prometheus. */
export async function metrics(api: Api): Promise<string> {
  const response = await api.look("/metrics");
  if (!response.ok) throw await errorOf(response);
  return response.text();
}

function isHealth(body: unknown): body is Health {
  const health = body as Partial<Health> | null | undefined;
  return typeof health?.status === "string" && typeof health.version === "string";
}

function pathOf(learner: string): string {
  return `/v1/admin/people/${encodeURIComponent(learner)}`;
}
