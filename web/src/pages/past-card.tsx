import type { PastSession } from "@protocol";
import { Link } from "../components/link";
import { pastPath, sessionPath, summaryPath } from "../paths";
import { duration, sessionWords, share } from "../session/words";
import { words } from "../words";

/** One session of the history: what it was, what it came to, and the ways into it. */
export function PastCard({ past }: { readonly past: PastSession }) {
  const { session, started_ms: started } = past;
  const { id, status } = session;
  const title = sessionWords(session);
  const which = <span class="unseen">{words.history.of(title, started)}</span>;
  return (
    <li class="card" data-past={id} data-status={status}>
      <h2 dir="auto">{title}</h2>
      <p class="quiet small">
        {[words.history.started(started), words.history.statuses[status] ?? status].join(" · ")}
      </p>
      <CameTo past={past} />
      <p class="row">
        {(status === "open" || status === "paused") && (
          <Link to={sessionPath(id)} class="button primary">
            {words.history.goOn} {which}
          </Link>
        )}
        {status === "completed" && (
          <Link to={summaryPath(id)} class="button">
            {words.history.summary} {which}
          </Link>
        )}
        <Link to={pastPath(id)} class="button">
          {words.history.answers} {which}
        </Link>
      </p>
    </li>
  );
}

function CameTo({ past: { answered, correct, elapsed_ms: elapsed, exam } }: { readonly past: PastSession }) {
  if (answered === undefined || correct === undefined) return null;
  const parts = [
    ...(exam === undefined ? [] : [words.history.passed(exam.passed, share(exam.score / 100))]),
    words.history.answered(answered, correct),
    ...(elapsed === undefined ? [] : [words.history.took(duration(elapsed))]),
  ];
  return <p>{parts.join(" · ")}</p>;
}
