import type { Health } from "@protocol";
import { useState } from "preact/hooks";
import { type Figure, figures } from "../admin/figures";
import { account } from "../api/account";
import { metrics, readiness } from "../api/admin";
import { useApp } from "../app-context";
import { RefusedFor } from "../components/for-role";
import { Failed, Loading } from "../components/page-state";
import { Table } from "../components/table";
import { useStore } from "../store";
import { useLoaded } from "../use-loaded";
import { words } from "../words";
import { AdminFrame } from "./admin-frame";

const KEYS = ["figure", "value", "meaning"] as const;
type Key = (typeof KEYS)[number];

const COLUMNS = KEYS.map((key) => ({ key, name: words.health.columns[key], text: key !== "value" }));
const STATUSES: Readonly<Record<string, string>> = words.health.statuses;

/** How the instance that answers is. */
export function AdminHealthPage() {
  return (
    <AdminFrame title={words.health.title}>
      <Admitted />
    </AdminFrame>
  );
}

/** Anyone may ask these routes, so that the page itself keeps to who it is for. */
function Admitted() {
  const { api } = useApp();
  const who = useStore(api.auth.who);
  if (who.kind === "account" && who.account.roles.includes("admin")) return <Instance />;
  // A role that was given a moment ago is known to the server only.
  const again = () => {
    account(api).then(
      (now) => api.auth.update(now),
      () => undefined,
    );
  };
  return <RefusedFor needs="admin" again={again} />;
}

function Instance() {
  const { api } = useApp();
  const [turn, setTurn] = useState(0);
  const ready = useLoaded(() => readiness(api), `ready ${turn}`);
  const tell = async () => ({ list: figures(await metrics(api)), at: Date.now() });
  const told = useLoaded(tell, `figures ${turn}`);
  return (
    <>
      <p>{words.health.words}</p>
      {ready.kind === "loading" && <Loading what={words.health.what} />}
      {ready.kind === "failed" && <Failed error={ready.error} again={ready.again} />}
      {ready.kind === "loaded" && <Ready health={ready.value} />}
      <p class="row">
        <button type="button" class="button" onClick={() => setTurn((now) => now + 1)}>
          {words.admin.refresh}
        </button>
        {told.kind === "loaded" && <span class="quiet small">{words.admin.asOf(told.value.at)}</span>}
      </p>
      <h2>{words.health.figures}</h2>
      {told.kind === "loading" && <Loading what={words.health.figuresWhat} />}
      {told.kind === "failed" && <Failed error={told.error} again={told.again} />}
      {told.kind === "loaded" && <Figures list={told.value.list} />}
    </>
  );
}

function Ready({ health: { status, version } }: { readonly health: Health }) {
  const said = Object.hasOwn(STATUSES, status) ? STATUSES[status] : words.health.otherStatus(status);
  return (
    <div class="panel" data-health={status}>
      <p role="status" class={status === "ok" ? undefined : "odd"}>
        {said}
      </p>
      <p class="quiet small">{words.health.release(version)}</p>
    </div>
  );
}

function Figures({ list }: { readonly list: readonly Figure[] }) {
  if (list.length === 0) return <p>{words.health.figuresNone}</p>;
  return (
    <>
      <Table
        caption={words.health.figures}
        columns={COLUMNS}
        rows={list}
        rowKey={({ key }) => key}
        cell={(figure, column) => <Cell figure={figure} column={column} />}
      />
      <p class="quiet small">{words.health.since}</p>
    </>
  );
}

function Cell({ figure, column }: { readonly figure: Figure; readonly column: Key }) {
  switch (column) {
    case "figure":
      return <>{words.health.names[figure.key]}</>;
    case "value":
      return <>{figure.words}</>;
    case "meaning":
      return (
        <>
          {figure.odd && <strong class="odd">{words.health.look}. </strong>}
          {words.health.meanings[figure.key]}
        </>
      );
  }
}
