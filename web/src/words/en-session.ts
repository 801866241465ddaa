/**
 * Owns the English of sessions: starting, answering, and what they came to.
 */
import type { EndReason, Reason, SessionKind } from "@protocol";
import { number, plural } from "./format";

const forms = plural("en");
const lists = new Intl.ListFormat("en", { type: "conjunction" });

const KINDS: Record<SessionKind, { readonly title: string; readonly words: string }> = {
  practice: {
    title: "Practice",
    words: "Questions chosen for you as you go, each explained after your answer. The usual choice.",
  },
  diagnostic: {
    title: "Diagnostic",
    words: "Finds out where you stand in every area. It ends early once the picture is clear enough.",
  },
  focused: { title: "Focused", words: "Practice that stays inside the areas you choose." },
  review: { title: "Review", words: "Questions you have missed before, once more." },
  exam: { title: "Exam", words: "As in the exam: a time limit, and no explanations before the end." },
};

const REASONS: Record<Reason, string> = {
  new: "you have not seen it before.",
  balance: "it keeps the areas in the exam's proportions.",
  information: "your answer to it says most about what you know.",
  probe: "we know little about you in this area yet.",
  target_difficulty: "it is about as hard as helps you most now.",
  weakest_area: "it is in the area where you stand weakest.",
  due_for_review: "it is due for review.",
  missed: "you missed it before.",
  trial: "it is new here, and your answer helps to find out how hard it is.",
  least_recently_seen: "of all questions, you have not seen this one for the longest time.",
};

const ENDS: Record<EndReason, string> = {
  length: "You answered every question of this session.",
  finished: "You finished this session.",
  precise: "The picture was clear enough to stop early.",
  time: "The time was up.",
  no_items: "There were no more questions to ask.",
};

export const en = {
  session: {
    kinds: KINDS,
    /** A server newer than this page may know more reasons and ends. */
    reason: (reason: Reason) => `Why this question: ${REASONS[reason] ?? "it was chosen for you."}`,
    ended: (reason: EndReason) => ENDS[reason] ?? "This session has ended.",
    chooseOne: "Choose one.",
    chooseMany: "Choose every option that applies.",
    rightMany: "Right: every option that applies.",
    partly: "Partly right counts as not right.",
    notRight: "Not right.",
    position: (position: number, length: number, mayEndSooner: boolean) =>
      `Question ${position} of ${mayEndSooner ? "at most " : ""}${length}`,
    titled: (kind: string, title: string) => `${kind}: ${title}`,
    vague: (low: string, high: string) => `likely ${low} to ${high}, too early to say more`,
    likely: (score: string, low: string, high: string) => `${score}, likely ${low} to ${high}`,
    hours: (hours: number, minutes: number) => `${hours} h ${minutes} min`,
    minutes: (minutes: number, seconds: number) => `${minutes} min ${seconds} s`,
    seconds: (seconds: number) => `${seconds} s`,
    noMissed:
      "You have no missed questions to review yet. Do a practice session first; what you miss there comes back here.",
    noItems: "There are no questions for this choice. Choose other areas or another kind of session.",
    left: (time: string) => `${time} left`,
    case: "Case",
    pause: "Pause",
    finish: "Finish",
    finishSure: (answered: number) => `Finish with ${answered} answered?`,
    finishNow: "Finish now",
    goOn: "Go on",
    paused: "Paused",
    pausedWords:
      "The clock is stopped and your place is kept. Go on whenever you like, on this device or another.",
    stopped: "Not connected",
    connectAgain: "Connect again",
    opening: "Opening your session",
    nextComing: "The next question is on its way",
    moment: "This takes a moment.",
    waitingLong:
      "The server cannot be reached just now. This page keeps trying, and what you have answered is kept.",
    faulted: "A fault on the server stopped this session. The answers you were told counted are stored.",
    what: "your session",
    verdicts: {
      one: {
        chosen_right: "Your answer, right.",
        chosen_wrong: "Your answer, not right.",
        right: "Right answer.",
      },
      many: {
        chosen_right: "Your answer, right.",
        chosen_wrong: "Your answer, not right.",
        right: "Right, and not chosen.",
      },
    },
    waiting: {
      pause: "Pausing as soon as the server hears of it",
      resume: "Going on as soon as the server hears of it",
      finish: "Finishing as soon as the server hears of it",
    },
    /** Around key caps: "1 to 4 choose, Enter sends". */
    keysTo: "to",
    keysChoose: "choose",
    keyGoesOn: "goes on",
    keySends: "sends,",
    enterKey: "Enter",
    seeSummary: "See summary",
    next: "Next",
    send: "Send",
    sending: "Sending",
    kept: "Kept",
    said: {
      paused: "Paused. The clock is stopped.",
      goingOn: "Going on.",
      right: "Right.",
      wrong: (options: string) => `Not right. The right answer is ${options}.`,
    },
  },
  competency: {
    title: "Where you stand",
    withLast: "with your last answer",
    how: "The share of an area’s questions you would likely get right. The band holds the true value 4 times in 5; every answer moves it.",
    bars: "Show bars",
    table: "Show table",
    vague: "More answers here narrow it.",
    still: (since: string) => `Did not move ${since}.`,
    moved: (up: boolean, from: string, since: string) => `${up ? "Up" : "Down"} from ${from} ${since}.`,
    area: "Area",
    guess: "Best guess",
    range: "Likely range",
    before: "Before",
    early: "too early",
    between: (low: string, high: string) => `${low} to ${high}`,
  },
  link: {
    connecting: "Connecting",
    live: "Live",
    saving: "Saving your answer",
    reconnectingIn: (seconds: number) => `Reconnecting in ${seconds} s`,
    reconnectingNow: "Reconnecting now",
    offline: "Offline",
    ended: "Session ended",
    stopped: "Not connected",
    kept: (count: number) => forms(count, { one: "your answer is kept", other: "your answers are kept" }),
    said: {
      live: "Connected.",
      saving: "Saving your answer.",
      reconnecting: "Connection lost. Reconnecting; your answers are kept.",
      offline: "You are offline. Your answers are kept.",
    },
  },
  notCounted: {
    what: (positions: readonly number[]) => {
      const listed = lists.format(positions.map(number));
      return forms(positions.length, {
        one: `Your answer to question ${listed} did not count.`,
        other: `Your answers to questions ${listed} did not count.`,
      });
    },
    why: (count: number, timeWasUp: boolean) => {
      const over = timeWasUp ? "the time was up" : "the session had ended";
      return forms(count, {
        one: `It was kept on this device, but ${over} before it reached the server.`,
        other: `They were kept on this device, but ${over} before they reached the server.`,
      });
    },
  },
  summary: {
    title: "Summary",
    what: "the summary",
    none: "No such session",
    noneWords: "It does not exist, or it belongs to somebody else.",
    notYet: "No summary yet",
    running: "This session has not ended",
    answeredOf: (session: string, answered: number, length: number) =>
      `${session}, ${number(answered)} of ${number(length)} answered.`,
    continue: "Continue",
    cameTo: (answered: number, correct: number, time: string) =>
      `You answered ${number(answered)}, ${number(correct)} of them right, in ${time}.`,
    another: "Start another session",
    since: "in this session",
    nothing: "No question was answered, so nothing about where you stand has changed.",
    byArea: "Answers by area",
    answers: "Your answers",
    answered: "Answered",
    right: "Right",
  },
};
