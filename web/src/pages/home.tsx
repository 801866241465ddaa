import type { CertificationInfo, PastSession, Preferences, SessionView } from "@protocol";
import { useState } from "preact/hooks";
import type { Api } from "../api/client";
import { preferences } from "../api/keeping";
import { latestSessions } from "../api/progress";
import { useApp } from "../app-context";
import { Chrome } from "../components/chrome";
import { Choice } from "../components/fields";
import { Heading } from "../components/heading";
import { Link } from "../components/link";
import { Failed, Loading } from "../components/page-state";
import { chooseHere, chosenHere, inFocus, theirs } from "../home/whose";
import { bookmarksPath, historyPath, progressPath, summaryPath } from "../paths";
import { endedWithAnswers } from "../session/open";
import { useLoaded } from "../use-loaded";
import { words } from "../words";
import { CertificationInFocus } from "./home-focus";
import { Invitation } from "./home-invitation";
import { Certifications, OpenSessions } from "./home-lists";

/** Most open sessions shown: older ones are a click further than anyone looks. */
const OPEN_SHOWN_MAX = 3;
/** Sessions looked at to find out what the learner practises. */
const PAST_LOOKED_AT = 20;

export interface HomeContent {
  readonly certifications: readonly CertificationInfo[];
  /** Whether anything can be known of whoever is here. */
  readonly known: boolean;
  /** Newest first. */
  readonly open: readonly SessionView[];
  /** Open sessions that are not shown. */
  readonly openMore: number;
  /** Newest first. */
  readonly past: readonly PastSession[];
  /** Sessions that ended while an answer waited on this device. */
  readonly ended: readonly string[];
  /** Undefined when they could not be loaded: no reason for an empty page. */
  readonly preferences: Preferences | undefined;
}

async function load(api: Api): Promise<HomeContent> {
  const [certifications, known] = await Promise.all([api.certifications(), api.isKnown()]);
  if (!known) {
    return { certifications, known, open: [], openMore: 0, past: [], ended: [], preferences: undefined };
  }
  const [sessions, { sessions: past }, preferred] = await Promise.all([
    api.openSessions(),
    latestSessions(api, PAST_LOOKED_AT),
    preferences(api).catch(() => undefined),
  ]);
  const ids = sessions.map(({ id }) => id);
  const shown = Promise.all(ids.slice(0, OPEN_SHOWN_MAX).map((id) => api.session(id)));
  const [open, ended] = await Promise.all([shown, endedWithAnswers(api, ids)]);
  const openMore = sessions.length - open.length;
  return { certifications, known, open, openMore, past, ended, preferences: preferred };
}

/** What to do now, then where the learner stands, then how long it is to the exam. */
export function HomePage() {
  const { api } = useApp();
  const content = useLoaded(() => load(api), "home");
  const goesOn = content.kind === "loaded" && content.value.open.length > 0;
  return (
    <Chrome>
      <Heading title={goesOn ? words.home.goOn : words.home.now} />
      {content.kind === "loading" && <Loading what={words.home.what} />}
      {content.kind === "failed" && <Failed error={content.error} again={content.again} />}
      {content.kind === "loaded" && <Loaded {...content.value} />}
    </Chrome>
  );
}

function Loaded(content: HomeContent) {
  const { certifications, open, past, ended } = content;
  const [chosen, setChosen] = useState(() => chosenHere(localStorage));
  const sessions = open.map(({ session }) => session);
  const goals = content.preferences?.goals ?? [];
  const mine = theirs(certifications, { open: sessions, past, goals });
  const focus = inFocus(mine, certifications, chosen);
  const choose = (id: string) => {
    chooseHere(localStorage, id, Date.now());
    setChosen(id);
  };
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
      <OpenSessions open={open} more={content.openMore} />
      {focus !== undefined && mine.length > 1 && (
        <Choice
          name="certification"
          label={words.home.certification}
          value={focus.id}
          onValue={choose}
          options={mine.map(({ id, title }) => ({ value: id, words: title }))}
        />
      )}
      {focus !== undefined && (
        <CertificationInFocus
          key={focus.id}
          certification={focus}
          others={mine.filter(({ id }) => id !== focus.id)}
          {...content}
        />
      )}
      {past.length > 0 && <LookBack certification={focus?.id} />}
      {past.length > 0 && <Invitation />}
      <h2>{open.length > 0 ? words.home.orElse : words.home.choose}</h2>
      <Certifications list={certifications} />
    </>
  );
}

function LookBack({ certification }: { readonly certification: string | undefined }) {
  return (
    <nav aria-label={words.home.links}>
      <ul class="row links">
        {certification !== undefined && (
          <li>
            <Link to={progressPath(certification)}>{words.home.progressLink}</Link>
          </li>
        )}
        <li>
          <Link to={historyPath}>{words.home.historyLink}</Link>
        </li>
        <li>
          <Link to={bookmarksPath}>{words.home.bookmarksLink}</Link>
        </li>
      </ul>
    </nav>
  );
}
