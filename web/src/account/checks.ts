/**
 * Owns what a form can say before the server is asked. Pure: what was entered, to what is wrong with it; the server has
 * the last word on everything.
 */
import { words } from "../words";

/** As `protocol::PASSWORD_CHARS_MIN` and `_MAX`, in characters. */
export const PASSWORD_CHARS_MIN = 8;
export const PASSWORD_CHARS_MAX = 128;
/** As the server's, in characters. */
export const NAME_CHARS_MAX = 80;
export const NOTE_CHARS_MAX = 2_000;
export const DAILY_MINUTES_MIN = 5;
export const DAILY_MINUTES_MAX = 480;
export const TARGET_PERCENT_MIN = 50;
export const TARGET_PERCENT_MAX = 100;

/** What is wrong with a value; undefined when nothing is. */
export type Problem = string | undefined;

/** Characters as the server counts them: code points, not UTF-16 units. */
export function characters(text: string): number {
  return [...text].length;
}

export function emailProblem(email: string): Problem {
  const text = email.trim();
  if (text === "") return words.fields.emailMissing;
  const at = text.lastIndexOf("@");
  return at > 0 && at < text.length - 1 && !/\s/.test(text) ? undefined : words.fields.emailBad;
}

/** A password that is signed in with: any that is there may be the right one. */
export function passwordProblem(password: string): Problem {
  return password === "" ? words.fields.passwordMissing : undefined;
}

/** A password that is chosen. Whether it is easily guessed the server finds out. */
export function newPasswordProblem(password: string): Problem {
  if (password === "") return words.fields.newPasswordMissing;
  const length = characters(password);
  if (length < PASSWORD_CHARS_MIN) return words.fields.passwordShort(PASSWORD_CHARS_MIN);
  if (length > PASSWORD_CHARS_MAX) return words.fields.passwordLong(PASSWORD_CHARS_MAX);
  return undefined;
}

export function nameProblem(name: string): Problem {
  return characters(name.trim()) > NAME_CHARS_MAX ? words.fields.nameLong(NAME_CHARS_MAX) : undefined;
}

export function noteProblem(note: string): Problem {
  const over = characters(note) - NOTE_CHARS_MAX;
  return over > 0 ? words.bookmarks.noteLong(over) : undefined;
}

/** A whole number in bounds; null for nothing entered, undefined for anything else. */
export function wholeNumber(text: string, min: number, max: number): number | null | undefined {
  const entered = text.trim();
  if (entered === "") return null;
  const value = Number(entered);
  return /^\d+$/.test(entered) && value >= min && value <= max ? value : undefined;
}

/** `YYYY-MM-DD`; null for nothing entered, undefined for a day that is in no calendar. */
export function examDate(text: string): string | null | undefined {
  if (text === "") return null;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const read = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(read.getTime()) && read.toISOString().startsWith(text) ? text : undefined;
}
