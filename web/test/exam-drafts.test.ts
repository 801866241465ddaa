import type { Question } from "@protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Command } from "../src/connection/outbox";
import { Drafts } from "../src/session/drafts";
import { ExamDrafts } from "../src/session/exam-drafts";
import { question } from "./examples";
import { MemoryStorage } from "./memory-storage";

const [FIRST, SECOND] = ["o4f1c2a", "o9b03de"] as const;

function page(storage = new MemoryStorage(), kept: readonly Command[] = []) {
  return { storage, drafts: new ExamDrafts(new Drafts("s", storage, 0), kept, () => 0) };
}

function answer(options: readonly string[], position = 1): Command {
  return { type: "answer", request_id: "r", position, response: { kind: "choice", options: [...options] } };
}

function withChoice(...choice: string[]): Question {
  return { ...question(1), choice };
}

test("what is recorded is chosen, until something else is", () => {
  const { drafts } = page();
  expect(drafts.chosen(question(1))).toEqual([]);
  expect(drafts.chosen(withChoice(FIRST))).toEqual([FIRST]);
  expect(drafts.unsaved(withChoice(FIRST))).toBeUndefined();
  drafts.choose(withChoice(FIRST), SECOND);
  expect(drafts.chosen(withChoice(FIRST))).toEqual([SECOND]);
  expect(drafts.unsaved(withChoice(FIRST))).toEqual([SECOND]);
  drafts.choose(withChoice(FIRST), FIRST);
  expect(drafts.unsaved(withChoice(FIRST)), "as it is recorded").toBeUndefined();
});

test("a choice that was not sent is there after a reload, and is not saved", () => {
  const { storage, drafts } = page();
  drafts.choose(question(1), SECOND);
  const reloaded = page(storage).drafts;
  expect(reloaded.unsaved(question(1))).toEqual([SECOND]);
});

test("a stored choice is nothing to come back to: another device may change it", () => {
  const { storage, drafts } = page();
  drafts.choose(question(1), SECOND);
  drafts.sent(question(1), [SECOND]);
  expect(drafts.unsaved(question(1)), "on its way").toBeUndefined();
  expect(drafts.chosen(withChoice(SECOND)), "stored").toEqual([SECOND]);
  expect(page(storage).drafts.chosen(withChoice(FIRST))).toEqual([FIRST]);
});

test("a later choice outlives the earlier one's reply", () => {
  const { drafts } = page();
  drafts.choose(question(1), FIRST);
  drafts.sent(question(1), [FIRST]);
  drafts.choose(question(1), SECOND);
  expect(drafts.unsaved(withChoice(FIRST))).toEqual([SECOND]);
});

test("a later choice outlives a reload while the earlier one waits to be sent, and its reply", () => {
  const { storage, drafts } = page();
  drafts.choose(question(1), FIRST);
  drafts.sent(question(1), [FIRST]);
  drafts.choose(question(1), SECOND);
  const reloaded = page(storage, [answer([FIRST]), answer([FIRST], 2)]).drafts;
  expect(reloaded.unsaved(question(1))).toEqual([SECOND]);
  expect(reloaded.unsaved(withChoice(FIRST)), "the first was stored").toEqual([SECOND]);
});

test("what waits to be sent is on its way after a reload too", () => {
  const { storage, drafts } = page();
  drafts.choose(question(1), FIRST);
  drafts.sent(question(1), [FIRST]);
  expect(page(storage, [answer([FIRST])]).drafts.unsaved(question(1))).toBeUndefined();
});

test("a third choice outlives the replies to the two before it", () => {
  const { drafts } = page();
  const third = "third";
  for (const option of [FIRST, SECOND]) {
    drafts.choose(question(1), option);
    drafts.sent(question(1), [option]);
  }
  drafts.choose(question(1), third);
  expect(drafts.unsaved(withChoice(FIRST))).toEqual([third]);
  expect(drafts.unsaved(withChoice(SECOND))).toEqual([third]);
});

test("an answer of another device goes before what was only chosen", () => {
  const { storage, drafts } = page();
  drafts.choose(question(1), SECOND);
  expect(drafts.chosen(withChoice(FIRST))).toEqual([FIRST]);
  expect(drafts.unsaved(withChoice(FIRST))).toBeUndefined();
  expect(page(storage).drafts.unsaved(question(1)), "and is forgotten").toBeUndefined();
});

test("a refused answer is not saved again", () => {
  const { drafts } = page();
  drafts.choose(question(1), FIRST);
  drafts.sent(question(1), [FIRST]);
  drafts.refused(question(1));
  expect(drafts.unsaved(question(1))).toEqual([FIRST]);
});

test("one of many that is taken away leaves the rest, and none is nothing to send", () => {
  const { drafts } = page();
  const many: Question = { ...withChoice(FIRST, SECOND), select: "many" };
  drafts.choose(many, FIRST);
  expect(drafts.unsaved(many)).toEqual([SECOND]);
  drafts.choose(many, SECOND);
  expect(drafts.chosen(many)).toEqual([]);
  expect(drafts.unsaved(many), "an answer can be changed and not taken back").toBeUndefined();
});

test("whatever is chosen, sent and loaded anew, the last choice stands, and what is said to be saved is recorded or on its way", () => {
  const act = fc.constantFrom("first", "second", "send", "stored", "refused", "reload");
  fc.assert(
    fc.property(fc.array(act, { maxLength: 20 }), (acts) => {
      let { storage, drafts } = page();
      let asked = question(1);
      let last: readonly string[] = [];
      // Oldest first. One that was replaced may have gone out all the same.
      let way: (readonly string[])[] = [];
      const pick = (option: string) => {
        drafts.choose(asked, option);
        last = [option];
      };
      for (const one of acts) {
        if (one === "first") pick(FIRST);
        if (one === "second") pick(SECOND);
        if (one === "send") {
          const options = drafts.unsaved(asked);
          if (options === undefined) continue;
          way.push(options);
          drafts.sent(asked, options);
        }
        const stored = one === "stored" ? way.shift() : undefined;
        if (stored !== undefined) asked = { ...asked, choice: [...stored] };
        if (one === "refused") {
          way = [];
          drafts.refused(asked);
        }
        if (one === "reload") {
          way = way.slice(-1);
          ({ storage, drafts } = page(
            storage,
            way.map((options) => answer(options)),
          ));
        }
        const chosen = drafts.chosen(asked);
        expect(chosen).toEqual(last);
        if (drafts.unsaved(asked) === undefined) expect(chosen).toEqual(way.at(-1) ?? asked.choice ?? []);
      }
    }),
  );
});
