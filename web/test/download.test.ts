import { afterEach, expect, test, vi } from "vitest";
import { download } from "../src/api/download";
import { words } from "../src/words";
import { MemoryBrowser, refusal, signedIn } from "./memory-auth";

afterEach(() => vi.useRealTimers());

const PIECE = new Uint8Array(1_000);

/** An answer of so many pieces, then its end, or a cut. */
function answer(pieces: number, cut = false): Response {
  let left = pieces;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (left > 0) controller.enqueue(PIECE);
      else if (cut) controller.error(new TypeError("network error"));
      else controller.close();
      left -= 1;
    },
  });
  return new Response(body, { headers: { "content-type": "text/csv" } });
}

function watched(more: object = {}) {
  const bytes: number[] = [];
  const cancel = new AbortController();
  return { bytes, cancel, how: { onBytes: (n: number) => bytes.push(n), cancelled: cancel.signal, ...more } };
}

test("a long answer becomes a file, and every piece is told", async () => {
  const { bytes, how } = watched();
  const file = await download(async () => answer(3), how);
  expect([file.size, file.type]).toEqual([3_000, "text/csv"]);
  expect(bytes).toEqual([1_000, 2_000, 3_000]);
});

test("an answer that is cut off is no file", async () => {
  const { how } = watched();
  await expect(download(async () => answer(2, true), how)).rejects.toMatchObject({
    message: words.owner.exportCut,
    retryable: true,
  });
});

test("what is longer than a page can hold is stopped there, with words on what to do", async () => {
  const { bytes, how } = watched({ bytesMax: 2_500 });
  let ended: AbortSignal | undefined;
  const open = async (signal: AbortSignal) => {
    ended = signal;
    return answer(100);
  };
  await expect(download(open, how)).rejects.toMatchObject({ code: "payload_too_large" });
  expect(bytes).toEqual([1_000, 2_000]);
  expect(ended?.aborted, "the server is not left writing").toBe(true);
});

test("whoever stops it gets no file, and nothing that looks like a fault", async () => {
  const { cancel, how } = watched();
  const open = (signal: AbortSignal) =>
    new Promise<Response>((_, refuse) => {
      signal.addEventListener("abort", () => refuse(new DOMException("aborted", "AbortError")));
    });
  const stopped = download(open, how);
  cancel.abort();
  await expect(stopped).rejects.toMatchObject({ message: words.owner.exportStopped });
});

test("silence ends it, at the beginning as in the middle", async () => {
  vi.useFakeTimers();
  const { how } = watched({ silentMs: 5_000 });
  const open = (signal: AbortSignal) =>
    new Promise<Response>((_, refuse) => {
      signal.addEventListener("abort", () => refuse(new DOMException("aborted", "AbortError")));
    });
  const silent = expect(download(open, how)).rejects.toBeInstanceOf(Error);
  await vi.advanceTimersByTimeAsync(5_000);
  await silent;
});

test("a refused token is renewed once, and what is read as it comes has no deadline but its own", async () => {
  const browser = new MemoryBrowser();
  const asked: (string | null)[] = [];
  const { api, auth } = browser.tab(async (url, init) => {
    if (url.endsWith("/v1/auth/refresh")) return Response.json(signedIn("second"));
    const bearer = new Headers(init.headers).get("authorization");
    asked.push(bearer);
    return bearer === "Bearer second" ? answer(1) : refusal(401);
  });
  auth.accept(signedIn("first"));
  const { signal } = new AbortController();
  const response = await api.open("/v1/certifications/a/export", signal);
  expect(response.ok).toBe(true);
  expect(asked).toEqual(["Bearer first", "Bearer second"]);
});
