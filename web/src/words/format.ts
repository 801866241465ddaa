/**
 * Owns how numbers, dates and lists are written: in the reader's locale, through Intl.
 */
const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 });
const percent = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 0 });
const days = new Intl.DateTimeFormat(undefined, { dateStyle: "long" });
const moments = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const dates = new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeZone: "UTC" });
const shortDates = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", timeZone: "UTC" });
const DATE_MS = 86_400_000;

/** "1,200". */
export function number(value: number): string {
  return whole.format(value);
}

/** "1.5". */
export function decimal(value: number): string {
  return tenths.format(value);
}

/** "85%", from 0.85. */
export function share(value: number): string {
  return percent.format(value);
}

/** "26 November 2026". `ms`: since the epoch. */
export function day(ms: number): string {
  return days.format(ms);
}

/** "26 Nov 2026, 14:05". `ms`: since the epoch. */
export function moment(ms: number): string {
  return moments.format(ms);
}

/** One of the forms a language has for a number: `one` and `other` in English, more elsewhere. */
export function plural(
  language: string,
): (count: number, forms: Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }) => string {
  const rules = new Intl.PluralRules(language);
  return (count, forms) => forms[rules.select(count)] ?? forms.other;
}

/** "26 November 2026". `date`: days since 1970-01-01, the same day wherever it is read. */
export function dateWords(date: number): string {
  return dates.format(date * DATE_MS);
}

/** "26 Nov", where the year is known. */
export function shortDate(date: number): string {
  return shortDates.format(date * DATE_MS);
}
