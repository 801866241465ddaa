/**
 * Owns the English of exams: answering in any order, the overview, submitting, and what it came to.
 */
import type { Standing } from "../session/exam";
import { number, plural } from "./format";

const forms = plural("en");
const lists = new Intl.ListFormat("en", { type: "conjunction" });

/** Most positions named one by one; the overview shows the rest. */
const NAMED_MAX = 12;

function named(positions: readonly number[]): string {
  const shown = positions.slice(0, NAMED_MAX).map(number);
  const rest = positions.length - shown.length;
  return lists.format(rest > 0 ? [...shown, `${number(rest)} more`] : shown);
}

const STANDINGS: Record<Standing, string> = {
  unanswered: "no answer",
  unsaved: "chosen, not saved",
  saving: "being saved",
  answered: "answered",
};

export const en = {
  exam: {
    standings: STANDINGS,
    flagged: "flagged",
    /** What a place in the overview is called. */
    place: (position: number, standing: Standing, flagged: boolean, current: boolean) =>
      [
        `Question ${number(position)}`,
        STANDINGS[standing],
        ...(flagged ? ["flagged"] : []),
        ...(current ? ["open now"] : []),
      ].join(", "),
    next: "Next",
    saveAndNext: "Save and next",
    save: "Save",
    saveChange: "Save change",
    toSubmit: "To the end",
    previous: "Previous",
    flag: "Flag",
    unflag: "Unflag",
    overview: "Overview",
    overviewTitle: "Overview",
    overviewHow: "Arrow keys move between questions, Enter opens one.",
    grid: "Questions",
    tally: (answered: number, length: number, flagged: number) => {
      const marks = forms(flagged, { one: "1 flagged", other: `${number(flagged)} flagged` });
      return `${number(answered)} of ${number(length)} answered, ${marks}.`;
    },
    noPause: "An exam cannot be paused: its time runs on, whether this page is open or not.",
    back: (position: number) => `Back to question ${number(position)}`,
    submit: "Submit exam",
    submitTitle: "Submit your exam?",
    submitSure: "Once it is submitted, no answer can be changed.",
    allAnswered: (length: number) => `All ${number(length)} questions are answered.`,
    unanswered: (positions: readonly number[]) => {
      const which = named(positions);
      return forms(positions.length, {
        one: `Question ${which} has no answer. It counts as wrong.`,
        other: `${number(positions.length)} questions have no answer: ${which}. They count as wrong.`,
      });
    },
    unsaved: (positions: readonly number[]) => {
      const which = named(positions);
      return forms(positions.length, {
        one: `Your choice for question ${which} is not saved yet. It is saved when you submit.`,
        other: `Your choices for questions ${which} are not saved yet: go to them and save.`,
      });
    },
    flaggedOnes: (positions: readonly number[]) => {
      const which = named(positions);
      return forms(positions.length, {
        one: `You flagged question ${which}.`,
        other: `You flagged questions ${which}.`,
      });
    },
    submitNow: "Submit now",
    goTo: (position: number) => `Go to question ${number(position)}`,
    submitting: "Submitting as soon as the server hears of it",
    notes: {
      none: "Not answered yet.",
      unsaved: "Not saved yet.",
      saving: "Being saved.",
      kept: "Kept on this device, and sent when the connection is back.",
      saved: "Saved. You can change it until you submit.",
    },
    needsConnection: "You can go to another question when the connection is back. Your answer is kept.",
    timeUp: "The time is up. Your exam is submitted as it stands.",
    timeUpAway:
      "The time is up. Your exam is submitted as it stands; the result comes when the connection is back.",
    said: {
      saved: (position: number) => `Question ${number(position)} saved.`,
      elsewhere: (position: number) => `Question ${number(position)} was answered on another device.`,
      flag: (position: number, flagged: boolean) =>
        `Question ${number(position)} ${flagged ? "flagged" : "no longer flagged"}.`,
    },
    result: "Result",
    passed: "Passed",
    failed: "Not passed",
    came: (correct: number, questions: number, score: string, needed: number) =>
      `${number(correct)} of ${number(questions)} right, ${score}. ${number(needed)} right answers pass.`,
    unansweredCount: (count: number) =>
      forms(count, {
        one: "1 question without an answer counts as wrong.",
        other: `${number(count)} questions without an answer count as wrong.`,
      }),
  },
};
