import type { CertificationInfo, Preferences, Standing } from "@protocol";
import type { ComponentChildren } from "preact";
import type { Done } from "../api/progress";
import type { Day } from "../calendar";
import { Link } from "../components/link";
import { draftOf, todaysChoice, weakestArea } from "../home/choice";
import { daysToExam, minutesToday } from "../home/goal";
import { STREAK_DAYS_MAX, streak } from "../home/streak";
import { preferencesPath, startPath } from "../paths";
import { queryOf, usualDraft } from "../session/start-draft";
import { words } from "../words";

interface Props {
  readonly certification: CertificationInfo;
  /** Undefined when it could not be loaded. */
  readonly standing: Standing | undefined;
  /** Undefined when it could not be loaded. */
  readonly done: Done | undefined;
  /** Undefined when they could not be loaded. */
  readonly preferences: Preferences | undefined;
  readonly today: Day;
}

/** How today stands, line by line: nothing is said of what is not known. */
export function Facts({ certification, standing, done, preferences, today }: Props) {
  const inRow = done === undefined ? 0 : streak(done.days, today);
  return (
    <dl class="facts">
      {standing && <Reviews standing={standing} />}
      {standing && <Weakest certification={certification} standing={standing} />}
      {preferences && <Exam left={daysToExam(preferences, certification.id, today)} today={today} />}
      {done && (
        <Minutes
          done={minutesToday([...done.days, ...done.elsewhere], today)}
          daily={preferences?.daily_minutes ?? undefined}
        />
      )}
      {inRow > 0 && (
        <Fact name={words.home.row}>
          {inRow < STREAK_DAYS_MAX ? words.home.rowDays(inRow) : words.home.rowAtLeast(inRow)}
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Reviews({ standing: { reviews } }: { readonly standing: Standing }) {
  const soon = reviews.next_days.reduce((sum, count) => sum + count, 0);
  const now = reviews.now === 0 ? words.home.dueNone : words.home.dueNow(reviews.now);
  return <Fact name={words.home.due}>{soon === 0 ? now : words.home.dueSoon(now, soon)}</Fact>;
}

/** Only once there is evidence, and when the main button does not say it already. */
function Weakest({
  certification,
  standing,
}: {
  readonly certification: CertificationInfo;
  readonly standing: Standing;
}) {
  const area = weakestArea(standing.areas, certification);
  if (area === undefined || todaysChoice(standing, certification).kind !== "review") return null;
  const draft = draftOf({ kind: "focused", area }, (kind) => usualDraft(kind).length);
  return (
    <Fact name={words.home.weakest}>
      <Link to={startPath(certification.id, queryOf(draft))}>{words.home.start.focused(area.title)}</Link>
    </Fact>
  );
}

/** `left`: days; undefined when no day is set. */
function Exam({ left, today }: { readonly left: number | undefined; readonly today: Day }) {
  const { home } = words;
  if (left === undefined) {
    return (
      <Fact name={home.exam}>
        {home.examNone} <Link to={preferencesPath}>{home.examSet}</Link>
      </Fact>
    );
  }
  if (left < 0) {
    return (
      <Fact name={home.exam}>
        {home.examOver(today + left)} <Link to={preferencesPath}>{home.examNew}</Link>
      </Fact>
    );
  }
  return <Fact name={home.exam}>{examWords(left, today)}</Fact>;
}

function examWords(left: number, today: Day): string {
  if (left === 0) return words.home.examToday;
  return left === 1 ? words.home.examTomorrow(today + left) : words.home.examIn(left, today + left);
}

function Minutes({ done, daily }: { readonly done: number; readonly daily: number | undefined }) {
  return (
    <Fact name={words.home.minutes}>
      {daily === undefined ? words.home.minutesDone(done) : words.home.minutesOf(done, daily)}
      <span class="quiet small"> {words.home.minutesHow}</span>
    </Fact>
  );
}
