import { expect, test } from "vitest";
import type { Who } from "../src/api/auth";
import { watchNotice } from "../src/notice";
import { Store } from "../src/store";
import { words } from "../src/words";
import { ACCOUNT } from "./memory-auth";

function watched() {
  const stores = {
    notice: new Store(""),
    announcement: new Store(""),
    who: new Store<Who>({ kind: "guest" }),
  };
  watchNotice(stores);
  return stores;
}

test("a notice is said aloud once, and again when it comes again", () => {
  const { notice, announcement } = watched();
  const heard: string[] = [];
  announcement.subscribe(() => heard.push(announcement.value));
  notice.set("Your account is deleted.");
  notice.set("");
  notice.set("Your account is deleted.");
  expect(heard).toEqual(["Your account is deleted.", "", "Your account is deleted."]);
});

test("a notice that is closed takes nothing away that was said after it", () => {
  const { notice, announcement } = watched();
  notice.set("Your password is changed.");
  announcement.set("Page 2.");
  notice.set("");
  expect(announcement.value).toBe("Page 2.");
});

test("who signs in again is told no more that they were signed out", () => {
  const { notice, who } = watched();
  notice.set(words.guest.ended);
  who.set({ kind: "guest" });
  expect(notice.value).toBe(words.guest.ended);
  who.set({ kind: "account", account: ACCOUNT });
  expect(notice.value).toBe("");
  notice.set(words.confirm.done);
  who.set({ kind: "account", account: ACCOUNT });
  expect(notice.value, "anything else stays").toBe(words.confirm.done);
});
