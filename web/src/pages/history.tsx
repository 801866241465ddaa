import type { CertificationInfo, SessionHistory, SessionStatus } from "@protocol";
import { useState } from "preact/hooks";
import { asApiError } from "../api/errors";
import { type HistoryFilter, pastSessions } from "../api/looking-back";
import { useApp } from "../app-context";
import { Chrome } from "../components/chrome";
import { Choice } from "../components/fields";
import { Heading } from "../components/heading";
import { Link } from "../components/link";
import { Failed, Loading } from "../components/page-state";
import { homePath } from "../paths";
import { useLoaded } from "../use-loaded";
import { words } from "../words";
import { PastCard } from "./past-card";

const STATUSES: readonly SessionStatus[] = ["completed", "open", "paused", "faulted"];

/** Every session of the learner, newest first. */
export function HistoryPage() {
  const { api } = useApp();
  const list = useLoaded(() => api.certifications(), "certifications");
  return (
    <Chrome>
      <Heading title={words.history.title} />
      {list.kind === "loading" && <Loading what={words.history.what} />}
      {list.kind === "failed" && <Failed error={list.error} again={list.again} />}
      {list.kind === "loaded" && <Sessions certifications={list.value} />}
    </Chrome>
  );
}

function Sessions({ certifications }: { readonly certifications: readonly CertificationInfo[] }) {
  const { api } = useApp();
  const [filter, setFilter] = useState<HistoryFilter>({});
  const key = JSON.stringify(filter);
  const first = useLoaded(() => pastSessions(api, filter), key);
  return (
    <>
      <Filters certifications={certifications} filter={filter} onFilter={setFilter} />
      {first.kind === "loading" && <Loading what={words.history.what} />}
      {first.kind === "failed" && <Failed error={first.error} again={first.again} />}
      {first.kind === "loaded" && (
        <Pages key={key} filter={filter} first={first.value} onClear={() => setFilter({})} />
      )}
    </>
  );
}

interface FiltersProps {
  readonly certifications: readonly CertificationInfo[];
  readonly filter: HistoryFilter;
  readonly onFilter: (filter: HistoryFilter) => void;
}

function Filters({ certifications, filter, onFilter }: FiltersProps) {
  const narrowed = (certification: string | undefined, status: SessionStatus | undefined) =>
    onFilter({
      ...(certification !== undefined && { certification }),
      ...(status !== undefined && { status }),
    });
  return (
    <div class="filters">
      <Choice
        name="certification"
        label={words.history.certification}
        value={filter.certification ?? ""}
        onValue={(value) => narrowed(value === "" ? undefined : value, filter.status)}
        options={[
          { value: "", words: words.history.everyCertification },
          ...certifications.map(({ id, title }) => ({ value: id, words: title })),
        ]}
      />
      <Choice
        name="status"
        label={words.history.status}
        value={filter.status ?? ""}
        onValue={(value) =>
          narrowed(
            filter.certification,
            STATUSES.find((one) => one === value),
          )
        }
        options={[
          { value: "", words: words.history.everyStatus },
          ...STATUSES.map((one) => ({ value: one, words: words.history.statuses[one] })),
        ]}
      />
    </div>
  );
}

interface PagesProps {
  readonly filter: HistoryFilter;
  readonly first: SessionHistory;
  readonly onClear: () => void;
}

/** A page at a time: who practised for years waits for none of it. */
function Pages({ filter, first, onClear }: PagesProps) {
  const { api } = useApp();
  const [list, setList] = useState(first.sessions);
  const [next, setNext] = useState(first.next);
  const [loading, setLoading] = useState(false);
  const [problem, setProblem] = useState("");
  const more = async () => {
    if (loading || next === undefined) return;
    setLoading(true);
    setProblem("");
    try {
      const page = await pastSessions(api, filter, next);
      setList((now) => [...now, ...page.sessions]);
      setNext(page.next);
    } catch (error) {
      setProblem(asApiError(error).message);
    }
    setLoading(false);
  };
  if (list.length === 0) return <Nothing filter={filter} onClear={onClear} />;
  return (
    <>
      <p class="quiet small" role="status">
        {next === undefined ? words.history.count(list.length) : words.history.atLeast(list.length)}
      </p>
      <ul class="cards">
        {list.map((one) => (
          <PastCard key={one.session.id} past={one} />
        ))}
      </ul>
      {next !== undefined && (
        <button type="button" class="button" aria-disabled={loading} onClick={() => void more()}>
          {loading ? words.history.loadingMore : words.history.more}
        </button>
      )}
      <p class="refusal" role="alert">
        {problem}
      </p>
    </>
  );
}

function Nothing({ filter, onClear }: { readonly filter: HistoryFilter; readonly onClear: () => void }) {
  const narrowed = filter.certification !== undefined || filter.status !== undefined;
  return (
    <div class="panel">
      <p role="status">{narrowed ? words.history.noneSuch : words.history.none}</p>
      {narrowed ? (
        <button type="button" class="button" onClick={onClear}>
          {words.history.clear}
        </button>
      ) : (
        <Link to={homePath} class="button primary">
          {words.history.start}
        </Link>
      )}
    </div>
  );
}
