import type { ComponentChildren } from "preact";
import { type ActivityRow, accuracy, type CompetencyRow, type Step } from "../progress/series";
import { duration, number, share } from "../session/words";
import { words } from "../words";
import { dateWords } from "../words/format";

interface NumbersProps {
  /** What the numbers are of. */
  readonly title: string;
  readonly columns: readonly string[];
  readonly children: ComponentChildren;
}

/** What a chart is drawn from, as a table a press away. */
function Numbers({ title, columns, children }: NumbersProps) {
  const name = words.progress.numbersOf(title);
  return (
    <details class="numbers">
      <summary>
        {words.progress.numbers} <span class="unseen">({title})</span>
      </summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long ones scroll, and who has no mouse must be able to scroll them. */}
      <section class="numbers-table" tabIndex={0} aria-label={name}>
        <table>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>{children}</tbody>
        </table>
      </section>
    </details>
  );
}

export function CompetencyTable({
  title,
  rows,
}: {
  readonly title: string;
  readonly rows: readonly CompetencyRow[];
}) {
  const { day, guess, range } = words.progress;
  return (
    <Numbers title={title} columns={[day, guess, range]}>
      {rows.map((row) => (
        <tr key={row.day}>
          <th scope="row">{dateWords(row.day)}</th>
          <td>{share(row.score / 100)}</td>
          <td>{words.competency.between(number(row.low), share(row.high / 100))}</td>
        </tr>
      ))}
    </Numbers>
  );
}

/** Both charts' numbers. A year has hundreds of days without an answer: they are said in one line. */
export function ActivityTable({
  rows,
  step,
}: {
  readonly rows: readonly ActivityRow[];
  readonly step: Step;
}) {
  const { progress } = words;
  const practised = rows.filter(({ answers, sessions }) => answers > 0 || sessions > 0);
  const columns = [
    progress[step],
    progress.sessions,
    progress.answers,
    progress.right,
    progress.share,
    progress.time,
  ];
  return (
    <Numbers title={progress.activity} columns={columns}>
      {practised.map((row) => {
        const right = accuracy(row);
        return (
          <tr key={row.day}>
            <th scope="row">{dateWords(row.day)}</th>
            <td>{number(row.sessions)}</td>
            <td>{number(row.answers)}</td>
            <td>{number(row.correct)}</td>
            <td>{right === null ? progress.noShare : share(right / 100)}</td>
            <td>{duration(row.elapsedMs)}</td>
          </tr>
        );
      })}
      {practised.length < rows.length && (
        <tr>
          <th scope="row" colSpan={columns.length}>
            {progress.leftOut}
          </th>
        </tr>
      )}
    </Numbers>
  );
}
