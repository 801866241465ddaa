/**
 * Owns the English of looking back: the review of a session, the history, marking a question and reporting it.
 */
import type { ReportReason, SessionStatus } from "@protocol";
import { moment, number, plural } from "./format";

const forms = plural("en");

const REASONS: Record<ReportReason, string> = {
  wrong_key: "Another answer is right",
  unclear: "It can be read in more than one way",
  outdated: "It was right once, and is no longer",
  typo: "It is misspelt, or does not look right",
  other: "Something else",
};

const STATUSES: Record<SessionStatus, string> = {
  open: "Going on",
  paused: "Paused",
  completed: "Ended",
  faulted: "Stopped by a fault",
};

const questions = (count: number) => forms(count, { one: "1 question", other: `${number(count)} questions` });

export const en = {
  keeping: {
    question: (position: number) => `question ${number(position)}`,
    bookmark: "Bookmark",
    bookmarked: "Bookmarked",
    bookmarkTitle: "Bookmark",
    marked: "Bookmarked. Press again to write a note.",
    tooMany:
      "You have more bookmarks than this page can look through. Change this one on the page of bookmarks.",
    gone: "This question is no longer part of the certification, so it can neither be marked nor reported.",
  },
  report: {
    button: "Report a fault",
    title: "Report a fault in this question",
    how: "Its authors read what you write, without your name. A new report replaces your last one.",
    reason: "What is wrong?",
    choose: "Choose one",
    reasons: REASONS,
    noReason: "Choose what is wrong.",
    note: "In your words (optional)",
    noteHint: (max: number) => `At most ${number(max)} characters.`,
    send: "Send report",
    sending: "Sending",
    cancel: "Cancel",
    done: "Thank you: your report was sent.",
  },
  answer: {
    heading: (position: number) => `Question ${number(position)}`,
    right: "Right",
    wrong: "Not right",
    none: "Not answered",
    untold: "Answered; what is right is told when the exam is submitted",
    noKey: "You did not answer it, so its right answer is not told.",
    yours: "Your answer.",
    flagged: "flagged",
    took: (time: string) => `took ${time}`,
    filter: "Show",
    filters: { missed: "Not right", flagged: "Flagged", right: "Right", all: "All" },
    filterCount: (name: string, count: number) => `${name} (${number(count)})`,
    more: (count: number) => `Show ${questions(count)} more`,
    nothing: {
      missed: "You missed nothing here.",
      flagged: "You flagged nothing here.",
      right: "No answer was right here.",
      all: "No question was answered.",
    },
  },
  review: {
    title: "Review",
    what: "the review",
    link: "Review your answers",
    missed: (count: number) =>
      forms(count, {
        one: "1 question to go over.",
        other: `${number(count)} questions to go over.`,
      }),
    none: "Nothing to review",
    noneWords: "There is no such session, it belongs to somebody else, or it has not ended yet.",
    summary: "Summary",
    openSession: "Open the session",
  },
  history: {
    title: "History",
    what: "your sessions",
    certification: "Certification",
    everyCertification: "Every certification",
    status: "State",
    everyStatus: "Every state",
    statuses: STATUSES,
    none: "You have not started a session yet.",
    noneSuch: "No session of yours is like that.",
    start: "Start one",
    clear: "Show every session",
    started: (ms: number) => `Started ${moment(ms)}`,
    took: (time: string) => `in ${time}`,
    answered: (answered: number, correct: number) => `${number(answered)} answered, ${number(correct)} right`,
    passed: (passed: boolean, score: string) => `${passed ? "Passed" : "Not passed"}, ${score}`,
    goOn: "Go on",
    summary: "Summary",
    answers: "Every answer",
    of: (session: string, started: number) => `of ${session}, started ${moment(started)}`,
    count: (count: number) => forms(count, { one: "1 session", other: `${number(count)} sessions` }),
    atLeast: (count: number) => `The latest ${number(count)} sessions`,
    more: "Show more",
    loadingMore: "Loading more",
    answersTitle: "Every answer",
    answersWhat: "the answers",
    noSession: "No such session",
    noSessionWords: "It does not exist, or it belongs to somebody else.",
    back: "Back to the history",
    noAnswers: "No question was answered in this session.",
  },
};
