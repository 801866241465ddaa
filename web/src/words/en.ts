/**
 * Owns the page's English. One value for each thing that is said; what varies is a parameter.
 */
import { en as account } from "./en-account";
import { en as admin } from "./en-admin";
import { en as exam } from "./en-exam";
import { en as home } from "./en-home";
import { en as lookingBack } from "./en-looking-back";
import { en as offline } from "./en-offline";
import { en as owner } from "./en-owner";
import { en as providers } from "./en-providers";
import { en as session } from "./en-session";
import { day, number, plural } from "./format";

const forms = plural("en");

export const en = {
  app: "LearnR",
  chrome: {
    skip: "Skip to the content",
    navigation: "Main",
    home: "Home",
    history: "History",
    bookmarks: "Bookmarks",
    account: "Account",
    close: "Close",
    online: "Connected",
    offline: "Offline: what you answered is kept",
    /** What a screen reader hears when it changes. */
    backOnline: "You are connected again.",
    nowOffline: "You are offline. What you answered is kept.",
  },
  state: {
    loading: (what: string) => `Loading ${what}…`,
    again: "Try again",
    unreachable: "The server cannot be reached. Check your connection and try again.",
    status: (status: number) => `The server answered with status ${status}.`,
    /** Part of the page could not be loaded. */
    page: "this page",
    pageFailed: "This page could not be loaded. Check your connection and try again.",
  },
  unknown: {
    title: "No such page",
    words: "There is nothing at this address.",
    home: "Go home",
  },
  guest: {
    lost: "Your guest pass was no longer valid: it expired, or it has become an account. What belongs to it cannot be opened here any more. Sign in if you have an account.",
    nobody: "There is nothing of yours here yet. If you have an account, sign in to see what is in it.",
    ended: "You were signed out: on another device, or because it has been long. Sign in to go on.",
  },
  bookmarks: {
    title: "Bookmarks",
    what: "your bookmarks",
    certification: "Certification",
    none: "You have not marked a question here yet.",
    how: "Mark a question after you have answered it, and it is kept here with your note.",
    noCertifications: "No certification is loaded yet, so there is nothing to mark.",
    practise: "Go and practise",
    count: (count: number) => forms(count, { one: "1 question", other: `${number(count)} questions` }),
    atLeast: (count: number) => `The first ${number(count)} questions`,
    since: (ms: number) => `Marked on ${day(ms)}`,
    gone: "This question is no longer part of the certification. Your note is kept.",
    answer: "Right answer",
    show: "Show the right answer",
    hide: "Hide the right answer",
    note: "Your note",
    noteHint: (max: number) => `At most ${number(max)} characters. Only you can read it.`,
    noteLong: (over: number) =>
      forms(over, {
        one: "The note is 1 character too long.",
        other: `The note is ${number(over)} characters too long.`,
      }),
    save: "Save note",
    saving: "Saving",
    saved: "Note saved.",
    remove: "Remove bookmark",
    removing: "Removing",
    removed: "Bookmark removed.",
    more: "Show more",
    loadingMore: "Loading more",
  },
  ...account,
  ...exam,
  ...lookingBack,
  ...offline,
  ...home,
  ...providers,
  ...session,
  ...owner,
  ...admin,
};

/** What every language has to say. */
export type Words = typeof en;
