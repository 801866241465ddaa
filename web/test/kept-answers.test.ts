import { expect, test } from "vitest";
import { type Command, Outbox, sessionsWithAnswers } from "../src/connection/outbox";
import { endedWithAnswers } from "../src/session/open";
import { MemoryBrowser, refusal } from "./memory-auth";

function answer(id: string): Command {
  return { type: "answer", request_id: id, position: 1, response: { kind: "choice", options: ["o4f1c2a"] } };
}

test("of sessions that keep an answer those are spoken of that ended for whoever is here; the others keep theirs", async () => {
  const browser = new MemoryBrowser();
  const { storage } = browser;
  storage.setItem("learnr.token", "guest-1");
  const ids = ["open", "ended", "of-somebody-else"];
  for (const id of ids) new Outbox(id, storage, 0).add({ message: answer(`r-${id}`), at: 1 });
  const asked: string[] = [];
  const { api } = browser.tab(async (url) => {
    asked.push(url);
    return url === "/v1/sessions/ended/summary" ? Response.json({}) : refusal(404, "not_found");
  });
  expect(await endedWithAnswers(api, ["open"], storage)).toEqual(["ended"]);
  expect(asked, "not of the one that is open").toEqual([
    "/v1/sessions/ended/summary",
    "/v1/sessions/of-somebody-else/summary",
  ]);
  expect(sessionsWithAnswers(storage)).toEqual(ids);
});
