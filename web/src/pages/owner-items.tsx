import type { ItemStatistics, ItemStatisticsPage, VersionUse } from "@protocol";
import { useEffect, useRef, useState } from "preact/hooks";
import { type ApiError, asApiError } from "../api/errors";
import { itemStatistics } from "../api/owner";
import { useApp } from "../app-context";
import { Choice } from "../components/fields";
import { FailedFor } from "../components/for-role";
import { Loading } from "../components/page-state";
import { ITEMS_LOADED_MAX } from "../owner/items";
import { useLoaded } from "../use-loaded";
import { words } from "../words";
import { ItemColumnMeanings, OwnerItemsTable } from "./owner-items-table";

interface Props {
  readonly certification: string;
  /** The current one when undefined. */
  readonly version: string | undefined;
  readonly onVersion: (version: string | undefined) => void;
  /** Whoever sees these figures may see the rest of the page. */
  readonly onAllowed: () => void;
}

/** What says that somebody may not see this page, or that there is nothing to see: the other sections would say no more. */
const CLOSED: readonly ApiError["code"][] = ["forbidden", "unauthorized", "not_found"];

/** The questions of a version with their figures. */
export function OwnerItems({ certification, version, onVersion, onAllowed }: Props) {
  const { api } = useApp();
  const first = useLoaded(() => itemStatistics(api, certification, version), `${version}`);
  // The choice of a version stays while another one is loaded, and keeps the focus.
  const versions = useRef<readonly VersionUse[]>([]);
  if (first.kind === "loaded") versions.current = first.value.versions;
  const allowed = first.kind === "loaded" || (first.kind === "failed" && !CLOSED.includes(first.error.code));
  useEffect(() => {
    if (allowed) onAllowed();
  }, [allowed]);
  return (
    <>
      <Versions versions={versions.current} shown={version} onVersion={onVersion} />
      {first.kind === "loading" && <Loading what={words.owner.itemsWhat} />}
      {first.kind === "failed" && <FailedFor error={first.error} again={first.again} needs="author" />}
      {first.kind === "loaded" && (
        <Items key={version} certification={certification} version={version} first={first.value} />
      )}
    </>
  );
}

interface VersionsProps {
  readonly versions: readonly VersionUse[];
  readonly shown: string | undefined;
  readonly onVersion: Props["onVersion"];
}

function Versions({ versions, shown, onVersion }: VersionsProps) {
  if (versions.length === 0) return null;
  const used = versions.map(({ version, sessions, last_ms }) => ({
    value: version,
    words: words.owner.versionUse(version, sessions, last_ms),
  }));
  return (
    <div class="entries">
      <Choice
        name="version"
        label={words.owner.version}
        value={shown ?? ""}
        onValue={(value) => onVersion(value === "" ? undefined : value)}
        options={[{ value: "", words: words.owner.current }, ...used]}
      />
    </div>
  );
}

interface ItemsProps {
  readonly certification: string;
  readonly version: string | undefined;
  readonly first: ItemStatisticsPage;
}

/** Five hundred are loaded at a time: sorting and finding see those that are here, and say so. */
function Items({ certification, version, first }: ItemsProps) {
  const { api } = useApp();
  const [items, setItems] = useState<readonly ItemStatistics[]>(first.items);
  const [next, setNext] = useState(first.next);
  const [loading, setLoading] = useState(false);
  const [problem, setProblem] = useState("");
  const full = items.length >= ITEMS_LOADED_MAX;
  const more = async () => {
    if (loading || next === undefined) return;
    setLoading(true);
    setProblem("");
    try {
      // Of the version that is shown, also when another has become the current one meanwhile.
      const page = await itemStatistics(api, certification, version ?? first.version, next);
      setItems((now) => [...now, ...page.items]);
      setNext(page.next);
    } catch (error) {
      setProblem(asApiError(error).message);
    }
    setLoading(false);
  };
  if (items.length === 0) return <p>{words.owner.itemsNone}</p>;
  return (
    <>
      {!first.versions.some((one) => one.version === first.version) && (
        <p class="quiet">{words.owner.itemsUnused}</p>
      )}
      <ItemColumnMeanings />
      <OwnerItemsTable certification={certification} items={items} />
      {next !== undefined && (
        <p>{full ? words.owner.loadedMax(ITEMS_LOADED_MAX) : words.owner.partly(items.length)}</p>
      )}
      {next !== undefined && !full && (
        <button type="button" class="button" aria-disabled={loading} onClick={() => void more()}>
          {loading ? words.owner.loadingMore : words.owner.loadMore}
        </button>
      )}
      <p class="refusal" role="alert">
        {problem}
      </p>
    </>
  );
}
