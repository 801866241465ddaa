import type { AreaResult, SessionSummary } from "@protocol";
import type { ApiError } from "../api/errors";
import { useApp } from "../app-context";
import { Chrome } from "../components/chrome";
import { Competency } from "../components/competency";
import { Heading } from "../components/heading";
import { Link } from "../components/link";
import { Failed, Loading } from "../components/page-state";
import { homePath, sessionPath, startPath } from "../router";
import { duration, endWords, number, sessionWords } from "../session/words";
import { useLoaded } from "../use-loaded";

/** What an ended session came to. */
export function SummaryPage({ id }: { readonly id: string }) {
  const { api } = useApp();
  const summary = useLoaded(() => api.summary(id), id);
  return (
    <Chrome>
      {summary.kind === "loading" && <Loading what="the summary" />}
      {summary.kind === "failed" && <NoSummary id={id} error={summary.error} again={summary.again} />}
      {summary.kind === "loaded" && <Loaded {...summary.value} />}
    </Chrome>
  );
}

function NoSummary({
  id,
  error,
  again,
}: {
  readonly id: string;
  readonly error: ApiError;
  readonly again: () => void;
}) {
  if (error.retryable) return <Failed error={error} again={again} />;
  return (
    <div class="panel">
      <Heading title="No summary" />
      <p>{error.message}</p>
      <p class="row">
        {error.status === 409 && (
          <Link to={sessionPath(id)} class="button primary">
            Continue the session
          </Link>
        )}
        <Link to={homePath} class="button">
          Go home
        </Link>
      </p>
    </div>
  );
}

function Loaded({ session, summary }: SessionSummary) {
  const rows = summary.areas.map(({ area, title, before, after }) => ({
    id: area,
    title,
    score: after,
    before,
  }));
  return (
    <>
      <Heading title="Summary">{sessionWords(session)}</Heading>
      <p>
        {endWords(summary.reason)} You answered {number(summary.answered)}, {number(summary.correct)} of them
        right, in {duration(summary.elapsed_ms)}.
      </p>
      <p class="row">
        <Link to={startPath(session.certification.id)} class="button primary">
          Start another session
        </Link>
        <Link to={homePath} class="button">
          Home
        </Link>
      </p>
      <ByArea areas={summary.areas} />
      <Competency rows={rows} since="in this session" />
    </>
  );
}

function ByArea({ areas }: { readonly areas: readonly AreaResult[] }) {
  const asked = areas.filter(({ answered }) => answered > 0);
  if (asked.length === 0) {
    return <p class="quiet">No question was answered, so nothing about where you stand has changed.</p>;
  }
  return (
    <section aria-label="Answers by area">
      <h2>Your answers</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">Area</th>
            <th scope="col">Answered</th>
            <th scope="col">Right</th>
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
