import type { AreaResult, ExamResult, SessionSummary, SessionView } from "@protocol";
import { useEffect } from "preact/hooks";
import type { Api } from "../api/client";
import { type ApiError, asApiError } from "../api/errors";
import { review } from "../api/looking-back";
import { useApp } from "../app-context";
import { Chrome } from "../components/chrome";
import { Competency } from "../components/competency";
import { Heading } from "../components/heading";
import { Link } from "../components/link";
import { Failed, Loading } from "../components/page-state";
import { homePath, reviewPath, sessionPath, startPath } from "../paths";
import { notCounted, notCountedInExam, notCountedWords } from "../session/not-counted";
import { unsettledAnswers } from "../session/open";
import { duration, endWords, number, sessionWords, share } from "../session/words";
import { useLoaded } from "../use-loaded";
import { words } from "../words";

type Content =
  | { readonly ended: SessionSummary; readonly lost: readonly number[] }
  | { readonly running: SessionView };

/** The summary, or the session that has none yet. */
async function load(api: Api, id: string): Promise<Content> {
  try {
    const ended = await api.summary(id);
    return { ended, lost: await lostOf(api, ended) };
  } catch (error) {
    if (asApiError(error).code !== "not_found") throw error;
    return { running: await api.session(id) };
  }
}

/** Positions of answers that did not count. Which of an exam's did, only its review can say. */
async function lostOf(api: Api, { session, summary }: SessionSummary): Promise<readonly number[]> {
  const unsettled = unsettledAnswers(session.id);
  if (session.kind !== "exam" || unsettled.length === 0) return notCounted(unsettled, summary);
  return notCountedInExam(unsettled, (await review(api, session.id)).questions);
}

/** What an ended session came to. */
export function SummaryPage({ id }: { readonly id: string }) {
  const { api } = useApp();
  const content = useLoaded(() => load(api, id), id);
  return (
    <Chrome>
      {content.kind === "loading" && <Loading what={words.summary.what} />}
      {content.kind === "failed" && <NoSummary error={content.error} again={content.again} />}
      {content.kind === "loaded" &&
        ("ended" in content.value ? (
          <Ended {...content.value.ended} lost={content.value.lost} />
        ) : (
          <Running view={content.value.running} />
        ))}
    </Chrome>
  );
}

/** It may be somebody else's, who signs in here again: what is kept for it stays. */
function NoSummary({ error, again }: { readonly error: ApiError; readonly again: () => void }) {
  if (error.retryable) return <Failed error={error} again={again} />;
  return (
    <div class="panel">
      <Heading title={words.summary.none} />
      <p>{words.summary.noneWords}</p>
      <Link to={homePath} class="button">
        {words.unknown.home}
      </Link>
    </div>
  );
}

function Running({ view: { session, progress } }: { readonly view: SessionView }) {
  return (
    <div class="panel">
      <Heading title={words.summary.notYet}>{words.summary.running}</Heading>
      <p>{words.summary.answeredOf(sessionWords(session), progress.answered, progress.length)}</p>
      <Link to={sessionPath(session.id)} class="button primary">
        {words.summary.continue}
      </Link>
    </div>
  );
}

function Ended({ session, summary, lost: positions }: SessionSummary & { readonly lost: readonly number[] }) {
  const { announcement } = useApp();
  const lost = notCountedWords(positions, summary);
  // The clock ends a session without being asked, and a promise was not kept: neither may pass in silence.
  const spoken = [summary.reason === "time" ? endWords("time") : "", lost?.what ?? "", lost?.why ?? ""];
  const aloud = spoken.filter((part) => part !== "").join(" ");
  useEffect(() => {
    if (aloud !== "") announcement.set(aloud);
  }, [aloud, announcement]);
  const rows = summary.areas.map(({ area, title, before, after }) => ({
    id: area,
    title,
    score: after,
    before,
  }));
  return (
    <>
      <Heading title={words.summary.title}>{sessionWords(session)}</Heading>
      <p>
        {endWords(summary.reason)}{" "}
        {words.summary.cameTo(summary.answered, summary.correct, duration(summary.elapsed_ms))}
      </p>
      {summary.exam && <ExamCameTo exam={summary.exam} answered={summary.answered} />}
      {lost && (
        <p class="panel" data-not-counted>
          <strong>{lost.what}</strong> {lost.why}
        </p>
      )}
      <p class="row">
        {(summary.answered > 0 || summary.exam) && (
          <Link to={reviewPath(session.id)} class="button">
            {words.review.link}
          </Link>
        )}
        <Link to={startPath(session.certification.id)} class="button primary">
          {words.summary.another}
        </Link>
        <Link to={homePath} class="button">
          {words.chrome.home}
        </Link>
      </p>
      <ByArea areas={summary.areas} />
      <Competency rows={rows} since={words.summary.since} />
    </>
  );
}

/** Whether the exam is passed, in words, with what it rests on. */
function ExamCameTo({ exam, answered }: { readonly exam: ExamResult; readonly answered: number }) {
  const { questions, correct, needed, score, passed } = exam;
  return (
    <section class="panel" aria-label={words.exam.result} data-passed={passed}>
      <p class="exam-result">{passed ? words.exam.passed : words.exam.failed}</p>
      <p>{words.exam.came(correct, questions, share(score / 100), needed)}</p>
      {answered < questions && <p>{words.exam.unansweredCount(questions - answered)}</p>}
    </section>
  );
}

function ByArea({ areas }: { readonly areas: readonly AreaResult[] }) {
  const asked = areas.filter(({ answered }) => answered > 0);
  if (asked.length === 0) {
    return <p class="quiet">{words.summary.nothing}</p>;
  }
  return (
    <section aria-label={words.summary.byArea}>
      <h2>{words.summary.answers}</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">{words.competency.area}</th>
            <th scope="col">{words.summary.answered}</th>
            <th scope="col">{words.summary.right}</th>
          </tr>
        </thead>
        <tbody>
          {asked.map(({ area, title, answered, correct }) => (
            <tr key={area}>
              <th scope="row">{title}</th>
              <td>{number(answered)}</td>
              <td>{number(correct)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
