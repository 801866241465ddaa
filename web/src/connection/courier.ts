/**
 * Owns the pace at which the outbox goes out and the patience for its replies, on one socket at a time.
 * Knows nothing of connecting: it says when it heard nothing, others decide what follows.
 */
import type { Command, Entry, Outbox } from "./outbox";

/** Between two messages of the outbox, milliseconds: 4 a second at most. */
export const SEND_EVERY_MS = 250;
/** Without a reply or a `saving` for this long the socket counts as dead, milliseconds. */
export const REPLY_WITHIN_MS = 5_000;
/** When the server says neither when nor whether to try again soon, milliseconds. */
export const RETRY_AFTER_MS = 1_000;

export class Courier {
  private send: ((message: Command) => void) | undefined;
  /** Sent on this socket and not answered: when anything was last heard of each. */
  private readonly heardAt = new Map<string, number>();
  /** Refused for now: not before this time. */
  private readonly notBefore = new Map<string, number>();
  private nextSendAt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly outbox: Outbox,
    private readonly onSilence: () => void,
  ) {}

  /** A socket is ready: everything unacknowledged goes out again, with the same request ids. */
  open(send: (message: Command) => void): void {
    this.close();
    this.send = send;
    this.turn();
  }

  /** The socket is gone; what was in flight is unacknowledged again. */
  close(): void {
    this.send = undefined;
    this.heardAt.clear();
    this.notBefore.clear();
    clearTimeout(this.timer);
  }

  /** False when the outbox is full. */
  submit(entry: Entry): boolean {
    const kept = this.outbox.add(entry);
    this.turn();
    return kept;
  }

  saving(requestId: string): void {
    if (this.heardAt.has(requestId)) this.heardAt.set(requestId, Date.now());
    this.turn();
  }

  /** Acknowledged, or refused for good. */
  settle(requestId: string): Entry | undefined {
    const entry = this.outbox.settle(requestId);
    this.letGo(requestId);
    return entry;
  }

  /** Refused because the session is over. */
  setAside(requestId: string): void {
    this.outbox.setAside(requestId);
    this.letGo(requestId);
  }

  /** Refused for now; it stays in the outbox and goes out again no sooner than asked. */
  postpone(requestId: string, afterMs: number | undefined): void {
    if (this.outbox.get(requestId) === undefined) return;
    this.heardAt.delete(requestId);
    this.notBefore.set(requestId, Date.now() + Math.max(SEND_EVERY_MS, afterMs ?? RETRY_AFTER_MS));
    this.turn();
  }

  private letGo(requestId: string): void {
    this.heardAt.delete(requestId);
    this.notBefore.delete(requestId);
    this.turn();
  }

  /** Sends what is due, then sleeps until the next thing is. */
  private turn(): void {
    clearTimeout(this.timer);
    const send = this.send;
    if (send === undefined) return;
    const now = Date.now();
    if ([...this.heardAt.values()].some((at) => now - at >= REPLY_WITHIN_MS)) {
      this.onSilence();
      return;
    }
    const due = this.waiting().find((entry) => (this.notBefore.get(entry.message.request_id) ?? 0) <= now);
    if (due !== undefined && this.nextSendAt <= now) {
      this.nextSendAt = now + SEND_EVERY_MS;
      this.notBefore.delete(due.message.request_id);
      this.heardAt.set(due.message.request_id, now);
      send(due.message);
    }
    const next = this.nextTurnAt();
    if (next !== undefined) this.timer = setTimeout(() => this.turn(), Math.max(0, next - now));
  }

  /** What ends the session waits for what came before it: an answer that goes out again after it would not count. */
  private waiting(): Entry[] {
    const list = this.outbox.list();
    const free = (entry: Entry) => entry.message.type !== "finish" || entry === list[0];
    return list.filter((entry) => !this.heardAt.has(entry.message.request_id) && free(entry));
  }

  private nextTurnAt(): number | undefined {
    const silences = [...this.heardAt.values()].map((at) => at + REPLY_WITHIN_MS);
    const sends = this.waiting().map((entry) =>
      Math.max(this.nextSendAt, this.notBefore.get(entry.message.request_id) ?? 0),
    );
    const times = [...silences, ...sends];
    return times.length === 0 ? undefined : Math.min(...times);
  }
}
