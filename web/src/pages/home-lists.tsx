import type { CertificationInfo, SessionView } from "@protocol";
import { useState } from "preact/hooks";
import { Link } from "../components/link";
import { Markdown } from "../components/markdown";
import { historyPath, sessionPath, startPath } from "../paths";
import { sessionWords, share } from "../session/words";
import { words } from "../words";

/** Certifications shown at first, and as many more at each press. */
const CERTIFICATIONS_A_PAGE = 20;

interface OpenSessionsProps {
  readonly open: readonly SessionView[];
  /** Those that are not shown here. */
  readonly more: number;
}

export function OpenSessions({ open, more }: OpenSessionsProps) {
  if (open.length === 0) return null;
  return (
    <>
      <ul class="cards">
        {open.map((view, index) => (
          <OpenCard key={view.session.id} view={view} main={index === 0} />
        ))}
      </ul>
      {more > 0 && (
        <p>
          <Link to={historyPath}>{words.home.openMore(more)}</Link>
        </p>
      )}
    </>
  );
}

interface OpenCardProps {
  readonly view: SessionView;
  /** The one main button of the page is this card's. */
  readonly main: boolean;
}

function OpenCard({ view: { session, progress }, main }: OpenCardProps) {
  return (
    <li class="card">
      <h2 dir="auto">{sessionWords(session)}</h2>
      <p class="quiet small">
        {words.home.progress(progress.answered, progress.length, session.status === "paused")}
      </p>
      <Link to={sessionPath(session.id)} class={main ? "button primary" : "button"}>
        {words.summary.continue} <span class="unseen">{sessionWords(session)}</span>
      </Link>
    </li>
  );
}

export function Certifications({ list }: { readonly list: readonly CertificationInfo[] }) {
  const [shown, setShown] = useState(CERTIFICATIONS_A_PAGE);
  if (list.length === 0) {
    return (
      <div class="panel">
        <p>
          {words.home.none} <code>learnr import</code>.
        </p>
      </div>
    );
  }
  return (
    <>
      <ul class="cards">
        {list.slice(0, shown).map((one) => (
          <CertificationCard key={one.id} certification={one} />
        ))}
      </ul>
      {shown < list.length && (
        <button type="button" class="button" onClick={() => setShown(shown + CERTIFICATIONS_A_PAGE)}>
          {words.home.more}
        </button>
      )}
    </>
  );
}

function CertificationCard({ certification }: { readonly certification: CertificationInfo }) {
  const { id, title, description, items, areas, pass_mark: passMark } = certification;
  return (
    <li class="card" data-certification={id}>
      <h3 dir="auto">{title}</h3>
      {description !== "" && <Markdown text={description} />}
      <p class="quiet small">{words.home.size(items, areas.length, share(passMark))}</p>
      <Link to={startPath(id)} class="button">
        {words.home.pick} <span class="unseen">{title}</span>
      </Link>
    </li>
  );
}
