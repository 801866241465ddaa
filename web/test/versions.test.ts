import { expect, test } from "vitest";
import { LOOK_EVERY_MS, TAKE_OVER_WITHIN_MS, type VersionPorts, Versions } from "../src/worker/versions";

/** A browser with a worker, as far as `Versions` sees one. */
class Browser {
  heard: { waiting(): void; takenOver(): void } | undefined;
  waits = false;
  newest: boolean | undefined = false;
  now = 0;
  updates = 0;
  reloads = 0;
  tookOver = 0;
  readonly timers: { readonly ms: number; readonly then: () => void }[] = [];

  ports(part: Partial<VersionPorts> = {}): VersionPorts {
    return {
      registration: async () => ({
        register: async (heard) => {
          this.heard = heard;
        },
        update: async () => {
          this.updates += 1;
        },
        takeOver: () => {
          if (this.waits) this.tookOver += 1;
          return this.waits;
        },
      }),
      isNewest: async () => this.newest,
      reload: () => {
        this.reloads += 1;
      },
      after: (ms, then) => void this.timers.push({ ms, then }),
      now: () => this.now,
      ...part,
    };
  }
}

/** Lets what was promised come. */
const settled = () => new Promise((done) => setImmediate(done));

async function open(browser: Browser): Promise<Versions> {
  const versions = new Versions(browser.ports());
  await versions.start();
  return versions;
}

test("a new version is told of and loads nothing anew until it is asked for", async () => {
  const browser = new Browser();
  const versions = await open(browser);
  expect(versions.newer.value).toBe(false);
  browser.waits = true;
  browser.heard?.waiting();
  await settled();
  expect([versions.newer.value, browser.reloads, browser.tookOver]).toEqual([true, 0, 0]);
  expect([versions.firstMention(), versions.firstMention()]).toEqual([true, false]);
  versions.reload();
  versions.reload();
  expect([browser.tookOver, browser.reloads], "the new worker first").toEqual([1, 0]);
  browser.heard?.takenOver();
  expect(browser.reloads).toBe(1);
});

test("a page that is newer than its worker says nothing", async () => {
  const browser = new Browser();
  browser.newest = true;
  const versions = await open(browser);
  browser.heard?.waiting();
  await settled();
  expect(versions.newer.value).toBe(false);
});

test("another tab that took the new version leaves this one as it is, and it says so", async () => {
  const browser = new Browser();
  const versions = await open(browser);
  browser.heard?.takenOver();
  await settled();
  expect([versions.newer.value, browser.reloads]).toEqual([true, 0]);
  versions.reload();
  expect(browser.reloads, "no worker waits: at once").toBe(1);
});

test("a worker that never takes over does not keep the learner from the new version", async () => {
  const browser = new Browser();
  const versions = await open(browser);
  browser.waits = true;
  versions.reload();
  expect(browser.timers.map(({ ms }) => ms)).toEqual([TAKE_OVER_WITHIN_MS]);
  browser.timers[0]?.then();
  expect(browser.reloads).toBe(1);
});

test("a part that cannot be loaded is the sign of a new version only when the server has one", async () => {
  for (const [newest, told] of [
    [false, true],
    [true, false],
    [undefined, false],
  ] as const) {
    const browser = new Browser();
    browser.newest = newest;
    const versions = await open(browser);
    await versions.partMissing();
    expect(versions.newer.value, `newest: ${newest}`).toBe(told);
  }
});

test("a worker that waits is told of even when the server cannot be asked", async () => {
  const browser = new Browser();
  browser.newest = undefined;
  const versions = await open(browser);
  browser.heard?.waiting();
  await settled();
  expect(versions.newer.value).toBe(true);
});

test("put off is put off until the next new version", async () => {
  const browser = new Browser();
  const versions = await open(browser);
  browser.heard?.waiting();
  await settled();
  versions.later();
  expect(versions.newer.value).toBe(false);
  browser.heard?.waiting();
  await settled();
  expect(versions.newer.value).toBe(true);
});

test("a page that stays open asks for a new version once an hour, and only when somebody is back", async () => {
  const browser = new Browser();
  const versions = await open(browser);
  await versions.seen();
  browser.now = LOOK_EVERY_MS;
  await versions.seen();
  await versions.seen();
  expect(browser.updates).toBe(1);
});

test("where there can be no worker nothing happens, and reloading is loading", async () => {
  const browser = new Browser();
  const refused = async () => {
    throw new Error("storage is forbidden");
  };
  const versions = new Versions(browser.ports({ registration: refused }));
  await versions.start();
  browser.now = LOOK_EVERY_MS;
  await versions.seen();
  versions.reload();
  expect([browser.updates, browser.reloads]).toEqual([0, 1]);
});
