/**
 * Owns the life of one page's connection to one session: ticket, socket, hello, resume, coming back. Follows "What
 * a client does" of the wire contract. Knows no page; what the session looks like is `session/state`'s.
 */
import type { ErrorCode, ServerMessage, SessionTicket } from "@protocol";
import { asApiError } from "../api/errors";
import { sentence } from "../sentence";
import { supersededBy } from "../session/exam";
import { NOTHING_YET, reduce, type SessionState } from "../session/state";
import { Store } from "../store";
import { backoffDelay } from "./backoff";
import type { ServerClock } from "./clock";
import {
  CLOSE_DONE,
  CLOSE_ENDED,
  CLOSE_REMOVED,
  CLOSE_RESYNC,
  CLOSE_SILENT,
  closeWords,
  shouldReconnect,
} from "./close";
import type { Codec } from "./codec";
import { Courier } from "./courier";
import { Heartbeat } from "./heartbeat";
import type { Link } from "./link";
import { type Command, type Entry, isAnswer, type Outbox } from "./outbox";

export const CLIENT_NAME = "learnr-web/0.1.0";
/** From opening the socket to `welcome`, milliseconds. */
export const WELCOME_WITHIN_MS = 10_000;
/** A connection that lived this long was a good one: the next backoff begins anew, milliseconds. */
export const GOOD_AFTER_MS = 5_000;

/** Refusals that say that the session is over, not that the answer was wrong in form or place. */
const OVER: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["ended", "too_late"]);

/** The part of `WebSocket` that is used. */
export interface Socket {
  binaryType: string;
  onopen: (() => void) | null;
  onmessage: ((event: { data: string | ArrayBuffer }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code: number): void;
}

export interface Ports {
  ticket(): Promise<SessionTicket>;
  open(path: string, subprotocol: string): Socket;
  random(): number;
  online(): boolean;
}

export interface Snapshot {
  readonly link: Link;
  readonly session: SessionState;
  /** Unacknowledged, oldest first. */
  readonly pending: readonly Entry[];
  /** The last refusal, in the server's words, until the next thing succeeds. */
  readonly refusal?: string;
}

export class Connection {
  readonly snapshot: Store<Snapshot>;
  private socket: Socket | undefined;
  private welcomedOn: Socket | undefined;
  private attempt = 0;
  /** Cleared by a gap: the next hello asks for the whole state. */
  private mayResume = true;
  private leaveAt: number | undefined;
  private stopped = false;
  /** Counts connects, so that what an earlier one awaited cannot act on a later one. */
  private turn = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private patience: ReturnType<typeof setTimeout> | undefined;
  private readonly courier: Courier;
  private readonly heartbeat: Heartbeat;

  constructor(
    private readonly ports: Ports,
    private readonly codec: Codec,
    private readonly outbox: Outbox,
    private readonly clock: ServerClock,
  ) {
    this.snapshot = new Store<Snapshot>({
      link: { kind: "connecting" },
      session: NOTHING_YET,
      pending: outbox.list(),
    });
    this.courier = new Courier(outbox, () => this.lose(CLOSE_SILENT));
    this.heartbeat = new Heartbeat(
      () => this.socket?.send(this.codec.encode({ type: "ping", t: Date.now() })),
      () => this.lose(CLOSE_SILENT),
    );
  }

  start(): void {
    this.stopped = false;
    void this.connect();
  }

  /** The page is going; what is in the outbox stays there. */
  stop(): void {
    this.stopped = true;
    this.drop(CLOSE_DONE);
    clearTimeout(this.retry);
  }

  /** The network or the page came back: no reason to wait any longer. */
  wake(): void {
    const { kind } = this.snapshot.value.link;
    if (kind === "offline" || (kind === "reconnecting" && this.socket === undefined)) void this.connect();
    else this.heartbeat.wake();
  }

  /** The network is gone, says the browser; tries go on, because browsers are not always right. */
  sleep(): void {
    if (this.snapshot.value.link.kind === "reconnecting") this.show({ link: { kind: "offline" } });
    else this.heartbeat.wake();
  }

