/**
 * Owns what was submitted and not yet acknowledged. Answers and `finish` are kept in storage, one key each, so
 * that they survive a reload and so that two tabs on one session never overwrite each other's.
 * Knows nothing of sockets.
 */
import type { Answer, ClientMessage, Question } from "@protocol";
import { type Dated, keysOf, prune, read, type Storage, write } from "../storage";

/** A message that names itself, so that sending it twice counts once. */
export type Command = Extract<ClientMessage, { request_id: string }>;

export interface Entry extends Dated {
  readonly message: Command;
  /** The question an answer is for, to show its result after a reload. */
  readonly question?: Question;
  /** The session ended, or its time was up, before a reply came: it is not sent any more. */
  readonly over?: true;
}

/** Most entries one session keeps; beyond it `add` refuses. A learner has one open question, so 16 is generous. */
export const OUTBOX_ENTRIES_MAX = 16;
const PREFIX = "learnr.outbox.";

export function isAnswer(message: Command): message is { type: "answer" } & Answer {
  return message.type === "answer";
}

export class Outbox {
  private readonly entries = new Map<string, Entry>();
  private readonly over = new Map<string, Entry>();
  /** Ids of entries that are in storage for certain: those can be gone from it. */
  private readonly stored = new Set<string>();
  private readonly prefix: string;

  constructor(
    session: string,
    private readonly storage: Storage,
    now: number,
  ) {
    this.prefix = `${PREFIX}${session}.`;
    prune(storage, PREFIX, now);
    const kept = keysOf(storage, this.prefix)
      .map((key) => readEntry(storage, key))
      .filter((entry) => entry !== undefined)
      .sort((a, b) => a.at - b.at);
    for (const entry of kept) {
      const into = entry.over ? this.over : this.entries;
      if (into.size >= OUTBOX_ENTRIES_MAX) continue;
      into.set(entry.message.request_id, entry);
      this.stored.add(entry.message.request_id);
    }
  }

  /** What is to be sent, oldest first. What another tab replaced or has a reply to is not this one's to send any more. */
  list(): readonly Entry[] {
    for (const id of this.entries.keys()) {
      if (this.stored.has(id) && this.storage.getItem(this.prefix + id) === null) this.entries.delete(id);
    }
    return [...this.entries.values()];
  }

  get(requestId: string): Entry | undefined {
    return this.entries.get(requestId);
  }

  /** False when the outbox is full: nothing is kept then, and the learner has to be told. */
  add(entry: Entry): boolean {
    if (this.list().length >= OUTBOX_ENTRIES_MAX) return false;
    const { message } = entry;
    this.entries.set(message.request_id, entry);
    // A pause or a resume found again after a reload would surprise; an answer or a finish must not be lost.
    if (message.type === "answer" || message.type === "finish") this.write(entry);
    return true;
  }

  /** Forgets an entry that was acknowledged or refused for good. */
  settle(requestId: string): Entry | undefined {
    const entry = this.entries.get(requestId);
    this.entries.delete(requestId);
    this.stored.delete(requestId);
    this.storage.removeItem(this.prefix + requestId);
    return entry;
  }

  /**
   * The session was over before this entry had a reply. An answer is kept all the same, for the learner was told that
   * it is; of anything else nothing is left to say.
   */
  setAside(requestId: string): void {
    const entry = this.settle(requestId);
    if (entry === undefined || !isAnswer(entry.message) || this.over.size >= OUTBOX_ENTRIES_MAX) return;
    const over: Entry = { ...entry, over: true };
    this.over.set(requestId, over);
    this.write(over);
  }

  /** The session is over: nothing is sent any more. */
  end(): void {
    for (const { message } of this.list()) this.setAside(message.request_id);
  }

  /** Answers that had no reply when the session was over. The summary knows which of them were stored. */
  unsettled(): readonly Entry[] {
    return [...this.over.values()];
  }

  private write(entry: Entry): void {
    const id = entry.message.request_id;
    write(this.storage, this.prefix + id, entry);
    if (this.storage.getItem(this.prefix + id) !== null) this.stored.add(id);
  }
}

/** Ids of the sessions that keep an answer which is still to be sent. */
export function sessionsWithAnswers(storage: Storage): readonly string[] {
  const ids = keysOf(storage, PREFIX).flatMap((key) => {
    const entry = readEntry(storage, key);
    const kept = entry !== undefined && isAnswer(entry.message) && !entry.over;
    return kept ? [key.slice(PREFIX.length, key.lastIndexOf(`.${entry.message.request_id}`))] : [];
  });
  return [...new Set(ids)];
}

function readEntry(storage: Storage, key: string): Entry | undefined {
  const entry = read(storage, key) as unknown as Entry | undefined;
  return typeof entry?.message?.request_id === "string" ? entry : undefined;
}
