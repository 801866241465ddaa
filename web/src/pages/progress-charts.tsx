import type { ActivityArea, ActivityDay, AreaProgress } from "@protocol";
import { useMemo, useState } from "preact/hooks";
import type { Day } from "../calendar";
import { Chart } from "../components/chart";
import { accuracyChart, answersChart, competencyChart } from "../progress/charts";
import { type ActivityRow, activityRows, competencyRows, type Step } from "../progress/series";
import { duration, number, share } from "../session/words";
import { words } from "../words";
import { dateWords } from "../words/format";
import { ActivityTable, CompetencyTable } from "./progress-tables";

/** Areas drawn at first: more are a press away. */
const AREAS_SHOWN = 12;

interface CompetencyProps {
  readonly areas: readonly AreaProgress[];
  readonly from: Day;
  readonly to: Day;
}

/** A chart for each area: bands laid over each other could not be told apart. */
export function CompetencyCharts({ areas, from, to }: CompetencyProps) {
  const [all, setAll] = useState(false);
  const shown = all ? areas : areas.slice(0, AREAS_SHOWN);
  return (
    <section class="section" data-chart="competency">
      <h2>{words.progress.competency}</h2>
      {areas.length === 0 ? (
        <p>{words.progress.competencyNone}</p>
      ) : (
        <p class="quiet small">{words.progress.competencyHow}</p>
      )}
      <ul class="charts">
        {shown.map((area) => (
          <AreaChart key={area.area} area={area} from={from} to={to} />
        ))}
      </ul>
      {shown.length < areas.length && (
        <button type="button" class="button" onClick={() => setAll(true)}>
          {words.progress.moreAreas}
        </button>
      )}
    </section>
  );
}

interface AreaChartProps {
  readonly area: AreaProgress;
  readonly from: Day;
  readonly to: Day;
}

function AreaChart({ area, from, to }: AreaChartProps) {
  const rows = useMemo(() => competencyRows(area), [area]);
  const drawing = useMemo(() => competencyChart(rows, from, to), [rows, from, to]);
  return (
    <li data-area={area.area}>
      <h3 dir="auto">{area.title}</h3>
      <Chart label={areaWords(area, rows)} drawing={drawing} />
      <CompetencyTable title={area.title} rows={rows} />
    </li>
  );
}

function areaWords({ title }: AreaProgress, rows: ReturnType<typeof competencyRows>): string {
  const [first, last] = [rows.at(0), rows.at(-1)];
  if (first === undefined || last === undefined) return title;
  const score = (value: number) => share(value / 100);
  const { areaChart, areaChartOne } = words.progress;
  return rows.length === 1
    ? areaChartOne(title, dateWords(first.day), score(first.score))
    : areaChart(title, dateWords(first.day), score(first.score), dateWords(last.day), score(last.score));
}

interface ActivityProps {
  readonly days: readonly ActivityDay[];
  readonly from: Day;
  readonly to: Day;
  readonly step: Step;
}

/** How much, and how well: two charts one under the other, on the same days. */
export function ActivityCharts({ days, from, to, step }: ActivityProps) {
  const rows = useMemo(() => activityRows(days, from, to, step), [days, from, to, step]);
  const stepDays = step === "week" ? 7 : 1;
  const answers = useMemo(() => answersChart(rows, stepDays), [rows, stepDays]);
  const right = useMemo(() => accuracyChart(rows, stepDays), [rows, stepDays]);
  const { progress } = words;
  return (
    <section class="section" data-chart="activity">
      <h2>{progress.activity}</h2>
      <p class="quiet small">{progress.activityHow(progress.steps[step].toLowerCase())}</p>
      <Chart label={answersWords(rows)} drawing={answers} />
      <h3>{progress.accuracy}</h3>
      <p class="quiet small">{progress.accuracyHow}</p>
      <Chart label={rightWords(rows)} drawing={right} />
      <ActivityTable rows={rows} step={step} />
    </section>
  );
}

function answersWords(rows: readonly ActivityRow[]): string {
  const sum = rows.reduce((all, { answers }) => all + answers, 0);
  const most = rows.reduce<ActivityRow | undefined>(
    (best, row) => (best === undefined || row.answers > best.answers ? row : best),
    undefined,
  );
  return words.progress.activityChart(sum, most?.answers ?? 0, dateWords(most?.day ?? 0));
}

function rightWords(rows: readonly ActivityRow[]): string {
  const answers = rows.reduce((all, row) => all + row.answers, 0);
  const right = rows.reduce((all, row) => all + row.correct, 0);
  return words.progress.accuracyChart(answers === 0 ? 0 : right / answers);
}

export function AreaTimes({ areas }: { readonly areas: readonly ActivityArea[] }) {
  const { progress } = words;
  if (areas.length === 0) return null;
  return (
    <section class="section">
      <h2>{progress.byArea}</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">{progress.area}</th>
            <th scope="col">{progress.answers}</th>
            <th scope="col">{progress.share}</th>
            <th scope="col">{progress.time}</th>
          </tr>
        </thead>
        <tbody>
          {areas.map(({ area, title, answers, correct, elapsed_ms: elapsed }) => (
            <tr key={area}>
              <th scope="row" dir="auto">
                {title}
              </th>
              <td>{number(answers)}</td>
              <td>{answers === 0 ? progress.noShare : share(correct / answers)}</td>
              <td>{duration(elapsed)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
