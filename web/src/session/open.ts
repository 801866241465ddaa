/**
 * Owns what the pages of a session need from the browser: the real socket, the real outbox, waking and sleeping.
 */
import type { Api } from "../api/client";
import { ServerClock } from "../connection/clock";
import { jsonCodec, msgpackCodec } from "../connection/codec";
import { Connection, type Socket } from "../connection/connection";
import { type Entry, Outbox, sessionsWithAnswers } from "../connection/outbox";
import type { Storage } from "../storage";
import { Drafts } from "./drafts";

export interface OpenSession {
  readonly connection: Connection;
  readonly clock: ServerClock;
  readonly drafts: Drafts;
  close(): void;
}

export function openSession(api: Api, id: string, debug: boolean): OpenSession {
  const clock = new ServerClock();
  const connection = new Connection(
    {
      ticket: () => api.ticket(id),
      open: (path, subprotocol) => new WebSocket(api.socketUrl(path, location.href), subprotocol) as Socket,
      random: Math.random,
      online: () => navigator.onLine,
    },
    debug ? jsonCodec : msgpackCodec,
    new Outbox(id, localStorage, Date.now()),
    clock,
  );
  const wake = () => connection.wake();
  const sleep = () => connection.sleep();
  const seen = () => document.visibilityState === "visible" && wake();
  window.addEventListener("online", wake);
  window.addEventListener("offline", sleep);
  document.addEventListener("visibilitychange", seen);
  connection.start();
  return {
    connection,
    clock,
    drafts: new Drafts(id, localStorage, Date.now()),
    close() {
      window.removeEventListener("online", wake);
      window.removeEventListener("offline", sleep);
      document.removeEventListener("visibilitychange", seen);
      connection.stop();
    },
  };
}

/** The answers that had no reply when the session was over, as it is: nothing of it is to be sent any more. */
export function unsettledAnswers(id: string): readonly Entry[] {
  const outbox = new Outbox(id, localStorage, Date.now());
  outbox.end();
  return outbox.unsettled();
}

/**
 * Sessions that keep an answer on this device and have a summary for whoever is here. Those of somebody else, who is signed
 * out now, are theirs to go on with: they are not spoken of, and what is kept for them stays.
 */
export async function endedWithAnswers(
  api: Pick<Api, "summary">,
  open: readonly string[],
  storage: Storage = localStorage,
): Promise<readonly string[]> {
  const others = sessionsWithAnswers(storage).filter((id) => !open.includes(id));
  const ended = await Promise.all(
    others.map((id) =>
      api.summary(id).then(
        () => true,
        () => false,
      ),
    ),
  );
  return others.filter((_, index) => ended[index]);
}
