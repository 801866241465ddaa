/**
 * Owns the REST routes by which learners look back, and by which they say that a question is wrong.
 */
import type { ReportItem, SessionAnswers, SessionHistory, SessionReview, SessionStatus } from "@protocol";
import type { Api } from "./client";

/** What the list of sessions is narrowed to. */
export interface HistoryFilter {
  readonly certification?: string;
  readonly status?: SessionStatus;
}

/** An ended session, question by question. */
export function review(api: Api, id: string): Promise<SessionReview> {
  return api.request("GET", `/v1/sessions/${encodeURIComponent(id)}/review`);
}

/** Every answer of a session, ended or not. */
export function answersOf(api: Api, id: string): Promise<SessionAnswers> {
  return api.request("GET", `/v1/sessions/${encodeURIComponent(id)}/answers`);
}

/** `cursor`: where the page before said that this one begins. */
export async function pastSessions(
  api: Api,
  filter: HistoryFilter,
  cursor?: string,
): Promise<SessionHistory> {
  if (!(await api.isKnown())) return { sessions: [] };
  return api.request("GET", `/v1/sessions/history${queryOf(filter, cursor)}`);
}

export function queryOf({ certification, status }: HistoryFilter, cursor?: string): string {
  const query = new URLSearchParams();
  if (certification !== undefined) query.set("certification", certification);
  if (status !== undefined) query.set("status", status);
  if (cursor !== undefined) query.set("cursor", cursor);
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

/** What somebody said of the question before is replaced. */
export function reportItem(api: Api, certification: string, item: string, body: ReportItem): Promise<void> {
  const [of, one] = [encodeURIComponent(certification), encodeURIComponent(item)];
  return api.command("POST", `/v1/certifications/${of}/items/${one}/reports`, body);
}
