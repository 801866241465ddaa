import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Learner, launch } from "./harness/browser";
import { type Item, importMade } from "./harness/certification";
import { LOOKS, look } from "./harness/look";
import { answer, chosenDigits, goOn, hasFocus, question, result, startSession, tabTo } from "./harness/quiz";
import { Server } from "./harness/server";

const WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";
const WIDE = [
  "| Quarter | Revenue | Cost of sales | Gross margin | Operating cost | Result |",
  "|---|---|---|---|---|---|",
];
const ROWS = [1, 2, 3, 4].map(
  (q) => `| Q${q} | ${q}00 000 € | ${q}0 000 € | ${q}90 000 € | ${q}5 000 € | ${q}75 000 € |`,
);

const CASE: Item = {
  id: "with-a-case",
  stimulus:
    "Northwind sells **bicycles**.\n\n1. Orders are written on paper.\n2. The warehouse counts twice a week.\n\n> We never know what is in stock.",
  stem: "What would help Northwind most?",
  options: ["= One list of what is in stock", "A faster printer", "A second warehouse"],
};
const SEVERAL: Item = {
  id: "several",
  stem: "Which of these are stakeholders of a change?",
  options: ["= Those who use its result", "The weather", "= Those who pay for it", "The year"],
};
const EIGHT: Item = {
  id: "eight",
  stem: "Which number is the last?",
  options: ["One", "Two", "Three", "Four", "Five", "Six", "Seven", "= Eight"],
};
const EIGHT_SEVERAL: Item = {
  id: "eight-several",
  stem: "Which of these are greater than four?",
  options: ["One", "Two", "Three", "Four", "= Five", "= Six", "= Seven", "= Eight"],
};
const UNUSUAL: readonly Item[] = [
  {
    id: "long-words",
    stimulus: `# ${WORD}\n\n- ${WORD}\n\n> ${WORD}`,
    stem: `What is a ${WORD}? See https://example.org/${"a-very-long-path/".repeat(8)}`,
    options: [`= ${WORD}`, `\`${WORD}\``, `**${WORD}** and *${WORD}*`, `[${WORD}](https://example.org/)`],
  },
  {
    id: "right-to-left",
    stimulus:
      "החברה מוכרת אופניים.\n\n- ההזמנות נכתבות על נייר.\n- המלאי נספר פעמיים בשבוע.\n\nThe second paragraph is English.",
    stem: "מה יעזור לחברה יותר מכול? (ענו לפי `SELECT 1;` בלבד)",
    options: ["= רשימה אחת של המלאי", "مخزن ثان", "A faster printer", "\u202eتقرير \u202dAPI 2.0"],
  },
  {
    id: "code",
    stem: `What does this print?\n\n\`\`\`python\nfor number in range(3):\n    print("a line of code that is much wider than a narrow page", number, sep=" and then ", end="!")\n\`\`\`\n\nMind \`end\`.`,
    options: [
      "= One line",
      "    three = lines(of, code, that, are, wider, than, a, narrow, page, by, far)",
      "`print()`",
    ],
  },
  {
    id: "table",
    stem: `Which quarter was the best?\n\n${[...WIDE, ...ROWS].join("\n")}\n\n\`\`\`\n${[...WIDE, ...ROWS].join("\n")}\n\`\`\``,
    options: ["The first", "The second", "The third", "= The fourth"],
  },
  {
    id: "deep",
    stem: `Where does it end?\n\n${Array.from({ length: 9 }, (_, depth) => `${"  ".repeat(depth)}- level ${depth + 1}`).join("\n")}\n\n${"> ".repeat(9)}deep`,
    options: ["= Here", `${"> ".repeat(9)}quoted`],
  },
  CASE,
  SEVERAL,
  EIGHT,
];

const server = new Server();
let browser: Browser;

beforeAll(async () => {
  for (const item of [CASE, SEVERAL, EIGHT, EIGHT_SEVERAL])
    importMade(server, { id: item.id, items: [item] });
  importMade(server, { id: "unusual", title: `The ${WORD} exam`, areaTitle: WORD, items: UNUSUAL });
  await server.start();
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await server.dispose();
});

async function arrive(options: BrowserContextOptions = {}): Promise<{ learner: Learner; page: Page }> {
  const learner = await Learner.arrive(browser, server.origin, options);
  return { learner, page: await learner.page() };
}

async function leave(learner: Learner): Promise<void> {
  expect(learner.faults).toEqual([]);
  await learner.close();
}

test("a case stands above the stem, is where reading begins, and is no stop on the way to the options", async () => {
  const { learner, page } = await arrive();
  await startSession(page, { certification: CASE.id });
  const top = (selector: string) => page.locator(selector).evaluate((one) => one.getBoundingClientRect().top);
  expect(await top(".stimulus")).toBeLessThan(await top(".stem"));
  const region = page.getByRole("region", { name: "Case" });
  expect(await region.innerText()).toMatch(/Northwind sells bicycles\..*We never know/s);
  await hasFocus(region);
  await page.keyboard.press("Tab");
  await hasFocus(page.locator(".option input").first());
  await page.keyboard.press("Space");
  await page.keyboard.press("Tab");
  await hasFocus(page.locator("#primary"));
  await page.keyboard.press("Enter");
  await result(page, 1);
  await region.waitFor();
  await leave(learner);
});

