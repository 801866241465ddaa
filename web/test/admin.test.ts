import type { Person } from "@protocol";
import { expect, test } from "vitest";
import { samples } from "../src/admin/exposition";
import { figures } from "../src/admin/figures";
import { isSessionId, nameOf, withAuthored, withRole } from "../src/admin/people";
import { people, readiness } from "../src/api/admin";
import { ACCOUNT, MemoryBrowser, refusal, signedIn } from "./memory-auth";

const TOLD = `# HELP learnr_sessions_live Sessions in memory
# TYPE learnr_sessions_live gauge
learnr_sessions_live 3

# TYPE learnr_sign_ins_total counter
learnr_sign_ins_total{outcome="signed_in"} 12
learnr_sign_ins_total{outcome="refused"} 4
# TYPE learnr_answer_stored_seconds summary
learnr_answer_stored_seconds{quantile="0.5"} 0.004
learnr_answer_stored_seconds{quantile="0.99"} 0.012
learnr_answer_stored_seconds_sum 1.5
learnr_answer_stored_seconds_count 90
learnr_redis_seconds{operation="lease",quantile="0.99"} 0.002
learnr_redis_seconds{operation="claim",quantile="0.99"} 0.08
learnr_mails_total{outcome="given_up"} 2
`;

test("figures are read with their labels, and a line that cannot be read hides no other", () => {
  const labelled = 'b{x="1",y="q \\"2\\" \\\\ \\n"} 2.5e3 1700000000000';
  const lines = ["a 1", labelled, "nonsense here and there", "c{} NaN", "d +Inf", "# a 9"];
  expect(samples(lines.join("\n"))).toEqual([
    { name: "a", labels: {}, value: 1 },
    { name: "b", labels: { x: "1", y: 'q "2" \\ \n' }, value: 2500 },
    { name: "d", labels: {}, value: Infinity },
  ]);
  expect(samples("")).toEqual([]);
  expect(samples("<!doctype html><p>a proxy</p>")).toEqual([]);
});

test("a person sees the figures that there are, times in words, and which want a look", () => {
  const told = new Map(figures(TOLD).map((figure) => [figure.key, figure]));
  const expected = ["sessions", "stored", "signedIn", "signInRefused", "mailsGivenUp", "redis"];
  expect([...told.keys()]).toEqual(expected);
  expect(told.get("sessions")).toMatchObject({ value: 3, words: "3", odd: false });
  expect(told.get("stored")).toMatchObject({ words: "12 ms", odd: false });
  expect(told.get("signInRefused")).toMatchObject({ value: 4, odd: false });
  expect(told.get("redis"), "the slowest of its operations").toMatchObject({ words: "80 ms", odd: true });
  expect(told.get("mailsGivenUp")).toMatchObject({ value: 2, odd: true });
  expect(figures("")).toEqual([]);
});

const PERSON: Person = { account: ACCOUNT, authored: [] };

test("what a change does to somebody is shown as the server has it, done once or twice", () => {
  const author = withRole(withRole(PERSON, "admin", true), "author", true);
  expect(author.account.roles).toEqual(["author", "admin"]);
  expect(withRole(author, "author", true).account.roles).toEqual(["author", "admin"]);
  expect(withRole(author, "admin", false).account.roles).toEqual(["author"]);
  expect(withRole(PERSON, "admin", false).account.roles).toEqual([]);
  const entered = withAuthored(withAuthored(PERSON, "b", true), "a", true);
  expect(entered.authored).toEqual(["a", "b"]);
  expect(withAuthored(entered, "b", true).authored).toEqual(["a", "b"]);
  expect(withAuthored(entered, "a", false).authored).toEqual(["b"]);
  expect(PERSON.authored).toEqual([]);
});

test("everybody is called something", () => {
  const called = (more: object) => nameOf({ ...PERSON, account: { ...ACCOUNT, ...more } });
  expect(called({})).toBe("Ada");
  expect(called({ name: "  " })).toBe("ada@example.org");
  expect(called({ name: "", email: null })).not.toBe("");
});

test("the id of a session is whole", () => {
  expect(isSessionId(` ${ACCOUNT.learner.toUpperCase()} `)).toBe(true);
  for (const bad of ["", "..", ACCOUNT.learner.slice(1), `${ACCOUNT.learner}/x`]) {
    expect(isSessionId(bad), bad).toBe(false);
  }
});

test("an instance that is not ready says why, and a proxy's page is a fault", async () => {
  const asked = (response: () => Response) => readiness(new MemoryBrowser().tab(async () => response()).api);
  const stalled = { status: "store_stalled", version: "1.0.0" };
  expect(await asked(() => Response.json(stalled, { status: 503 }))).toEqual(stalled);
  expect(await asked(() => Response.json({ ...stalled, status: "ok" }))).toMatchObject({ status: "ok" });
  await expect(asked(() => new Response("<html>", { status: 502 }))).rejects.toMatchObject({ status: 502 });
});

test("people are asked for as they are sought, and a refusal keeps its code", async () => {
  const paths: string[] = [];
  const { api, auth } = new MemoryBrowser().tab(async (url) => {
    paths.push(url);
    return paths.length === 1 ? Response.json({ people: [PERSON], next: null }) : refusal(403, "forbidden");
  });
  auth.accept(signedIn("t"));
  expect((await people(api, " a&b ")).people).toEqual([PERSON]);
  await expect(people(api, "", "place")).rejects.toMatchObject({ code: "forbidden", status: 403 });
  expect(paths).toEqual(["/v1/admin/people?containing=a%26b", "/v1/admin/people?after=place"]);
});
