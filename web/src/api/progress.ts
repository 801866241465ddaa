/**
 * Owns the REST routes of where a learner stands and how they came there.
 */
import type { Activity, ActivityDay, CompetencyHistory, SessionHistory, Standing } from "@protocol";
import { type Day, dayName } from "../calendar";
import type { Api } from "./client";

/** Days of one offset, both ends in it. */
export interface Span {
  readonly from: Day;
  readonly to: Day;
  readonly offsetMinutes: number;
}

export function standing(api: Api, certification: string): Promise<Standing> {
  return api.request("GET", `${routes(certification)}/standing`);
}

export function competencyHistory(api: Api, certification: string, span: Span): Promise<CompetencyHistory> {
  return api.request("GET", `${routes(certification)}/progress?${queryOf(span)}`);
}

export function activity(api: Api, certification: string, span: Span): Promise<Activity> {
  return api.request("GET", `${routes(certification)}/activity?${queryOf(span)}`);
}

/** What was done lately. */
export interface Done {
  readonly days: readonly ActivityDay[];
  /** Today in other certifications: the minutes of a day are the learner's, wherever they went. */
  readonly elsewhere: readonly ActivityDay[];
}

/** `span`: of the certification `id`; of the others only its last day. */
export async function lately(api: Api, id: string, others: readonly string[], span: Span): Promise<Done> {
  const today = { ...span, from: span.to };
  const [{ days }, ...more] = await Promise.all([
    activity(api, id, span),
    ...others.map((other) => activity(api, other, today)),
  ]);
  return { days, elsewhere: more.flatMap((one) => one.days) };
}

/** The newest sessions of every status. */
export function latestSessions(api: Api, limit: number): Promise<SessionHistory> {
  return api.request("GET", `/v1/sessions/history?limit=${limit}`);
}

function routes(certification: string): string {
  return `/v1/certifications/${encodeURIComponent(certification)}`;
}

function queryOf({ from, to, offsetMinutes }: Span): string {
  return `from=${dayName(from)}&to=${dayName(to)}&utc_offset_minutes=${offsetMinutes}`;
}
