import type { CertificationInfo, Preferences, SessionView, Standing } from "@protocol";
import { useState } from "preact/hooks";
import { type Done, lately, standing } from "../api/progress";
import { useApp } from "../app-context";
import { type Day, dayAt, offsetMinutes } from "../calendar";
import { Failed, Loading } from "../components/page-state";
import { STREAK_DAYS_MAX } from "../home/streak";
import { type Loaded, useLoaded } from "../use-loaded";
import { words } from "../words";
import { Facts } from "./home-facts";
import { StandingView } from "./home-standing";
import { Suggestion } from "./home-suggestion";

/** Other certifications whose minutes count for the day; who practises more than these at once is told of fewer. */
const OTHERS_LOOKED_AT = 4;

interface Props {
  readonly certification: CertificationInfo;
  /** Theirs as well. */
  readonly others: readonly CertificationInfo[];
  readonly known: boolean;
  readonly open: readonly SessionView[];
  readonly preferences: Preferences | undefined;
}

/** One certification: what to do in it now, how today stands, and where the learner does. */
export function CertificationInFocus({ certification, others, known, open, preferences }: Props) {
  const { api } = useApp();
  const { id } = certification;
  const [{ today, offset }] = useState(() => {
    const now = new Date();
    const ahead = offsetMinutes(now);
    return { today: dayAt(now.getTime(), ahead), offset: ahead };
  });
  const stands = useLoaded(() => (known ? standing(api, id) : nobody<Standing>()), id);
  const span = { from: today - STREAK_DAYS_MAX, to: today, offsetMinutes: offset };
  const besides = others.slice(0, OTHERS_LOOKED_AT).map((one) => one.id);
  const did = useLoaded(() => (known ? lately(api, id, besides, span) : nobody<Done>()), id);
  // Both, or what came later would push away what came first.
  if (stands.kind === "loading" || did.kind === "loading") return <Loading what={words.home.whatStanding} />;
  const stood = stands.kind === "loaded" ? stands.value : undefined;
  return (
    <>
      <Suggestion
        certification={certification}
        standing={stands.kind === "failed" ? "failed" : stood}
        main={open.length === 0}
      />
      {known && <TodaysFacts {...{ certification, stood, did, preferences, today }} />}
      {stands.kind === "failed" && <Failed error={stands.error} again={stands.again} />}
      {stood !== undefined && <StandingView standing={stood} />}
    </>
  );
}

/** Nothing is known of somebody who has done nothing here, and asking would make a guest. */
function nobody<T>(): Promise<T | undefined> {
  return Promise.resolve(undefined);
}

interface TodaysFactsProps {
  readonly certification: CertificationInfo;
  readonly stood: Standing | undefined;
  readonly did: Loaded<Done | undefined>;
  readonly preferences: Preferences | undefined;
  readonly today: Day;
}

function TodaysFacts({ certification, stood, did, preferences, today }: TodaysFactsProps) {
  const done = did.kind === "loaded" ? did.value : undefined;
  return (
    <section class="section">
      <h2>{words.home.today}</h2>
      <Facts
        certification={certification}
        standing={stood}
        done={done}
        preferences={preferences}
        today={today}
      />
      {did.kind === "failed" && (
        <p class="quiet small">
          {words.home.activityFailed}{" "}
          <button type="button" class="button quiet-button" onClick={did.again}>
            {words.state.again}
          </button>
        </p>
      )}
      {preferences === undefined && <p class="quiet small">{words.home.preferencesFailed}</p>}
    </section>
  );
}
