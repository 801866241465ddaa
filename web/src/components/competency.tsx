import type { AreaScore } from "@protocol";
import { useEffect, useState } from "preact/hooks";
import { capital } from "../sentence";
import { isVague, number, scoreWords, share } from "../session/words";
import { words } from "../words";

export interface AreaRow {
  readonly id: string;
  readonly title: string;
  readonly score: AreaScore;
  readonly before?: AreaScore | undefined;
}

interface Props {
  readonly rows: readonly AreaRow[];
  readonly title?: string;
  /** What `before` is before: "with your last answer" unless told. */
  readonly since?: string;
}

/** Competency in every area: bars with their interval, or the same numbers as a table (key T). */
export function Competency({
  rows,
  title = words.competency.title,
  since = words.competency.withLast,
}: Props) {
  const [table, setTable] = useState(false);
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const typing =
        event.target instanceof HTMLSelectElement || event.ctrlKey || event.metaKey || event.altKey;
      if (event.key.toLowerCase() === "t" && !typing && !event.repeat) setTable((on) => !on);
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, []);
  if (rows.length === 0) return null;
  return (
    <section class="competency" aria-label={title}>
      <div class="section-head">
        <h2 dir="auto">{title}</h2>
        <button
          type="button"
          class="button quiet-button"
          aria-keyshortcuts="T"
          onClick={() => setTable(!table)}
        >
          {table ? words.competency.bars : words.competency.table} <kbd>T</kbd>
        </button>
      </div>
      <p class="quiet small">{words.competency.how}</p>
      {table ? <Table rows={rows} /> : <Bars rows={rows} since={since} />}
    </section>
  );
}

function Bars({ rows, since }: { readonly rows: readonly AreaRow[]; readonly since: string }) {
  return (
    <ul class="bars">
      {rows.map((row) => (
        <li
          key={row.id}
          data-area={row.id}
          data-score={row.score.score}
          data-moved={row.before !== undefined}
        >
          <span class="bar-title" dir="auto">
            {row.title}
          </span>
          <span class="bar-numbers">{capital(scoreWords(row.score))}</span>
          <Bar row={row} />
          <p class="quiet small bar-note">{noteOf(row, since)}</p>
        </li>
      ))}
    </ul>
  );
}

function noteOf({ score, before }: AreaRow, since: string): string {
  if (isVague(score)) return words.competency.vague;
  if (before === undefined) return "";
  const moved = Math.round(score.score) - Math.round(before.score);
  if (moved === 0) return words.competency.still(since);
  return words.competency.moved(moved > 0, share(before.score / 100), since);
}

/** Width of the drawing in its own units: a hundred points. */
function Bar({ row: { title, score, before } }: { readonly row: AreaRow }) {
  return (
    <svg
      class="bar"
      viewBox="0 0 100 12"
      preserveAspectRatio="none"
      role="img"
      aria-label={`${title}: ${scoreWords(score)}`}
    >
      <rect class="bar-track" x="0" y="0" width="100" height="12" />
      <rect class="bar-band" x={score.low} y="0" width={Math.max(0.5, score.high - score.low)} height="12" />
      {before && <rect class="bar-before" x={mark(before.score)} y="0" width="0.4" height="12" />}
      <rect class="bar-mark" x={mark(score.score)} y="0" width="0.8" height="12" />
    </svg>
  );
}

function mark(score: number): number {
  return Math.min(99.2, Math.max(0, score - 0.4));
}

function Table({ rows }: { readonly rows: readonly AreaRow[] }) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{words.competency.area}</th>
          <th scope="col">{words.competency.guess}</th>
          <th scope="col">{words.competency.range}</th>
          <th scope="col">{words.competency.before}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ id, title, score, before }) => (
          <tr key={id}>
            <th scope="row">{title}</th>
            <td>{isVague(score) ? words.competency.early : share(score.score / 100)}</td>
            <td>{words.competency.between(number(score.low), share(score.high / 100))}</td>
            <td>{before ? share(before.score / 100) : "–"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
