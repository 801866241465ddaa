import type { CertificationInfo } from "@protocol";
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { useApp } from "../app-context";
import { Chrome } from "../components/chrome";
import { Heading } from "../components/heading";
import { Link } from "../components/link";
import { Failed, Loading } from "../components/page-state";
import { homePath } from "../paths";
import {
  draftFrom,
  draftOfKind,
  LENGTHS,
  remember,
  remembered,
  type StartDraft,
  TIME_LIMITS_MINUTES,
  UNSAID,
} from "../session/start-draft";
import { kindTitle, number } from "../session/words";
import { useLoaded } from "../use-loaded";
import { words } from "../words";
import { AreaChoice, KindChoice, NumberChoice } from "./start-fields";
import { useStart } from "./use-start";

/** What kind of session to start, and how long. */
export function StartPage({ certification }: { readonly certification: string }) {
  const { api } = useApp();
  const { url } = useLocation();
  const search = url.includes("?") ? url.slice(url.indexOf("?")) : "";
  const list = useLoaded(() => api.certifications(), certification);
  const found = list.kind === "loaded" ? list.value.find(({ id }) => id === certification) : undefined;
  return (
    <Chrome>
      {list.kind === "loading" && <Loading what={words.start.what} />}
      {list.kind === "failed" && <Failed error={list.error} again={list.again} />}
      {list.kind === "loaded" && found === undefined && (
        <div class="panel">
          <Heading title={words.start.none} />
          <p>{words.start.noneWords}</p>
          <Link to={homePath} class="button">
            {words.start.see}
          </Link>
        </div>
      )}
      {found && <StartForm key={search} certification={found} search={search} />}
    </Chrome>
  );
}

interface StartFormProps {
  readonly certification: CertificationInfo;
  /** Of the address: what is chosen already. */
  readonly search: string;
}

function StartForm({ certification, search }: StartFormProps) {
  const { id } = certification;
  const [kept] = useState(() => remembered(localStorage, id));
  const [draft, setDraft] = useState(() => draftFrom(new URLSearchParams(search), kept, certification));
  const { starting, problem, setProblem, start } = useStart(id, (started) =>
    remember(localStorage, id, started, Date.now()),
  );
  const change = (part: Partial<StartDraft>) => setDraft((now) => ({ ...now, ...part }));
  const submit = (event: Event) => {
    event.preventDefault();
    if (draft.kind === "focused" && draft.areas.length === 0) setProblem(words.start.noArea);
    else void start(draft);
  };
  return (
    <>
      <Heading title={certification.title} />
      <form class="start" onSubmit={submit}>
        <KindChoice
          kind={draft.kind}
          onKind={(kind) => change({ ...draftOfKind(kind, kept, certification), areas: draft.areas })}
        />
        {draft.kind === "focused" && (
          <AreaChoice
            certification={certification}
            areas={draft.areas}
            onAreas={(areas) => change({ areas })}
          />
        )}
        <Size draft={draft} change={change} />
        <p class="refusal" role="alert">
          {problem}
        </p>
        <p class="row">
          <button type="submit" class="button primary" aria-disabled={starting}>
            {starting ? words.start.starting : words.start.submit(kindTitle(draft.kind))}
          </button>
          <Link to={homePath} class="button">
            {words.start.back}
          </Link>
        </p>
      </form>
    </>
  );
}

interface SizeProps {
  readonly draft: StartDraft;
  readonly change: (part: Partial<StartDraft>) => void;
}

/** How many questions, and how much time; an exam's are its certification's unless somebody says otherwise. */
function Size({ draft: { kind, length, minutes }, change }: SizeProps) {
  const exam = kind === "exam";
  const unlimited = exam ? words.start.asInExam : words.start.noLimit;
  return (
    <div class="row fields">
      <NumberChoice
        label={words.start.length}
        value={length}
        values={exam ? [UNSAID, ...LENGTHS] : LENGTHS}
        onValue={(value) => change({ length: value })}
        words={(value) => (value === UNSAID ? words.start.asInExam : number(value))}
      />
      <NumberChoice
        label={words.start.limit}
        value={minutes}
        values={[UNSAID, ...TIME_LIMITS_MINUTES]}
        onValue={(value) => change({ minutes: value })}
        words={(value) => (value === UNSAID ? unlimited : words.start.minutes(value))}
      />
    </div>
  );
}
