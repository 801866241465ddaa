/** Owns a server that people sign in to, in memory, and what they send it. */
import type { CreateSession } from "@protocol";
import { refusal, signedIn } from "./memory-auth";

/** A server that gives `access-1`, `access-2` and so on, and takes the last of them alone. */
export function server() {
  const calls: { readonly line: string; readonly token: string | null; readonly mark: string | null }[] = [];
  const state = { given: 0, cookie: false, refreshing: 0, most: 0, down: false };
  const give = () => {
    state.given += 1;
    state.cookie = true;
    return Response.json(signedIn(`access-${state.given}`));
  };
  const refresh = async () => {
    state.refreshing += 1;
    state.most = Math.max(state.most, state.refreshing);
    await Promise.resolve();
    state.refreshing -= 1;
    return state.cookie ? give() : refusal(401);
  };
  const fetch = async (address: string, init: RequestInit): Promise<Response> => {
    const url = address.replace(/^https:\/\/[^/]+/, "");
    const headers = new Headers(init.headers);
    const token = headers.get("authorization")?.replace("Bearer ", "") ?? null;
    calls.push({ line: `${init.method} ${address}`, token, mark: headers.get("x-learnr-request") });
    if (state.down) throw new TypeError("failed to fetch");
    if (url === "/v1/auth/sign-in") return give();
    if (url === "/v1/auth/refresh") return refresh();
    if (url === "/v1/auth/register") return new Response(null, { status: 202 });
    if (url === "/v1/auth/link")
      return Response.json({ purpose: "address", email: "", name: "", asker: "you" });
    if (url === "/v1/auth/confirm") return give();
    if (url === "/v1/guests") return Response.json({ token: "guest-1", expires_ms: 0 });
    if (url === "/v1/auth/sign-out") {
      state.cookie = false;
      return new Response(null, { status: 204 });
    }
    if (url.endsWith("/start")) return Response.json({ url: "javascript:alert(1)" });
    const good = token === "guest-1" || token === `access-${state.given}`;
    const sign_ins = [
      { id: "another", current: false },
      { id: "this one", current: true },
    ];
    return good ? Response.json({ sessions: [], sign_ins }) : refusal(401);
  };
  const count = (path: string) => calls.filter(({ line }) => line.endsWith(path)).length;
  return { calls, state, fetch, count };
}

export const SIGN_IN = { email: "ada@example.org", password: "three plain words" };

export const WANTED: CreateSession = { certification: "made", kind: "practice", length: 5 };
