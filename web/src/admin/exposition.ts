/**
 * Owns reading figures in the text format of Prometheus. Knows none of them.
 */

/** One line: its name, its labels, its value. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Longest text that is read: an instance of ours tells some 20 KB. Characters. */
const TEXT_CHARS_MAX = 4_000_000;

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", "\\": "\\", '"': '"' };

/** Lines that cannot be read are left out: one of another release's must not hide the others. */
export function samples(text: string): readonly Sample[] {
  const found: Sample[] = [];
  for (const line of text.slice(0, TEXT_CHARS_MAX).split("\n")) {
    const [, name, labels = "", figure] = LINE.exec(line.trim()) ?? [];
    const value = numberOf(figure);
    if (name !== undefined && value !== undefined) found.push({ name, labels: labelsOf(labels), value });
  }
  return found;
}

function labelsOf(text: string): Record<string, string> {
  const pairs = [...text.matchAll(LABEL)].map(([, name = "", value = ""]) => [
    name,
    value.replace(/\\(.)/g, (_, letter: string) => ESCAPES[letter] ?? letter),
  ]);
  return Object.fromEntries(pairs) as Record<string, string>;
}

function numberOf(figure: string | undefined): number | undefined {
  if (figure === undefined) return undefined;
  if (/^[+-]?Inf$/.test(figure)) return figure.startsWith("-") ? -Infinity : Infinity;
  const value = Number(figure);
  return Number.isNaN(value) ? undefined : value;
}
