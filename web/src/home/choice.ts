/**
 * Owns which session is the most useful one now: what is due, else the weakest area, and with nothing known, finding out.
 * Pure: what the server says the learner can do, to what to start.
 */
import type { AreaStanding, CertificationInfo, Standing } from "@protocol";
import { LENGTH_MIN, type StartDraft, usualDraft } from "../session/start-draft";

export type Choice =
  | { readonly kind: "diagnostic" }
  | { readonly kind: "review"; readonly due: number }
  | { readonly kind: "focused"; readonly area: AreaStanding }
  /** No area has a question: nothing better is known than the usual. */
  | { readonly kind: "practice" };

type Known = Pick<Standing, "areas" | "reviews">;

/** `known`: undefined for somebody who has done nothing here. */
export function todaysChoice(
  known: Known | undefined,
  certification: Pick<CertificationInfo, "areas">,
): Choice {
  const answers = known?.areas.reduce((sum, area) => sum + area.answers, 0) ?? 0;
  if (known === undefined || answers === 0) return { kind: "diagnostic" };
  if (known.reviews.now > 0) return { kind: "review", due: known.reviews.now };
  const area = weakestArea(known.areas, certification);
  return area === undefined ? { kind: "practice" } : { kind: "focused", area };
}

/** The lowest score; of equals the one that rests on fewer answers, then the certification's order. */
export function weakestArea(
  areas: readonly AreaStanding[],
  certification: Pick<CertificationInfo, "areas">,
): AreaStanding | undefined {
  const asked = new Set(certification.areas.filter(({ items }) => items > 0).map(({ id }) => id));
  return areas
    .filter(({ area }) => asked.has(area))
    .reduce<AreaStanding | undefined>(
      (weakest, area) => (isWeaker(area, weakest) ? area : weakest),
      undefined,
    );
}

function isWeaker(area: AreaStanding, than: AreaStanding | undefined): boolean {
  if (than === undefined || area.score < than.score) return true;
  return area.score === than.score && area.answers < than.answers;
}

/** The session to start for it; `kept` says how long the learner's sessions of a kind are. */
export function draftOf(choice: Choice, lengthOf: (kind: Choice["kind"]) => number): StartDraft {
  const usual = { ...usualDraft(choice.kind), length: lengthOf(choice.kind) };
  switch (choice.kind) {
    case "focused":
      return { ...usual, areas: [choice.area.area] };
    case "review":
      // Not longer than what is due; the server's shortest is filled up with what was missed.
      return { ...usual, length: Math.max(LENGTH_MIN, Math.min(usual.length, choice.due)) };
    default:
      return usual;
  }
}
