import { expect, test } from "vitest";
import { ApiError } from "../src/api/errors";
import { linkAnnouncement, linkWords } from "../src/connection/link";
import { blocks, line, plain } from "../src/markdown";
import { isReadable, sessionPath, startPath, summaryPath, withDebug } from "../src/paths";
import { sentence } from "../src/sentence";
import { announcementOf } from "../src/session/announce";
import { notCounted, notCountedWords } from "../src/session/not-counted";
import { NOTHING_YET, reduce } from "../src/session/state";
import {
  countdown,
  duration,
  howWords,
  isVague,
  positionWords,
  scoreWords,
  startErrorWords,
} from "../src/session/words";
import { answeredAt, golden, question, stateAt } from "./examples";

test("the link says how things stand, how long, and that answers are kept", () => {
  expect(linkWords({ kind: "live" }, 0, 0)).toBe("Live");
  expect(linkWords({ kind: "reconnecting", at: 2_500 }, 0, 1)).toBe(
    "Reconnecting in 3 s; your answer is kept",
  );
  expect(linkWords({ kind: "reconnecting" }, 0, 0)).toBe("Reconnecting now");
  expect(linkWords({ kind: "offline" }, 0, 0)).toBe("Offline: your answers are kept");
  expect(linkAnnouncement({ kind: "reconnecting", at: 1 })).not.toMatch(/\d/);
});

test("markdown lets no HTML, image or script through", () => {
  expect(blocks("<img src=x onerror=alert(1)> *a*")).toBe(
    "<p>&lt;img src=x onerror=alert(1)&gt; <em>a</em></p>\n",
  );
  expect(blocks("![alt](http://elsewhere.test/x.png)")).not.toContain("<img");
  expect(blocks("[x](javascript:alert(1))")).not.toContain("<a");
  expect(blocks("[x](https://elsewhere.test)")).toContain('rel="noopener noreferrer"');
  expect(line("one *line*")).toBe("one <em>line</em>");
  expect(line("- a\n- b")).toContain("<li>");
  expect(plain("Who is a *stakeholder* in\n`this`?")).toBe("Who is a stakeholder in this?");
});

test("the server's lower-case messages are shown as sentences", () => {
  expect(sentence("there is no such session")).toBe("There is no such session.");
  expect(sentence("Already one.")).toBe("Already one.");
  expect(sentence("")).toBe("");
});

test("addresses carry any id, keep `?debug` and nothing else, and one that cannot be read is known", () => {
  expect(startPath("a b")).toBe("/start/a%20b");
  expect(sessionPath("x/y")).toBe("/session/x%2Fy");
  expect(summaryPath("x")).toBe("/session/x/summary");
  expect(isReadable(startPath("a b"))).toBe(true);
  expect(isReadable("/start/%E0%A4")).toBe(false);
  expect([withDebug("/", true), withDebug("/", false)]).toEqual(["/?debug", "/"]);
});

test("numbers come with their doubt and times in words", () => {
  const score = { area: "a", score: 64.2, low: 52.6, high: 75.1 };
  expect(scoreWords(score)).toBe("64%, likely 53 to 75%");
  expect(isVague(score)).toBe(false);
  expect(isVague({ ...score, low: 20 })).toBe(true);
  expect(scoreWords({ ...score, low: 20 })).toBe("likely 20 to 75%, too early to say more");
  expect([5_000, 65_000, 3_700_000].map(duration)).toEqual(["5 s", "1 min 5 s", "1 h 1 min"]);
  expect([-5, 61_000, 3_661_000].map(countdown)).toEqual(["00:00", "01:01", "1:01:01"]);
  expect(positionWords(3, 20, "practice")).toBe("Question 3 of 20");
  expect(positionWords(3, 30, "diagnostic")).toBe("Question 3 of at most 30");
});

test("a review with nothing missed is explained, other refusals keep the server's words", () => {
  const none = new ApiError("no_items", "no items", false, 409);
  expect(startErrorWords(none, "review")).toMatch(/no missed questions/);
  expect(startErrorWords(none, "focused")).toMatch(/other areas/);
  expect(startErrorWords(new ApiError("busy", "try later", true, 503), "review")).toBe("try later");
});

test("a screen reader hears the verdict, the reason and the movement, and not every flicker", () => {
  const session = reduce(NOTHING_YET, stateAt(1)).state;
  const before = { link: { kind: "live" } as const, session, pending: [] };
  const { state } = reduce(session, { ...answeredAt(1, "r1"), correct: false, choice: ["o9b03de"] });
  const words = announcementOf(before, { ...before, session: state }, () => "Elicitation");
  expect(words).toMatch(/^Not right\. The right answer is 1, Anyone affected by the change\./);
  expect(words).toMatch(/Elicitation: 64%, likely 53 to 75%\.$/);
  const retry = (at: number) => ({ ...before, link: { kind: "reconnecting", at } as const });
  expect(announcementOf(before, retry(1), String)).toMatch(/Reconnecting/);
  expect(announcementOf(retry(1), retry(2), String)).toBe("");
  expect(announcementOf(retry(1), before, String)).toBe("Connected.");
  const ended = (reason: "time" | "finished") => {
    const { summary } = golden("completed");
    const completed = golden("completed", { offset: 2, prev: 1, summary: { ...summary, reason } });
    return announcementOf(before, { ...before, session: reduce(session, completed).state }, String);
  };
  expect(ended("time"), "the clock ends a session without being asked").toBe("The time was up.");
  expect(ended("finished")).toBe("");
});

test("of the answers without a reply, those that are not stored did not count, and the words say why", () => {
  const left = [4, 3, 4, 2].map((position) => ({
    message: {
      type: "answer" as const,
      request_id: `r${position}`,
      position,
      response: { kind: "choice" as const, options: [] },
    },
    at: 0,
  }));
  const summary = { ...golden("completed").summary, answered: 2, reason: "finished" as const };
  expect(notCounted(left, summary)).toEqual([3, 4]);
  expect(notCountedWords(notCounted(left, summary), summary)).toEqual({
    what: "Your answers to questions 3 and 4 did not count.",
    why: "They were kept on this device, but the session had ended before they reached the server.",
  });
  expect(notCountedWords([3], { ...summary, reason: "time" })).toEqual({
    what: "Your answer to question 3 did not count.",
    why: "It was kept on this device, but the time was up before it reached the server.",
  });
  expect(notCountedWords(notCounted(left, { ...summary, answered: 4 }), summary)).toBeUndefined();
});

test("a question that takes many says afterwards what the choice came to, and half is not enough", () => {
  const many = { ...question(1), select: "many" as const };
  const { type: _, ...answer } = { ...answeredAt(1, "r1"), correct_choice: ["a", "b"], correct: false };
  const after = (choice: string[], correct = false) =>
    howWords(many, { question: many, answer: { ...answer, choice, correct } });
  expect(howWords(question(1), undefined)).toBe("Choose one.");
  expect(howWords(many, undefined)).toBe("Choose every option that applies.");
  expect(after(["a", "b"], true)).toBe("Right: every option that applies.");
  expect(after(["a"])).toBe("Partly right counts as not right.");
  expect(after(["a", "b", "c"])).toBe("Partly right counts as not right.");
  expect(after(["c"])).toBe("Not right.");
});
