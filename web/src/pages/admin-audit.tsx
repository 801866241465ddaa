import type { AuditEntry } from "@protocol";
import { audit } from "../api/admin";
import { useApp } from "../app-context";
import { CursorList } from "../components/cursor-list";
import { Table } from "../components/table";
import { useStore } from "../store";
import { words } from "../words";
import { moment } from "../words/format";
import { AdminFrame } from "./admin-frame";

const KEYS = ["at", "action", "detail", "target", "actor"] as const;
type Key = (typeof KEYS)[number];

const COLUMNS = KEYS.map((key) => ({ key, name: words.audit.columns[key], text: true }));

/** What admins did, as it was written down. */
export function AdminAuditPage() {
  return (
    <AdminFrame title={words.audit.title}>
      <Entries />
    </AdminFrame>
  );
}

function Entries() {
  const { api } = useApp();
  const who = useStore(api.auth.who);
  const yours = who.kind === "account" ? who.account.learner : undefined;
  return (
    <>
      <p>{words.audit.words}</p>
      <CursorList
        what={words.audit.what}
        needs="admin"
        load={(before) => audit(api, before)}
        nextOf={({ next }) => next}
      >
        {({ entries }) =>
          entries.length === 0 ? (
            <p>{words.audit.none}</p>
          ) : (
            <Table
              caption={words.audit.title}
              columns={COLUMNS}
              rows={entries}
              rowKey={({ id }) => String(id)}
              cell={(entry, key) => entryWords(entry, key, yours)}
              wide
            />
          )
        }
      </CursorList>
    </>
  );
}

/** What another release writes down is shown as it is. */
function entryWords(entry: AuditEntry, key: Key, yours: string | undefined): string {
  const { at_ms, action, detail, target, actor, via } = entry;
  const named = (id: string) => (id === yours ? words.audit.you(id) : id);
  switch (key) {
    case "at":
      return moment(at_ms);
    case "action":
      return told(words.audit.actions, action);
    case "detail":
      return detail;
    case "target":
      return named(target);
    case "actor":
      if (actor !== null) return named(actor);
      return told(words.audit.vias, via);
  }
}

function told(known: Readonly<Record<string, string>>, word: string): string {
  return (Object.hasOwn(known, word) ? known[word] : undefined) ?? word;
}
