import type { CertificationInfo, CreateSession, SessionKind } from "@protocol";
import { useState } from "preact/hooks";
import { asApiError } from "../api/errors";
import { useApp } from "../app-context";
import { Chrome } from "../components/chrome";
import { Heading } from "../components/heading";
import { Link } from "../components/link";
import { Failed, Loading } from "../components/page-state";
import { homePath, sessionPath } from "../paths";
import { KINDS, kindTitle, number, startErrorWords } from "../session/words";
import { useGo } from "../use-go";
import { useLoaded } from "../use-loaded";
import { words } from "../words";

const LENGTHS = [5, 10, 20, 30, 50, 100];
const TIME_LIMITS_MINUTES = [15, 30, 60, 120];

/** What kind of session to start, and how long. */
export function StartPage({ certification }: { readonly certification: string }) {
  const { api } = useApp();
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
      {found && <StartForm certification={found} />}
    </Chrome>
  );
}

function StartForm({ certification }: { readonly certification: CertificationInfo }) {
  const { api, notice } = useApp();
  const go = useGo();
  const [kind, setKind] = useState<SessionKind>("practice");
  const [length, setLength] = useState<number>();
  const [minutes, setMinutes] = useState(0);
  const [areas, setAreas] = useState<readonly string[]>([]);
  const [starting, setStarting] = useState(false);
  const [problem, setProblem] = useState("");
  const shownLength = length ?? (kind === "diagnostic" ? 30 : 20);
  const start = async (event: Event) => {
    event.preventDefault();
    if (starting) return;
    if (kind === "focused" && areas.length === 0) {
      setProblem(words.start.noArea);
      return;
    }
    setStarting(true);
    setProblem("");
    try {
      const ticket = await api.createSession(
        wanted(certification.id, kind, shownLength, kind === "focused" ? areas : [], minutes),
      );
      if (ticket.resumed) notice.set(words.start.resumed(kindTitle(kind)));
      go(sessionPath(ticket.session_id));
    } catch (error) {
      setProblem(startErrorWords(asApiError(error), kind));
      setStarting(false);
    }
  };
  return (
    <>
      <Heading title={certification.title} />
      <form class="start" onSubmit={start}>
        <KindChoice kind={kind} onKind={setKind} />
        {kind === "focused" && <AreaChoice certification={certification} areas={areas} onAreas={setAreas} />}
        <div class="row fields">
          <NumberChoice
            label={words.start.length}
            value={shownLength}
            values={LENGTHS}
            onValue={setLength}
            words={number}
          />
          <NumberChoice
            label={words.start.limit}
            value={minutes}
            values={[0, ...TIME_LIMITS_MINUTES]}
            onValue={setMinutes}
            words={(value) => (value === 0 ? words.start.noLimit : words.start.minutes(value))}
          />
        </div>
        <p class="refusal" role="alert">
          {problem}
        </p>
        <p class="row">
          <button type="submit" class="button primary" disabled={starting}>
            {starting ? words.start.starting : words.start.submit(kindTitle(kind))}
          </button>
          <Link to={homePath} class="button">
            {words.start.back}
          </Link>
        </p>
      </form>
    </>
  );
}

/** No time limit and no areas are said by leaving them out. */
function wanted(
  certification: string,
  kind: SessionKind,
  length: number,
  areas: readonly string[],
  minutes: number,
): CreateSession {
  return {
    certification,
    kind,
    length,
    ...(areas.length > 0 && { areas: [...areas] }),
    ...(minutes > 0 && { time_limit_minutes: minutes }),
  };
}

function KindChoice({
  kind,
  onKind,
}: {
  readonly kind: SessionKind;
  readonly onKind: (kind: SessionKind) => void;
}) {
  return (
    <fieldset class="choices">
      <legend>{words.start.kind}</legend>
      {KINDS.map((one) => (
        <label key={one} class={`choice ${one === kind ? "is-chosen" : ""}`}>
          <input type="radio" name="kind" value={one} checked={one === kind} onChange={() => onKind(one)} />
          <span>
            <strong>{words.session.kinds[one].title}</strong>
            <span class="quiet small">{words.session.kinds[one].words}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

interface AreaChoiceProps {
  readonly certification: CertificationInfo;
  readonly areas: readonly string[];
  readonly onAreas: (areas: readonly string[]) => void;
}

function AreaChoice({ certification, areas, onAreas }: AreaChoiceProps) {
  const toggle = (id: string) =>
    onAreas(areas.includes(id) ? areas.filter((one) => one !== id) : [...areas, id]);
  return (
    <fieldset class="choices">
      <legend>{words.start.areas}</legend>
      {certification.areas.map(({ id, title, items }) => (
        <label key={id} class={`choice ${areas.includes(id) ? "is-chosen" : ""}`}>
          <input
            type="checkbox"
            name="area"
            value={id}
            checked={areas.includes(id)}
            onChange={() => toggle(id)}
          />
          <span>
            <strong>{title}</strong>
            <span class="quiet small">{words.start.items(items)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

interface NumberChoiceProps {
  readonly label: string;
  readonly value: number;
  readonly values: readonly number[];
  readonly onValue: (value: number) => void;
  readonly words: (value: number) => string;
}

function NumberChoice({ label, value, values, onValue, words: wordsOf }: NumberChoiceProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <select value={value} onChange={(event) => onValue(Number(event.currentTarget.value))}>
        {values.map((one) => (
          <option key={one} value={one}>
            {wordsOf(one)}
          </option>
        ))}
      </select>
    </label>
  );
}
