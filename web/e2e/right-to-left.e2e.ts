import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { account, OWNER, type Person, signIn } from "./harness/account";
import { addresses, arrived, sessions } from "./harness/addresses";
import { Learner, launch } from "./harness/browser";
import { fromRightToLeft, nothingStandsOut } from "./harness/direction";
import { begin, guest, overview, press, save } from "./harness/exam";
import { look } from "./harness/look";
import { answer, hasFocus, question, startSession, tabTo } from "./harness/quiz";
import { Server } from "./harness/server";

const CERTIFICATION = "business-analysis-foundations";
const NARROW = { viewport: { width: 360, height: 740 }, reducedMotion: "reduce" } as const;

const server = new Server();
let browser: Browser;
let person: Person;

beforeAll(async () => {
  await server.start("--owner-token", OWNER, "--rate-limits", "off");
  browser = await launch();
  // Whoever has both roles sees every page there is.
  person = await account(server, {
    email: "rtl@example.org",
    name: "آدا لوفلايس",
    roles: ["author", "admin"],
    authorOf: CERTIFICATION,
  });
});
afterAll(async () => {
  await browser?.close();
  await server.dispose();
});

async function turned(): Promise<{ learner: Learner; page: Page }> {
  const learner = await Learner.arrive(browser, server.origin, NARROW);
  const page = await learner.page();
  await fromRightToLeft(page);
  return { learner, page };
}

async function holds(page: Page, name: string): Promise<void> {
  expect(await page.locator("html").getAttribute("dir")).toBe("rtl");
  await look(page, `rtl-${name}-360`);
  await nothingStandsOut(page, name);
}

test("every address holds from right to left on a phone", async () => {
  const { learner, page } = await turned();
  await signIn(page, person);
  const walked = addresses(await sessions(page), CERTIFICATION);
  expect(walked.size, "the addresses were found").toBeGreaterThan(10);
  for (const [name, address] of walked) {
    await page.goto(address);
    await arrived(page);
    await holds(page, name);
  }
  expect(learner.faults.filter((text) => !/status of (403|404)/.test(text))).toEqual([]);
  await learner.close();
}, 180_000);

test("a guest's pages hold from right to left: the result of a question, the table, the dialog, the pause", async () => {
  const { learner, page } = await turned();
  for (const path of ["/sign-in", "/register", "/forgot", "/reset?token=t", "/account", "/preferences"]) {
    await page.goto(path);
    await arrived(page);
    await holds(page, `guest${path.replace(/\W/g, "-")}`);
  }
  await startSession(page, { length: 5 });
  await answer(page, 1, "2");
  await holds(page, "result");
  await page.keyboard.press("t");
  await page.locator(".competency table").waitFor();
  await holds(page, "table");
  await page.getByRole("button", { name: "Report a fault" }).click();
  await page.getByRole("dialog").waitFor();
  await holds(page, "report");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("heading", { name: "Paused" }).waitFor();
  await holds(page, "paused");
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("an exam holds from right to left, and its arrows go the way they point", async () => {
  const { learner, page } = await turned();
  const token = await guest(page, server);
  const id = await begin(server, token, { certification: CERTIFICATION, kind: "exam", length: 5 });
  await page.goto(`/session/${id}`);
  await question(page, 1);
  await holds(page, "exam-question");
  await save(page, 1, "1");
  await question(page, 2);
  await overview(page);
  await holds(page, "exam-overview");
  await tabTo(page, page.locator('[data-place="2"]'));
  await page.keyboard.press("ArrowLeft");
  await hasFocus(page.locator('[data-place="3"]'));
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await hasFocus(page.locator('[data-place="1"]'));
  const lefts = await page
    .locator("[data-place]")
    .evaluateAll((all) => all.slice(0, 2).map((one) => one.getBoundingClientRect().left));
  expect(lefts[0], "the first place stands at the right").toBeGreaterThan(lefts[1] ?? Number.NaN);
  await press(page, "Submit exam");
  await holds(page, "exam-submit");
  await press(page, "Submit now");
  await page.waitForURL(/\/summary$/);
  await page.getByText("Not passed").waitFor();
  await holds(page, "exam-summary");
  expect(learner.faults).toEqual([]);
  await learner.close();
});
