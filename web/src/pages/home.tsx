import type { CertificationInfo, SessionView } from "@protocol";
import type { Api } from "../api/client";
import { useApp } from "../app-context";
import { Chrome } from "../components/chrome";
import { Competency } from "../components/competency";
import { Heading } from "../components/heading";
import { Link } from "../components/link";
import { Markdown } from "../components/markdown";
import { Failed, Loading } from "../components/page-state";
import { sessionPath, startPath, summaryPath } from "../paths";
import { endedWithAnswers } from "../session/open";
import { sessionWords, share } from "../session/words";
import { useLoaded } from "../use-loaded";
import { words } from "../words";

/** Most open sessions shown: older ones are a click further than anyone looks. */
const OPEN_SHOWN_MAX = 3;

interface HomeContent {
  readonly certifications: readonly CertificationInfo[];
  /** Newest first. */
  readonly open: readonly SessionView[];
  /** Sessions that ended while an answer waited on this device. */
  readonly ended: readonly string[];
}

async function load(api: Api): Promise<HomeContent> {
  const [certifications, sessions] = await Promise.all([api.certifications(), api.openSessions()]);
  const open = await Promise.all(sessions.slice(0, OPEN_SHOWN_MAX).map(({ id }) => api.session(id)));
  return { certifications, open, ended: endedWithAnswers(sessions.map(({ id }) => id)) };
}

/** What to do now, then where the learner stands. */
export function HomePage() {
  const { api } = useApp();
  const content = useLoaded(() => load(api), "home");
  return (
    <Chrome>
      <Heading
        title={content.kind === "loaded" && content.value.open.length > 0 ? words.home.goOn : words.home.now}
      />
      {content.kind === "loading" && <Loading what={words.home.what} />}
      {content.kind === "failed" && <Failed error={content.error} again={content.again} />}
      {content.kind === "loaded" && <Loaded {...content.value} />}
    </Chrome>
  );
}

function Loaded({ certifications, open, ended }: HomeContent) {
  const newest = open[0];
  const titles = certifications.find(({ id }) => id === newest?.session.certification.id)?.areas ?? [];
  const rows = (newest?.competency ?? []).map((score) => ({
    id: score.area,
    title: titles.find(({ id }) => id === score.area)?.title ?? score.area,
    score,
  }));
  return (
    <>
      {ended.map((id) => (
        <div key={id} class="panel">
          <p>{words.home.ended}</p>
          <Link to={summaryPath(id)} class="button">
            {words.home.endedSee}
          </Link>
        </div>
      ))}
      {open.length > 0 && (
        <ul class="cards">
          {open.map((view) => (
            <OpenCard key={view.session.id} view={view} />
          ))}
        </ul>
      )}
      {newest && <Competency rows={rows} title={words.home.standing(newest.session.certification.title)} />}
      <h2>{newest ? words.home.orElse : words.home.choose}</h2>
      {certifications.length === 0 ? (
        <div class="panel">
          <p>
            {words.home.none} <code>learnr import</code>.
          </p>
        </div>
      ) : (
        <ul class="cards">
          {certifications.map((one) => (
            <CertificationCard key={one.id} certification={one} />
          ))}
        </ul>
      )}
    </>
  );
}

function OpenCard({ view: { session, progress } }: { readonly view: SessionView }) {
  return (
    <li class="card">
      <h2>{sessionWords(session)}</h2>
      <p class="quiet small">
        {words.home.progress(progress.answered, progress.length, session.status === "paused")}
      </p>
      <Link to={sessionPath(session.id)} class="button primary">
        {words.summary.continue}
      </Link>
    </li>
  );
}

function CertificationCard({ certification }: { readonly certification: CertificationInfo }) {
  const { id, title, description, items, areas, pass_mark: passMark } = certification;
  return (
    <li class="card" data-certification={id}>
      <h3>{title}</h3>
      {description !== "" && <Markdown text={description} />}
      <p class="quiet small">{words.home.size(items, areas.length, share(passMark))}</p>
      <Link to={startPath(id)} class="button">
        {words.home.pick} <span class="unseen">{title}</span>
      </Link>
    </li>
  );
}
