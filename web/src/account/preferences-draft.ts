/**
 * Owns preferences while they are edited: as text, and back. Pure.
 */
import type { CertificationInfo, Goal, Preferences, PreferencesView, Theme } from "@protocol";
import type { Problems } from "../components/use-form";
import { words } from "../words";
import {
  DAILY_MINUTES_MAX,
  DAILY_MINUTES_MIN,
  examDate,
  TARGET_PERCENT_MAX,
  TARGET_PERCENT_MIN,
  wholeNumber,
} from "./checks";

/** What time limits can be multiplied by. */
export const TIME_MULTIPLIERS = [1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4] as const;

export interface GoalDraft {
  readonly certification: string;
  /** As `<input type=date>` has it. */
  readonly date: string;
  /** Per cent. */
  readonly target: string;
}

export interface PreferencesDraft {
  /** One for each certification there is. */
  readonly goals: readonly GoalDraft[];
  /** Goals of certifications that are not here now: written back as they were. */
  readonly others: readonly Goal[];
  readonly minutes: string;
  /** One's own wish. */
  readonly multiplier: number;
  /** What an operator granted: shown, and never written back. */
  readonly granted: number;
  readonly theme: Theme;
  readonly reminders: boolean;
}

export function draftOf(
  preferences: PreferencesView,
  certifications: readonly Pick<CertificationInfo, "id">[],
): PreferencesDraft {
  const ids = certifications.map(({ id }) => id);
  const goals = new Map(preferences.goals.map((goal) => [goal.certification, goal]));
  const { time_multiplier: multiplier, granted_time_multiplier: granted, theme, reminders } = preferences;
  return {
    goals: ids.map((id) => goalDraftOf(id, goals.get(id))),
    others: preferences.goals.filter(({ certification }) => !ids.includes(certification)),
    minutes: String(preferences.daily_minutes ?? ""),
    multiplier,
    granted,
    theme,
    reminders,
  };
}

function goalDraftOf(certification: string, goal: Goal | undefined): GoalDraft {
  const target = goal?.target ?? null;
  return {
    certification,
    date: goal?.exam_date ?? "",
    target: target === null ? "" : String(Math.round(target * 100)),
  };
}

/** Names of a goal's fields, by its place: ids of certifications may be any text. */
export const dateName = (index: number) => `date-${index}`;
export const targetName = (index: number) => `target-${index}`;

/** `unread`: names of fields whose text the browser could not read as what it takes. */
export function problemsOf(draft: PreferencesDraft, unread: ReadonlySet<string>): Problems {
  const { preferences: say } = words;
  const problems: Record<string, string | undefined> = {};
  draft.goals.forEach(({ date, target }, index) => {
    if (unread.has(dateName(index)) || examDate(date) === undefined) problems[dateName(index)] = say.dateBad;
    if (percent(target) === undefined) problems[targetName(index)] = say.targetBad;
  });
  if (dailyMinutes(draft.minutes) === undefined)
    problems.minutes = say.minutesBad(DAILY_MINUTES_MIN, DAILY_MINUTES_MAX);
  return problems;
}

/** A draft without problems, as it is sent. A certification nothing is said of has no goal. */
export function preferencesOf(draft: PreferencesDraft): Preferences {
  const goals = draft.goals.map(({ certification, date, target }): Goal => {
    const share = percent(target) ?? null;
    return {
      certification,
      exam_date: examDate(date) ?? null,
      target: share === null ? null : share / 100,
    };
  });
  return {
    goals: [
      ...goals.filter(({ exam_date, target }) => exam_date !== null || target !== null),
      ...draft.others,
    ],
    daily_minutes: dailyMinutes(draft.minutes) ?? null,
    time_multiplier: draft.multiplier,
    theme: draft.theme,
    reminders: draft.reminders,
    time_zone: timeZone(),
  };
}

/** Where this device is: reminders come in its evening. Null where its browser does not say. */
export function timeZone(): string | null {
  const { timeZone: zone } = new Intl.DateTimeFormat().resolvedOptions();
  return /^[\w/+-]{1,64}$/.test(zone ?? "") ? zone : null;
}

function percent(text: string): number | null | undefined {
  return wholeNumber(text, TARGET_PERCENT_MIN, TARGET_PERCENT_MAX);
}

function dailyMinutes(text: string): number | null | undefined {
  return wholeNumber(text, DAILY_MINUTES_MIN, DAILY_MINUTES_MAX);
}
