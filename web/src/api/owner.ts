/**
 * Owns the REST routes of those who answer for a certification: what its use says of it, and taking that along.
 */
import type { ItemReportPage, ItemStatisticsPage, LearnerProgressPage } from "@protocol";
import type { Api } from "./client";
import { type Download, download } from "./download";
import { queryOf } from "./query";

/** Items asked for at a time: as many as the route gives. */
export const ITEMS_PAGE = 500;
/** Learners asked for at a time. */
export const LEARNERS_PAGE = 100;

export type ExportWhat = "answers" | "items" | "learners";
export type ExportFormat = "csv" | "json";

export interface ExportWish {
  readonly what: ExportWhat;
  readonly format: ExportFormat;
  /** Of items: a version; the current one when there is none. */
  readonly version?: string | undefined;
  /** Of answers: days of UTC, `YYYY-MM-DD`, on which their sessions ended; open when empty. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** `cursor`: where the page before said that this one begins. */
export function itemStatistics(
  api: Api,
  certification: string,
  version?: string,
  cursor?: string,
): Promise<ItemStatisticsPage> {
  const query = queryOf({ limit: String(ITEMS_PAGE), version, cursor });
  return api.request("GET", `${pathOf(certification)}/items/statistics${query}`);
}

export function learnersProgress(
  api: Api,
  certification: string,
  cursor?: string,
): Promise<LearnerProgressPage> {
  const query = queryOf({ limit: String(LEARNERS_PAGE), cursor });
  return api.request("GET", `${pathOf(certification)}/learners${query}`);
}

export function itemReports(api: Api, certification: string, before?: string): Promise<ItemReportPage> {
  return api.request("GET", `${pathOf(certification)}/reports${queryOf({ before })}`);
}

/** Only what a kind of export takes is asked for: the route refuses what it cannot read. */
export function exportPath(certification: string, { what, format, version, from, to }: ExportWish): string {
  const narrowed = what === "answers" ? { from, to } : what === "items" ? { version } : {};
  return `${pathOf(certification)}/export${queryOf({ what, format, ...narrowed })}`;
}

export function exported(api: Api, certification: string, wish: ExportWish, how: Download): Promise<Blob> {
  return download((signal) => api.open(exportPath(certification, wish), signal), how);
}

export function exportName(certification: string, { what, format }: ExportWish): string {
  return `${certification.replace(/[^\w.-]/g, "")}-${what}.${format}`;
}

function pathOf(certification: string): string {
  return `/v1/certifications/${encodeURIComponent(certification)}`;
}
