/**
 * Owns which certifications are the learner's, and which of them the first page is about. Pure but for what this browser
 * keeps.
 */
import type { CertificationInfo, PastSession, Preferences, SessionInfo } from "@protocol";
import { read, type Storage, write } from "../storage";

const KEY = "learnr.home";

interface Signs {
  /** Newest first. */
  readonly open: readonly Pick<SessionInfo, "certification">[];
  /** Newest first. */
  readonly past: readonly Pick<PastSession, "session">[];
  readonly goals: Preferences["goals"];
}

/** Those with an open session, then those practised lately, then those with a goal; each once, and only those there are. */
export function theirs(
  certifications: readonly CertificationInfo[],
  { open, past, goals }: Signs,
): CertificationInfo[] {
  const ids = [
    ...open.map(({ certification }) => certification.id),
    ...past.map(({ session }) => session.certification.id),
    ...goals.map(({ certification }) => certification),
  ];
  return [...new Set(ids)].flatMap((id) => certifications.find((one) => one.id === id) ?? []);
}

/** The one chosen on this device, else their first; with a single certification there is nothing to choose. */
export function inFocus(
  mine: readonly CertificationInfo[],
  all: readonly CertificationInfo[],
  chosen: string | undefined,
): CertificationInfo | undefined {
  return mine.find(({ id }) => id === chosen) ?? mine[0] ?? (all.length === 1 ? all[0] : undefined);
}

export function chosenHere(storage: Storage): string | undefined {
  const kept = read(storage, KEY);
  return typeof kept?.certification === "string" ? kept.certification : undefined;
}

export function chooseHere(storage: Storage, certification: string, now: number): void {
  write(storage, KEY, { certification, at: now });
}
