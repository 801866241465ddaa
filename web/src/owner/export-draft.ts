/**
 * Owns what is entered to export something: checked here, and turned into what is asked for.
 */
import type { ExportFormat, ExportWhat, ExportWish } from "../api/owner";
import { words } from "../words";

export interface ExportDraft {
  readonly what: ExportWhat;
  readonly format: ExportFormat;
  readonly from: string;
  readonly to: string;
}

export const NEW_EXPORT: ExportDraft = { what: "answers", format: "csv", from: "", to: "" };

/** Days count for answers alone. */
export function exportProblems({ what, from, to }: ExportDraft): { from?: string; to?: string } {
  if (what !== "answers") return {};
  const problem = (day: string) => (day === "" || isDay(day) ? undefined : words.owner.exportDayBad);
  const [first, last] = [problem(from), problem(to)];
  const reversed = from !== "" && to !== "" && to < from ? words.owner.exportOrderBad : undefined;
  const wrong = last ?? (first === undefined ? reversed : undefined);
  return { ...(first !== undefined && { from: first }), ...(wrong !== undefined && { to: wrong }) };
}

export function exportWish({ what, format, from, to }: ExportDraft, version: string | undefined): ExportWish {
  return { what, format, from, to, version };
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.valueOf()) && day.toISOString().startsWith(text);
}
