/**
 * Owns the plain words for what the server says in codes, and how numbers are written.
 */
import type { AreaScore, EndReason, Question, Reason, SessionInfo, SessionKind } from "@protocol";
import type { ApiError } from "../api/errors";
import type { Result } from "./state";

export const KINDS: readonly {
  readonly kind: SessionKind;
  readonly title: string;
  readonly words: string;
}[] = [
  {
    kind: "practice",
    title: "Practice",
    words: "Questions chosen for you as you go, each explained after your answer. The usual choice.",
  },
  {
    kind: "diagnostic",
    title: "Diagnostic",
    words: "Finds out where you stand in every area. It ends early once the picture is clear enough.",
  },
  { kind: "focused", title: "Focused", words: "Practice that stays inside the areas you choose." },
  { kind: "review", title: "Review", words: "Questions you have missed before, once more." },
];

export function kindTitle(kind: SessionKind): string {
  // No page starts an exam yet; one started elsewhere is listed by its name.
  return KINDS.find((one) => one.kind === kind)?.title ?? (kind === "exam" ? "Exam" : kind);
}

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

export function reasonWords(reason: Reason): string {
  return `Why this question: ${REASONS[reason] ?? "it was chosen for you."}`;
}

/**
 * How many options to choose, and afterwards, when there were many, what that came to: each option's own words do not
 * say that half of the right ones is not enough.
 */
export function howWords({ select }: Question, result: Result | undefined): string {
  if (select === "one") return "Choose one.";
  if (result === undefined) return "Choose every option that applies.";
  const { correct, choice, correct_choice } = result.answer;
  if (correct) return "Right: every option that applies.";
  const partly = choice.some((option) => correct_choice.includes(option));
  return partly ? "Partly right counts as not right." : "Not right.";
}

const ENDS: Record<EndReason, string> = {
  length: "You answered every question of this session.",
  finished: "You finished this session.",
  precise: "The picture was clear enough to stop early.",
  time: "The time was up.",
  no_items: "There were no more questions to ask.",
};

export function endWords(reason: EndReason): string {
  return ENDS[reason] ?? "This session has ended.";
}

/** "Question 3 of 20"; a diagnostic may stop sooner. */
export function positionWords(position: number, length: number, kind: SessionKind | undefined): string {
  return `Question ${position} of ${kind === "diagnostic" ? "at most " : ""}${length}`;
}

export function sessionWords(session: SessionInfo): string {
  return `${kindTitle(session.kind)}: ${session.certification.title}`;
}

/**
 * An interval wider than this tells little, in points of a hundred. Before any answer the engine's are 38 and more.
 */
const WIDE_INTERVAL = 35;

export function isVague(score: AreaScore): boolean {
  return score.high - score.low > WIDE_INTERVAL;
}

const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const percent = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 0 });

export function number(value: number): string {
  return whole.format(value);
}

export function share(value: number): string {
  return percent.format(value);
}

/** "64 %, likely 53 to 75 %": a competency is never written without its interval, and a vague one without a number. */
export function scoreWords(score: AreaScore): string {
  if (isVague(score))
    return `likely ${whole.format(score.low)} to ${share(score.high / 100)}, too early to say more`;
  return `${share(score.score / 100)}, likely ${whole.format(score.low)} to ${share(score.high / 100)}`;
}

/** "12 min 5 s". */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${rest} s` : `${rest} s`;
}

/** "12:05", for a clock that runs down. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60].map((part) => String(part).padStart(2, "0"));
  const hours = Math.floor(seconds / 3600);
  return hours > 0 ? `${hours}:${parts.join(":")}` : parts.join(":");
}

/** Why a session could not be started, and what to do. */
export function startErrorWords(error: ApiError, kind: SessionKind): string {
  if (error.code !== "no_items") return error.message;
  return kind === "review"
    ? "You have no missed questions to review yet. Do a practice session first; what you miss there comes back here."
    : "There are no questions for this choice. Choose other areas or another kind of session.";
}
