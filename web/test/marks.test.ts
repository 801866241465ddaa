import type { Bookmark, BookmarkPage } from "@protocol";
import { expect, test } from "vitest";
import { asApiError } from "../src/api/errors";
import { keepingErrorWords } from "../src/keeping/error-words";
import { MARK_PAGES_MAX, marksOf } from "../src/keeping/marks";
import { MemoryBrowser, refusal } from "./memory-auth";

/** A server of bookmarks: `pages` pages of one, and what is done to them. */
function bookmarks(pages: number) {
  const asked: string[] = [];
  const state = { down: false };
  const browser = new MemoryBrowser();
  browser.storage.setItem("learnr.token", "guest");
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    if (url.includes("/v1/auth/")) return refusal(401);
    asked.push(`${init.method} ${url.replace("http://api.test/v1/certifications/c/bookmarks", "")}`);
    if (state.down) return refusal(503, "unavailable");
    if (init.method !== "GET") return new Response(null, { status: 204 });
    const page = Number(new URL(url).searchParams.get("after") ?? "0");
    const marked: Bookmark = {
      item: `item-${page}`,
      question: null,
      key: [],
      note: `note ${page}`,
      created_ms: 0,
      changed_ms: 0,
    };
    const body: BookmarkPage = { bookmarks: [marked], next: page + 1 < pages ? String(page + 1) : null };
    return Response.json(body);
  };
  const { api } = browser.tab(fetch, "http://api.test");
  return { api, asked, state };
}

test("bookmarks are read once, page by page, for every button", async () => {
  const { api, asked } = bookmarks(3);
  const marks = marksOf(api, "c");
  expect(marksOf(api, "c")).toBe(marks);
  await Promise.all([marks.load(), marks.load()]);
  expect(asked).toEqual(["GET ", "GET ?after=1", "GET ?after=2"]);
  expect([...marks.notes.value]).toEqual([
    ["item-0", "note 0"],
    ["item-1", "note 1"],
    ["item-2", "note 2"],
  ]);
  expect(marks.whole).toBe(true);
});

test("more bookmarks than are read: what is not among them may have a note", async () => {
  const { api, asked } = bookmarks(MARK_PAGES_MAX + 5);
  const marks = marksOf(api, "c");
  await marks.load();
  expect(asked).toHaveLength(MARK_PAGES_MAX);
  expect(marks.whole).toBe(false);
});

test("a question is marked with and without a note, and the mark is taken away", async () => {
  const { api, asked } = bookmarks(1);
  const marks = marksOf(api, "c");
  await marks.load();
  await marks.save("x/y", "");
  expect(marks.notes.value.get("x/y")).toBe("");
  await marks.remove("x/y");
  expect(marks.notes.value.has("x/y")).toBe(false);
  expect(asked.slice(1)).toEqual(["PUT /x%2Fy", "DELETE /x%2Fy"]);
});

test("what the server did not take is not shown as marked, and reading is tried again", async () => {
  const { api, state } = bookmarks(1);
  const marks = marksOf(api, "c");
  state.down = true;
  await expect(marks.load()).rejects.toMatchObject({ code: "unavailable" });
  await expect(marks.save("x", "")).rejects.toThrow();
  expect(marks.notes.value.size).toBe(0);
  state.down = false;
  await marks.load();
  expect(marks.notes.value.get("item-0")).toBe("note 0");
});

test("marks of whoever was here before are forgotten", () => {
  const { api } = bookmarks(1);
  const marks = marksOf(api, "c");
  api.auth.generation.set(api.auth.generation.value + 1);
  expect(marksOf(api, "c")).not.toBe(marks);
});

test("a question that is gone is said to be gone", () => {
  expect(keepingErrorWords({ code: "not_found", message: "x" } as never)).toMatch(/no longer part/);
  expect(keepingErrorWords(asApiError(new Error("y")))).toMatch(/y/);
});
