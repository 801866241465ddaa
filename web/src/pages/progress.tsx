import type { Activity, CertificationInfo, CompetencyHistory } from "@protocol";
import { useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import type { Api } from "../api/client";
import { activity, competencyHistory, type Span } from "../api/progress";
import { useApp } from "../app-context";
import { dayAt, offsetMinutes } from "../calendar";
import { Chrome } from "../components/chrome";
import { Choice } from "../components/fields";
import { Heading } from "../components/heading";
import { Link } from "../components/link";
import { Failed, Loading } from "../components/page-state";
import { homePath, startPath } from "../paths";
import { SPANS_DAYS, type Step } from "../progress/series";
import { useLoaded } from "../use-loaded";
import { words } from "../words";
import { ActivityCharts, AreaTimes, CompetencyCharts } from "./progress-charts";
import "../styles/progress.css";

const YEAR_DAYS = SPANS_DAYS[2];

/** How the learner has come along in a certification. */
export function ProgressPage() {
  const { api } = useApp();
  const { certification = "" } = useRoute().params;
  const list = useLoaded(() => api.certifications(), certification);
  const found = list.kind === "loaded" ? list.value.find(({ id }) => id === certification) : undefined;
  return (
    <Chrome>
      {list.kind === "loading" && <Loading what={words.progress.what} />}
      {list.kind === "failed" && <Failed error={list.error} again={list.again} />}
      {list.kind === "loaded" && found === undefined && (
        <div class="panel">
          <Heading title={words.progress.none} />
          <p>{words.progress.noneWords}</p>
          <Link to={homePath} class="button">
            {words.unknown.home}
          </Link>
        </div>
      )}
      {found && <Spans key={certification} certification={found} />}
    </Chrome>
  );
}

/** From which day, and by what it is added up. */
function Spans({ certification }: { readonly certification: CertificationInfo }) {
  const [length, setLength] = useState<number>(SPANS_DAYS[0]);
  const [step, setStep] = useState<Step>("day");
  const { progress } = words;
  return (
    <>
      <Heading title={progress.titleIn(certification.title)} />
      <div class="spans">
        <Choice
          name="span"
          label={progress.span}
          value={String(length)}
          onValue={(value) => setLength(Number(value))}
          options={SPANS_DAYS.map((days) => ({
            value: String(days),
            words: days === YEAR_DAYS ? progress.year : progress.spans(days),
          }))}
        />
        <Choice
          name="step"
          label={progress.step}
          value={step}
          onValue={(value) => setStep(value === "week" ? "week" : "day")}
          options={(["day", "week"] as const).map((one) => ({ value: one, words: progress.steps[one] }))}
        />
      </div>
      <Charts
        certification={certification}
        length={length}
        step={step}
        longest={() => setLength(YEAR_DAYS)}
      />
    </>
  );
}

interface ChartsProps {
  readonly certification: CertificationInfo;
  /** Days up to today. */
  readonly length: number;
  readonly step: Step;
  readonly longest: () => void;
}

function Charts({ certification: { id }, length, step, longest }: ChartsProps) {
  const { api } = useApp();
  const [{ today, offset }] = useState(() => {
    const now = new Date();
    const ahead = offsetMinutes(now);
    return { today: dayAt(now.getTime(), ahead), offset: ahead };
  });
  const span = { from: today - length + 1, to: today, offsetMinutes: offset };
  const content = useLoaded(() => load(api, id, span), String(length));
  if (content.kind === "loading") return <Loading what={words.progress.what} />;
  if (content.kind === "failed") return <Failed error={content.error} again={content.again} />;
  const { competency, done } = content.value ?? {};
  if (competency === undefined || done === undefined || isEmpty(competency, done))
    return <Nothing certification={id} longest={length < YEAR_DAYS ? longest : undefined} />;
  return (
    <>
      <CompetencyCharts areas={competency.areas} from={span.from} to={span.to} />
      <ActivityCharts days={done.days} from={span.from} to={span.to} step={step} />
      <AreaTimes areas={done.areas} />
    </>
  );
}

interface Content {
  readonly competency: CompetencyHistory;
  readonly done: Activity;
}

/** Undefined for somebody who has done nothing here: asking would make a guest. */
async function load(api: Api, certification: string, span: Span): Promise<Content | undefined> {
  if (!(await api.isKnown())) return undefined;
  const [competency, done] = await Promise.all([
    competencyHistory(api, certification, span),
    activity(api, certification, span),
  ]);
  return { competency, done };
}

function isEmpty(competency: CompetencyHistory, done: Activity): boolean {
  return competency.areas.length === 0 && done.days.length === 0;
}

interface NothingProps {
  readonly certification: string;
  /** Undefined when nothing longer can be shown. */
  readonly longest: (() => void) | undefined;
}

function Nothing({ certification, longest }: NothingProps) {
  return (
    <div class="panel">
      <h2>{words.progress.nothing}</h2>
      <p>{words.progress.nothingWords}</p>
      <p class="row">
        <Link to={startPath(certification)} class="button">
          {words.progress.practise}
        </Link>
        {longest !== undefined && (
          <button type="button" class="button" onClick={longest}>
            {words.progress.longer}
          </button>
        )}
      </p>
    </div>
  );
}
