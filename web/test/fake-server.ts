/** Owns a server for one connection under test: hands out tickets and sockets, and says what the test tells it to. */

import { encode } from "@msgpack/msgpack";
import type { ClientMessage, ServerMessage, SessionTicket } from "@protocol";
import { ServerClock } from "../src/connection/clock";
import { msgpackCodec } from "../src/connection/codec";
import { Connection, type Socket } from "../src/connection/connection";
import { type Entry, Outbox } from "../src/connection/outbox";
import { golden, stateAt } from "./examples";
import { MemoryStorage } from "./memory-storage";

export class FakeSocket implements Socket {
  binaryType = "blob";
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string | ArrayBuffer }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readonly received: { readonly at: number; readonly message: ClientMessage }[] = [];
  closedWith: number | undefined;

  send(data: string | Uint8Array<ArrayBuffer>): void {
    if (typeof data === "string") throw new Error("the binary protocol was chosen");
    const message = msgpackCodec.decode(data.slice().buffer) as unknown as ClientMessage;
    this.received.push({ at: Date.now(), message });
  }

  close(code: number): void {
    this.closedWith = code;
  }

  say(message: ServerMessage): void {
    this.onmessage?.({ data: encode(message).slice().buffer });
  }

  sayGarbage(): void {
    this.onmessage?.({ data: new Uint8Array([0xc1]).buffer });
  }

  of<T extends ClientMessage["type"]>(type: T): Extract<ClientMessage, { type: T }>[] {
    return this.received
      .map(({ message }) => message)
      .filter((m): m is Extract<ClientMessage, { type: T }> => m.type === type);
  }
}

export class FakeServer {
  readonly sockets: FakeSocket[] = [];
  tickets = 0;
  /** Thrown instead of the next tickets. */
  refuse: Error | undefined;
  online = true;
  random = 0.5;
  readonly storage = new MemoryStorage();
  connection = this.page();

  /** A page on this session; again for a reload. */
  page(): Connection {
    const ports = {
      ticket: async (): Promise<SessionTicket> => {
        if (this.refuse) throw this.refuse;
        this.tickets += 1;
        const path = "/v1/ws/sessions/s1";
        return { session_id: "s1", path, ticket: `t${this.tickets}`, expires_ms: 0, resumed: false };
      },
      open: () => {
        const socket = new FakeSocket();
        this.sockets.push(socket);
        return socket;
      },
      random: () => this.random,
      online: () => this.online,
    };
    const outbox = new Outbox("s1", this.storage, Date.now());
    this.connection = new Connection(ports, msgpackCodec, outbox, new ServerClock());
    return this.connection;
  }

  /** Answers that the session ended without, as another page finds them. */
  unsettled(): readonly Entry[] {
    return new Outbox("s1", this.storage, Date.now()).unsettled();
  }

  get socket(): FakeSocket {
    const last = this.sockets.at(-1);
    if (last === undefined) throw new Error("nobody has connected");
    return last;
  }

  get link(): string {
    return this.connection.snapshot.value.link.kind;
  }

  /** Accepts the newest socket and tells the whole state at question `position`. */
  welcome(position = 1): void {
    this.socket.onopen?.();
    this.socket.say(golden("welcome", { recovered: false, stream: "k3v9x2" }));
    this.socket.say(stateAt(position));
  }

  /** Accepts the newest socket where the page left off. */
  welcomeBack(): void {
    this.socket.onopen?.();
    this.socket.say(golden("welcome", { recovered: true, stream: "k3v9x2" }));
  }
}