test("several answers: digits and the space bar toggle, Enter sends, partly right is not right", async () => {
  const { learner, page } = await arrive({ viewport: { width: 360, height: 740 } });
  await startSession(page, { certification: SEVERAL.id });
  await page.getByText("Choose every option that applies.").waitFor();
  for (const [key, chosen] of [
    ["1", ["1"]],
    ["3", ["1", "3"]],
    ["1", ["3"]],
    ["2", ["2", "3"]],
    ["2", ["3"]],
  ] as const) {
    await page.keyboard.press(key);
    expect(await chosenDigits(page)).toEqual(chosen);
  }
  await tabTo(page, page.locator(".option input").nth(3));
  await page.keyboard.press("Space");
  expect(await chosenDigits(page)).toEqual(["3", "4"]);
  await page.keyboard.press("Space");
  const tops = () =>
    page.locator(".how, .option").evaluateAll((all) => all.map((one) => one.getBoundingClientRect().top));
  const before = await tops();
  await page.keyboard.press("Enter");
  await result(page, 1);
  expect(await tops(), "nothing moves when the answer comes").toEqual(before);
  const verdicts = page.locator(".option");
  expect(await verdicts.evaluateAll((all) => all.map((one) => one.getAttribute("data-verdict")))).toEqual([
    "right",
    null,
    "chosen_right",
    null,
  ]);
  await page.getByText("Partly right counts as not right.").waitFor();
  expect(await page.locator(".verdict").allInnerTexts()).toEqual([
    "Right, and not chosen.",
    "Your answer, right.",
  ]);
  expect(await page.locator(".verdict svg.icon").count(), "each word has its mark").toBe(2);
  // Colours fade in: what counts is what they come to.
  await page.evaluate(() => Promise.all(document.getAnimations().map((one) => one.finished)));
  const colours = await verdicts.evaluateAll((all) =>
    all.map((one) => getComputedStyle(one).backgroundColor),
  );
  expect(colours[0], "colour, beside word and mark").not.toBe(colours[1]);
  expect(await page.locator("#announcer").innerText()).toMatch(
    /^Not right\. The right answer is 1, Those who use its result; 3, Those who pay for it\./,
  );
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/summary$/);
  await page.getByText("You answered 1, 0 of them right").waitFor();
  await leave(learner);
});

test("several answers, all of them right, are right", async () => {
  const { learner, page } = await arrive();
  await startSession(page, { certification: EIGHT_SEVERAL.id });
  const digits = ["1", "2", "3", "4", "5", "6", "7", "8"];
  for (const digit of digits) await page.keyboard.press(digit);
  expect(await chosenDigits(page)).toEqual(digits);
  for (const digit of digits) await page.keyboard.press(digit);
  expect(await chosenDigits(page)).toEqual([]);
  expect(await page.locator("#primary").isDisabled()).toBe(true);
  await page.keyboard.press("Enter");
  for (const digit of ["8", "6", "5", "7"]) await page.keyboard.press(digit);
  await page.keyboard.press("Enter");
  await result(page, 1);
  await page.getByText("Right: every option that applies.").waitFor();
  expect(await page.locator("#announcer").innerText()).toMatch(/^Right\./);
  await leave(learner);
});

test("one answer of eight: 5 to 8 choose, 9 and 0 do not", async () => {
  const { learner, page } = await arrive();
  await startSession(page, { certification: EIGHT.id });
  for (const [key, chosen] of [
    ["9", []],
    ["5", ["5"]],
    ["6", ["6"]],
    ["0", ["6"]],
    ["7", ["7"]],
    ["8", ["8"]],
  ] as const) {
    await page.keyboard.press(key);
    expect(await chosenDigits(page)).toEqual(chosen);
  }
  await page.keyboard.press("Enter");
  await result(page, 1);
  expect(await page.locator('[data-verdict="chosen_right"] kbd').innerText()).toBe("8");
  await leave(learner);
});

/** In a text's own direction: where its first letter stands, the text begins. */
async function beginsAtRight(page: Page, selector: string): Promise<boolean[]> {
  return page.locator(selector).evaluateAll((all) =>
    all.map((one) => {
      const range = document.createRange();
      range.selectNodeContents(one);
      const [text, box] = [range.getClientRects()[0], one.getBoundingClientRect()];
      return text !== undefined && box.right - text.right < text.left - box.left;
    }),
  );
}

const NARROW_AND_WIDE = LOOKS.filter(
  ({ width, colorScheme }) => (width === 360) === (colorScheme === "light"),
);
test.each(NARROW_AND_WIDE)(
  "unusual questions hold at $width px, $colorScheme",
  async ({ width, height, colorScheme }) => {
    const learner = await Learner.arrive(browser, server.origin, {
      viewport: { width, height },
      colorScheme,
      reducedMotion: "reduce",
    });
    const page = await learner.page();
    const shot = (name: string) => look(page, `${name}-${width}-${colorScheme}`);
    await page.goto("/start/unusual");
    await page.locator("form.start").waitFor();
    await shot("start-unusual");
    await startSession(page, { certification: "unusual", length: 10 });
    for (let position = 1; position <= UNUSUAL.length; position += 1) {
      await question(page, position);
      const id = await page.locator("form.question").getAttribute("data-item");
      await page.keyboard.press("2");
      await shot(`unusual-${id}`);
      if (id === "right-to-left") {
        expect(await beginsAtRight(page, ".stem p, .stimulus p, .option-top .prose")).toEqual([
          true,
          false,
          true,
          true,
          true,
          false,
          true,
        ]);
      }
      await answer(page, position, "1");
      await shot(`unusual-${id}-result`);
      if (position < UNUSUAL.length) await goOn(page, position + 1);
    }
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/summary$/);
    await page.locator(".bars").waitFor();
    await shot("unusual-summary");
    await page.keyboard.press("t");
    await page.locator(".competency table").waitFor();
    await shot("unusual-table-of-areas");
    await leave(learner);
  },
);