  submit(message: Command): void {
    const { question, exam } = this.snapshot.value.session;
    const pending = this.outbox.list().map((entry) => entry.message);
    const replaced = exam === undefined ? [] : supersededBy(message, pending);
    for (const id of replaced) this.courier.settle(id);
    const forIt = isAnswer(message) && question?.position === message.position ? { question } : {};
    const kept = this.courier.submit({ message, at: Date.now(), ...forIt });
    this.patch({
      refusal: kept ? undefined : "Too much is waiting to be sent. Wait until the connection is back.",
    });
  }

  /** Of an exam: opens another question. False when nobody is there to hear it; it is nothing to keep for later. */
  goTo(position: number): boolean {
    const { kind } = this.snapshot.value.link;
    if (this.socket === undefined || (kind !== "live" && kind !== "saving")) return false;
    this.socket.send(this.codec.encode({ type: "go_to", position }));
    this.patch({ refusal: undefined });
    return true;
  }

  private async connect(): Promise<void> {
    this.drop(CLOSE_DONE);
    clearTimeout(this.retry);
    this.leaveAt = undefined;
    const turn = ++this.turn;
    const link = this.snapshot.value.session.drawn || this.attempt > 0 ? "reconnecting" : "connecting";
    this.show({ link: { kind: link } });
    let ticket: SessionTicket;
    try {
      ticket = await this.ports.ticket();
    } catch (error) {
      if (turn === this.turn && !this.stopped) this.refusedTicket(error);
      return;
    }
    if (turn === this.turn && !this.stopped) this.open(ticket);
  }

  private refusedTicket(error: unknown): void {
    const refusal = asApiError(error);
    if (refusal.code === "ended") this.end();
    else if (refusal.code === "faulted") this.fault(refusal.message);
    else if (refusal.retryable) this.comeBack();
    else this.giveUp(refusal.message, refusal.code !== "not_found");
  }

  private open({ path, ticket }: SessionTicket): void {
    const socket = this.ports.open(path, this.codec.subprotocol);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    this.patience = setTimeout(() => this.lose(CLOSE_SILENT), WELCOME_WITHIN_MS);
    const sentAt = Date.now();
    socket.onopen = () => {
      const { stream, offset } = this.snapshot.value.session;
      const resume = this.mayResume && stream !== undefined ? { resume: { stream, offset } } : {};
      socket.send(this.codec.encode({ type: "hello", ticket, client: CLIENT_NAME, ...resume }));
    };
    socket.onmessage = (event) => this.receive(event.data, sentAt);
    socket.onclose = (event) => this.closed(event.code);
  }

  private receive(data: string | ArrayBuffer, openedAt: number): void {
    this.heartbeat.heard();
    let message: ServerMessage;
    try {
      message = this.codec.decode(data);
    } catch {
      this.resync();
      return;
    }
    const mine = "request_id" in message && message.request_id !== undefined ? message.request_id : undefined;
    const own = mine === undefined ? undefined : this.outbox.get(mine);
    const { state, outcome } = reduce(this.snapshot.value.session, message, own?.question);
    if (outcome === "gap") {
      this.resync();
      return;
    }
    this.show({ session: state });
    this.react(message, openedAt);
  }

  private react(message: ServerMessage, openedAt: number): void {
    switch (message.type) {
      case "welcome":
        // Another one on the same socket says that the session has moved; it is no reply to what was sent when that was opened.
        if (this.welcomedOn !== this.socket) this.clock.read(message.server_time_ms, openedAt);
        this.welcomedOn = this.socket;
        this.welcomed(message.heartbeat_ms);
        break;
      case "pong":
        this.clock.read(message.server_time_ms, message.t);
        break;
      case "state":
        this.mayResume = true;
        if (message.status === "completed") this.end();
        break;
      case "saving":
        this.courier.saving(message.request_id);
        this.show({ link: { kind: "saving" } });
        break;
      case "error":
        this.refused(message);
        break;
      case "going_away":
        this.leave(message.reconnect_after_ms);
        break;
      case "completed":
        this.end();
        break;
      case "answered":
      case "recorded":
      case "session_changed":
        this.acknowledged(message.request_id);
        break;
    }
  }

  private welcomed(heartbeatMs: number): void {
    clearTimeout(this.patience);
    this.patience = setTimeout(() => {
      this.attempt = 0;
    }, GOOD_AFTER_MS);
    this.heartbeat.start(heartbeatMs);
    this.show({ link: { kind: "live" } });
    this.courier.open((message) => this.socket?.send(this.codec.encode(message)));
  }

