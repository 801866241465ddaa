import type { ClusterView, LiveSession, NodeView } from "@protocol";
import { useState } from "preact/hooks";
import { cluster, SESSIONS_SHOWN } from "../api/admin";
import { useApp } from "../app-context";
import { FailedFor } from "../components/for-role";
import { Loading } from "../components/page-state";
import { Table } from "../components/table";
import { useLoaded } from "../use-loaded";
import { words } from "../words";
import { number } from "../words/format";
import { AdminFrame } from "./admin-frame";
import { SessionPlaceForm } from "./admin-session-place";

const NODE_KEYS = [
  "node",
  "state",
  "sessions",
  "sockets",
  "relayedIn",
  "relayedOut",
  "version",
  "address",
] as const;
type NodeKey = (typeof NODE_KEYS)[number];

const NODE_TEXT: readonly NodeKey[] = ["node", "state", "version", "address"];
const NODE_COLUMNS = NODE_KEYS.map((key) => ({
  key,
  name: words.cluster.columns[key],
  text: NODE_TEXT.includes(key),
}));

const LIVE_COLUMNS = [
  { key: "session", name: words.cluster.liveColumns.session },
  { key: "epoch", name: words.cluster.liveColumns.epoch },
] as const;

/** The instances, and where sessions are. */
export function AdminClusterPage() {
  return (
    <AdminFrame title={words.cluster.title}>
      <Fleet />
    </AdminFrame>
  );
}

function Fleet() {
  const { api } = useApp();
  const [turn, setTurn] = useState(0);
  const view = useLoaded(async () => ({ view: await cluster(api), at: Date.now() }), String(turn));
  if (view.kind === "failed") return <FailedFor error={view.error} again={view.again} needs="admin" />;
  return (
    <>
      <p>{words.cluster.words}</p>
      <p class="row">
        <button type="button" class="button" onClick={() => setTurn((now) => now + 1)}>
          {words.admin.refresh}
        </button>
        {view.kind === "loaded" && <span class="quiet small">{words.admin.asOf(view.value.at)}</span>}
      </p>
      {view.kind === "loading" && <Loading what={words.cluster.what} />}
      {view.kind === "loaded" && <Shown view={view.value.view} />}
      <SessionPlaceForm />
    </>
  );
}

function Shown({ view }: { readonly view: ClusterView }) {
  const { answeredBy, directories, present, presentUnknown } = words.cluster;
  const alone = view.directory === "none";
  return (
    <>
      <p class="breaks">{answeredBy(view.node)}</p>
      <p class={view.directory === "unavailable" ? "odd" : undefined} data-directory={view.directory}>
        {directories[view.directory]}
      </p>
      {!alone && (
        <p>{view.learners_present === undefined ? presentUnknown : present(view.learners_present)}</p>
      )}
      {view.nodes.length === 0 ? (
        <p>{words.cluster.none}</p>
      ) : (
        <Table
          caption={words.cluster.table}
          columns={NODE_COLUMNS}
          rows={view.nodes}
          rowKey={({ node, incarnation }) => `${node} ${incarnation}`}
          cell={(node, key) => nodeWords(node, key, view.node)}
          wide
        />
      )}
      <Live sessions={view.sessions} />
    </>
  );
}

function nodeWords(node: NodeView, key: NodeKey, asked: string): string {
  const { asked: askedWords, leaving, staying } = words.cluster;
  switch (key) {
    case "node":
      return node.node === asked ? `${node.node} (${askedWords})` : node.node;
    case "state":
      return node.draining ? leaving : staying;
    case "sessions":
      return number(node.sessions);
    case "sockets":
      return number(node.sockets);
    case "relayedIn":
      return number(node.relayed_in);
    case "relayedOut":
      return number(node.relayed_out);
    case "version":
      return node.version;
    case "address":
      return node.http_address;
  }
}

function Live({ sessions }: { readonly sessions: readonly LiveSession[] }) {
  return (
    <section class="section">
      <h2>{words.cluster.live}</h2>
      {sessions.length === 0 ? (
        <p>{words.cluster.liveNone}</p>
      ) : (
        <Table
          caption={words.cluster.live}
          columns={LIVE_COLUMNS}
          rows={sessions}
          rowKey={({ session_id }) => session_id}
          cell={({ session_id, epoch }, key) => (key === "session" ? session_id : number(epoch))}
        />
      )}
      {sessions.length >= SESSIONS_SHOWN && (
        <p class="quiet small">{words.cluster.liveSome(SESSIONS_SHOWN)}</p>
      )}
    </section>
  );
}
