import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { Learner, launch } from "./harness/browser";
import { notRun } from "./harness/not-run";
import { answer, goOn, question, startSession } from "./harness/quiz";
import { Server } from "./harness/server";

const FILE = ["../shared", "../../shared"]
  .map((folder) => resolve(folder, "data/mmlu/professional_accounting.csv"))
  .find((file) => existsSync(file));
const NAME = "real exam questions, imported, are asked and explained";

if (FILE === undefined)
  notRun(NAME, "shared/data/mmlu/professional_accounting.csv is not beside the project");

test.skipIf(FILE === undefined)(NAME, async () => {
  const server = new Server();
  const certification = ["--certification", "professional-accounting", "--title", "Professional accounting"];
  server.run("import", FILE ?? "", "--layout", "question-options-key", ...certification);
  await server.start();
  const browser = await launch();
  try {
    const learner = await Learner.arrive(browser, server.origin, { viewport: { width: 360, height: 740 } });
    const page = await learner.page();
    await startSession(page, { certification: "professional-accounting", length: 10 });
    for (let position = 1; position <= 10; position += 1) {
      await question(page, position);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width, "a long question does not widen a narrow page").toBeLessThanOrEqual(360);
      await answer(page, position, String(1 + (position % 4)));
      expect(await page.locator(".verdict").first().innerText()).toMatch(/right/i);
      if (position < 10) await goOn(page, position + 1);
    }
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/summary$/);
    await page.getByText("You answered 10,").waitFor();
    expect(learner.faults).toEqual([]);
  } finally {
    await browser.close();
    await server.dispose();
  }
});
