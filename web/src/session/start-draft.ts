/**
 * Owns a session that is about to be started: what is usual, what an address asks for, what this browser remembers, and
 * the request it becomes. Pure but for what this browser keeps.
 */
import type { CertificationInfo, CreateSession, SessionKind } from "@protocol";
import { prune, read, type Storage, write } from "../storage";

/** The kinds a page can start, the usual one first. */
export const START_KINDS: readonly SessionKind[] = ["practice", "diagnostic", "focused", "review", "exam"];
export const LENGTHS = [5, 10, 20, 30, 50, 100] as const;
export const TIME_LIMITS_MINUTES = [15, 30, 60, 120] as const;

/** As the server's, in questions. */
export const LENGTH_MIN = 5;
const LENGTH_MAX = 200;
const EXAM_LENGTH_MIN = 1;
const EXAM_LENGTH_MAX = 500;
/** As the server's, in minutes. */
const TIME_LIMIT_MAX_MINUTES = 600;

/** Left to the server: an exam's length and time are its certification's, and other kinds have no time limit. */
export const UNSAID = 0;

const PREFIX = "learnr.start.";

export interface StartDraft {
  readonly kind: SessionKind;
  /** Of a focused session. */
  readonly areas: readonly string[];
  /** Questions, or `UNSAID`. */
  readonly length: number;
  /** Time limit, or `UNSAID`. */
  readonly minutes: number;
}

const USUAL_LENGTH: Readonly<Record<SessionKind, number>> = {
  practice: 20,
  diagnostic: 30,
  focused: 20,
  review: 20,
  exam: UNSAID,
};

export function usualDraft(kind: SessionKind): StartDraft {
  return { kind, areas: [], length: USUAL_LENGTH[kind], minutes: UNSAID };
}

/** Without what a kind does not have: another kind's areas are left out, and it says how long an exam is. */
export function requestOf(
  { kind, areas, length, minutes }: StartDraft,
  certification: string,
): CreateSession {
  return {
    certification,
    kind,
    ...(length !== UNSAID && { length }),
    ...(kind === "focused" && { areas: [...areas] }),
    ...(minutes !== UNSAID && { time_limit_minutes: minutes }),
  };
}

/** The draft as the query of an address: what is usual is left out. */
export function queryOf({ kind, areas, length, minutes }: StartDraft): string {
  const query = new URLSearchParams({ kind });
  for (const area of areas) query.append("area", area);
  if (length !== USUAL_LENGTH[kind]) query.set("length", String(length));
  if (minutes !== UNSAID) query.set("minutes", String(minutes));
  return query.toString();
}

type Areas = Pick<CertificationInfo, "areas">;

/** What the address asks for, else what was started last on this device, else what is usual. Nonsense is left out. */
export function draftFrom(query: URLSearchParams, kept: Remembered, certification: Areas): StartDraft {
  const asked = START_KINDS.find((kind) => kind === query.get("kind"));
  const kind = asked ?? kept.kind ?? "practice";
  const draft = draftOfKind(kind, kept, certification);
  const areas = known(query.getAll("area"), certification);
  return {
    kind,
    areas: areas.length > 0 ? areas : draft.areas,
    length: lengthIn(query.get("length"), kind) ?? draft.length,
    minutes: wholeIn(query.get("minutes"), 1, TIME_LIMIT_MAX_MINUTES) ?? draft.minutes,
  };
}

/** As sessions of this kind were last started here. */
export function draftOfKind(kind: SessionKind, kept: Remembered, certification: Areas): StartDraft {
  const usual = usualDraft(kind);
  const { length, minutes } = kept.kinds[kind] ?? usual;
  return { kind, areas: known(kept.areas, certification), length, minutes };
}

/** The areas of the certification that have a question, in its order. */
function known(ids: readonly string[], { areas }: Areas): string[] {
  return areas.filter(({ id, items }) => items > 0 && ids.includes(id)).map(({ id }) => id);
}

function lengthIn(value: unknown, kind: SessionKind): number | undefined {
  const exam = kind === "exam";
  return wholeIn(value, exam ? EXAM_LENGTH_MIN : LENGTH_MIN, exam ? EXAM_LENGTH_MAX : LENGTH_MAX);
}

function wholeIn(value: unknown, min: number, max: number): number | undefined {
  const text = String(value ?? "");
  const number = Number(text);
  return /^\d+$/.test(text) && number >= min && number <= max ? number : undefined;
}

/** What was started last on this device, in one certification. */
export interface Remembered {
  readonly kind?: SessionKind;
  readonly areas: readonly string[];
  readonly kinds: Partial<Record<SessionKind, { readonly length: number; readonly minutes: number }>>;
}

export function remembered(storage: Storage, certification: string): Remembered {
  const kept = read(storage, PREFIX + certification);
  const kind = START_KINDS.find((one) => one === kept?.kind);
  const areas = Array.isArray(kept?.areas) ? kept.areas.filter((one) => typeof one === "string") : [];
  const kinds: Remembered["kinds"] = Object.fromEntries(
    START_KINDS.flatMap((one) => {
      const of = (kept?.kinds as Record<string, unknown> | undefined)?.[one] as
        | Record<string, unknown>
        | undefined;
      if (of === undefined || of === null) return [];
      const { length, minutes } = usualDraft(one);
      const limit = wholeIn(of.minutes, 1, TIME_LIMIT_MAX_MINUTES) ?? minutes;
      return [[one, { length: lengthIn(of.length, one) ?? length, minutes: limit }]];
    }),
  );
  return { ...(kind !== undefined && { kind }), areas, kinds };
}

/** A session was started: the next one begins with the same choices. */
export function remember(storage: Storage, certification: string, draft: StartDraft, now: number): void {
  prune(storage, PREFIX, now);
  const before = remembered(storage, certification);
  const { kind, areas, length, minutes } = draft;
  write(storage, PREFIX + certification, {
    kind,
    areas: kind === "focused" ? areas : before.areas,
    kinds: { ...before.kinds, [kind]: { length, minutes } },
    at: now,
  });
}
