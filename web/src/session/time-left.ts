/**
 * Owns when the time left is said aloud, and in which words. A clock read out each second would drown the question.
 */

const MINUTE_MS = 60_000;
/** Time left at which it is said, milliseconds, longest first. */
const SAID_AT_MS = [30 * MINUTE_MS, 10 * MINUTE_MS, 5 * MINUTE_MS, MINUTE_MS, 10_000] as const;
/** Below this it is told in seconds, milliseconds. */
const IN_SECONDS_MS = 55_000;

/** "1 minute left.", "10 seconds left." */
export function timeLeftWords(ms: number): string {
  const [count, unit] =
    ms > IN_SECONDS_MS
      ? [Math.ceil(ms / MINUTE_MS), "minute"]
      : [Math.max(0, Math.ceil(ms / 1000)), "second"];
  return `${count} ${unit}${count === 1 ? "" : "s"} left.`;
}

/**
 * What is to be said now that `left` remains and `before` remained when this was last asked; undefined for the first
 * time. Once for each of the times above, however many a sleeping page has passed.
 */
export function timeAnnouncement(before: number | undefined, left: number): string {
  if (left <= 0) return "";
  if (before === undefined) return timeLeftWords(left);
  const passed = SAID_AT_MS.filter((at) => left <= at && at < before);
  return passed.length === 0 ? "" : timeLeftWords(left);
}
