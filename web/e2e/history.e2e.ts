import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Learner, launch } from "./harness/browser";
import { importMade } from "./harness/certification";
import { begin, guest, items, save } from "./harness/exam";
import { lookNarrowAndWide } from "./harness/look";
import { answer, finish, hasFocus, question, tabTo } from "./harness/quiz";
import { Server } from "./harness/server";

const server = new Server();
let browser: Browser;

beforeAll(async () => {
  importMade(server, { id: "made", title: "Made", items: items(8) });
  importMade(server, {
    id: "other",
    title: "Eine Zertifizierung mit einem außerordentlichlangenzusammengesetztenTitel",
    items: items(6).map((item) => ({ ...item, id: `other-${item.id}` })),
  });
  await server.start();
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await server.dispose();
});

test("who has done nothing has no history, and no guest is made to find out", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  await page.goto("/history");
  await page.getByText("You have not started a session yet.").waitFor();
  expect(await page.evaluate(() => localStorage.getItem("learnr.token"))).toBeNull();
  await lookNarrowAndWide(page, "history-none");
  await page.goto("/history/0192f0c4-6f3e-7c3a-9d0e-3f5a5b6c7d8e");
  await page.getByRole("heading", { name: "No such session" }).waitFor();
  for (const [path, heading] of [
    ["/session/0192f0c4-6f3e-7c3a-9d0e-3f5a5b6c7d8e/summary", "No such session"],
    ["/preferences", "Preferences"],
    ["/bookmarks", "Bookmarks"],
  ] as const) {
    await page.goto(path);
    await page.getByRole("heading", { name: heading, level: 1 }).waitFor();
    await page.locator(".pending").waitFor({ state: "detached" });
    expect(await page.evaluate(() => localStorage.getItem("learnr.token")), path).toBeNull();
  }
  await learner.close();
});

test("sessions are listed newest first, narrowed, and shown a page at a time", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  const token = await guest(page, server);
  const ended = await begin(server, token, { certification: "made", kind: "practice", length: 5 });
  await page.goto(`/session/${ended}`);
  await answer(page, 1, "2");
  await finish(page);
  const open = await begin(server, token, { certification: "other", kind: "practice", length: 5 });
  const exam = await begin(server, token, { certification: "made", kind: "exam", length: 3 });
  await page.goto("/history");
  const cards = page.locator("[data-past]");
  await page.getByText("3 sessions").waitFor();
  const ids = () => cards.evaluateAll((all) => all.map((one) => one.getAttribute("data-past")));
  expect(await ids()).toEqual([exam, open, ended]);
  await page.locator(`[data-past="${ended}"]`).getByText("1 answered, 0 right").waitFor();
  await lookNarrowAndWide(page, "history");

  await tabTo(page, page.getByLabel("State"));
  await page.getByLabel("State").selectOption("completed");
  await page.getByText("1 session", { exact: true }).waitFor();
  expect(await ids()).toEqual([ended]);
  await page.getByLabel("Certification").selectOption("other");
  await page.getByText("No session of yours is like that.").waitFor();
  await tabTo(page, page.getByRole("button", { name: "Show every session" }));
  await page.keyboard.press("Enter");
  await page.getByText("3 sessions").waitFor();

  // The server gives twenty at a time; a test has three.
  await page.route("**/v1/sessions/history*", (route) => {
    const url = new URL(route.request().url());
    url.searchParams.set("limit", "2");
    return route.continue({ url: url.href });
  });
  await page.reload();
  await page.getByText("The latest 2 sessions").waitFor();
  const more = page.getByRole("button", { name: "Show more" });
  await tabTo(page, more);
  await page.keyboard.press("Enter");
  await page.getByText("3 sessions").waitFor();
  expect(await ids()).toEqual([exam, open, ended]);
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("every answer of a session is there to be read, and an exam that goes on tells no key", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  const token = await guest(page, server);
  const practice = await begin(server, token, { certification: "made", kind: "practice", length: 5 });
  await page.goto(`/session/${practice}`);
  await answer(page, 1, "3");
  const exam = await begin(server, token, { certification: "made", kind: "exam", length: 3 });
  await page.goto(`/session/${exam}`);
  await save(page, 1, "1");
  await question(page, 2);
  await page.goto("/history");
  await tabTo(page, page.locator(`[data-past="${practice}"]`).getByRole("link", { name: /^Every answer/ }));
  await page.keyboard.press("Enter");
  await hasFocus(page.getByRole("heading", { level: 1 }));
  const wrong = page.locator('[data-answer="1"]');
  expect(await wrong.locator('[data-verdict="chosen_wrong"]').innerText()).toMatch(/Your answer, not right/);
  expect(await wrong.locator('[data-verdict="right"]').innerText()).toMatch(/The first/);
  await wrong.getByRole("button", { name: "Bookmark" }).click();
  await wrong.getByRole("button", { name: "Bookmarked" }).waitFor();
  await lookNarrowAndWide(page, "history-answers");
  await page.goto(`/history/${exam}`);
  await page.getByText("what is right is told when the exam is submitted").waitFor();
  expect(await page.locator("[data-verdict]").count()).toBe(0);
  expect(await page.locator("[data-marked]").count()).toBe(0);
  expect(learner.faults).toEqual([]);
  await learner.close();
});