  private acknowledged(requestId: string | undefined): void {
    if (requestId !== undefined && this.courier.settle(requestId) !== undefined) this.attempt = 0;
    this.patch({ refusal: undefined, ...this.settledLink() });
  }

  private refused(error: Extract<ServerMessage, { type: "error" }>): void {
    const id = error.request_id;
    if (id !== undefined && this.outbox.get(id) !== undefined) {
      if (error.retryable) {
        this.courier.postpone(id, error.retry_after_ms);
        this.show({ link: { kind: "saving" } });
        return;
      }
      if (OVER.has(error.code)) this.courier.setAside(id);
      else this.courier.settle(id);
    }
    this.patch({ refusal: sentence(error.message), ...this.settledLink() });
  }

  /** "Saving" stands until nothing is being saved. */
  private settledLink(): { link?: Link } {
    return this.outbox.list().length === 0 ? { link: { kind: "live" } } : {};
  }

  /** The server said when: neither sooner nor on top of our own backoff. */
  private leave(afterMs: number): void {
    this.leaveAt = Date.now() + afterMs;
    clearTimeout(this.retry);
    this.retry = setTimeout(() => void this.connect(), afterMs);
  }

  private closed(code: number): void {
    this.drop(CLOSE_DONE);
    if (code === CLOSE_ENDED) this.end();
    else if (code === CLOSE_REMOVED) this.remove();
    else if (shouldReconnect(code)) this.comeBack();
    else this.giveUp(closeWords(code), true);
  }

  /** A message is missing or unreadable: the whole state is asked for, at once. */
  private resync(): void {
    this.mayResume = false;
    this.lose(CLOSE_RESYNC);
  }

  private lose(code: number): void {
    this.drop(code);
    this.comeBack();
  }

  private comeBack(): void {
    if (this.stopped) return;
    clearTimeout(this.retry);
    const wait =
      this.leaveAt === undefined
        ? backoffDelay(this.attempt, this.ports.random)
        : Math.max(0, this.leaveAt - Date.now());
    this.leaveAt = undefined;
    this.attempt += 1;
    this.retry = setTimeout(() => void this.connect(), wait);
    this.show({
      link: this.ports.online() ? { kind: "reconnecting", at: Date.now() + wait } : { kind: "offline" },
    });
  }

  /** `again`: whether the learner may want to try it all the same. */
  private giveUp(words: string, again: boolean): void {
    this.drop(CLOSE_DONE);
    clearTimeout(this.retry);
    this.show({ link: { kind: "stopped", words, again } });
  }

  /** The session is gone, perhaps with its account: what is kept here has nowhere to go any more. */
  private remove(): void {
    for (const { message } of this.outbox.list()) this.outbox.settle(message.request_id);
    this.giveUp(closeWords(CLOSE_REMOVED), false);
  }

  /** The server stopped the session for good: what is kept here can have no reply any more. */
  private fault(words: string): void {
    this.outbox.end();
    this.giveUp(words, false);
    this.show({ session: { ...this.snapshot.value.session, status: "faulted" } });
  }

  /** What has no reply yet will get none; the outbox remembers the answers, and the summary says what became of them. */
  private end(): void {
    this.outbox.end();
    this.drop(CLOSE_DONE);
    this.stopped = true;
    clearTimeout(this.retry);
    this.show({ link: { kind: "ended" } });
  }

  /** Lets go of the socket; nothing it does later is heard. */
  private drop(code: number): void {
    this.courier.close();
    this.heartbeat.stop();
    clearTimeout(this.patience);
    const socket = this.socket;
    if (socket === undefined) return;
    this.socket = undefined;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close(code);
  }

  private show(change: Partial<Snapshot>): void {
    this.snapshot.set({ ...this.snapshot.value, ...change, pending: this.outbox.list() });
  }

  private patch(change: { refusal: string | undefined; link?: Link }): void {
    const { refusal: _, ...rest } = this.snapshot.value;
    const { refusal, ...more } = change;
    this.snapshot.set({
      ...rest,
      ...more,
      ...(refusal !== undefined && { refusal }),
      pending: this.outbox.list(),
    });
  }
}
