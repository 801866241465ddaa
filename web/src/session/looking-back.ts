/**
 * Owns what is shown of a question that was asked, whichever route told of it, and which of them are looked at. Pure.
 */
import type { AnsweredQuestion, QuestionOption, ReviewedQuestion } from "@protocol";
import type { Verdict } from "./choice";

/** How the answer came out; `untold` while an exam is not submitted. */
export type Came = "right" | "wrong" | "none" | "untold";

/** A question that was asked, with everything there is to say of it. */
export interface Looked {
  readonly position: number;
  readonly item: string;
  readonly area: string;
  readonly stem: string;
  readonly stimulus: string | undefined;
  readonly options: readonly QuestionOption[];
  readonly choice: readonly string[];
  /** Empty where nothing may be told. */
  readonly key: readonly string[];
  readonly explanations: ReadonlyMap<string, string>;
  readonly came: Came;
  readonly flagged: boolean;
  /** Milliseconds. */
  readonly took: number;
}

export function ofReview(one: ReviewedQuestion): Looked {
  const { question, correct, correct_choice: key, explanations, flagged, elapsed_ms: took } = one;
  const choice = question.choice ?? [];
  const { position, item_id: item, area, stem, stimulus, options } = question;
  const came = choice.length === 0 ? "none" : correct ? "right" : "wrong";
  return {
    position,
    item,
    area,
    stem,
    stimulus,
    options,
    choice,
    key,
    explanations: texts(explanations),
    came,
    flagged,
    took,
  };
}

export function ofAnswer(one: AnsweredQuestion): Looked {
  const { position, item_id: item, area, stem, stimulus, options, choice, correct } = one;
  const came = correct === undefined ? "untold" : correct ? "right" : "wrong";
  return {
    ...{ position, item, area, stem, stimulus, options, choice, came },
    key: one.correct_choice,
    explanations: texts(one.explanations),
    flagged: false,
    took: one.elapsed_ms,
  };
}

function texts(list: readonly { option_id: string; text: string }[]): ReadonlyMap<string, string> {
  return new Map(list.map(({ option_id, text }) => [option_id, text]));
}

/** What an option turned out to be; undefined when there is nothing to say of it, or nothing may be said. */
export function verdictOn({ choice, key, came }: Looked, option: string): Verdict {
  if (came === "none" || came === "untold") return undefined;
  const right = key.includes(option);
  if (choice.includes(option)) return right ? "chosen_right" : "chosen_wrong";
  return right ? "right" : undefined;
}

/** How many options the question took, as its key and the choice show. */
export function takesMany({ key, choice }: Looked): boolean {
  return key.length > 1 || choice.length > 1;
}

export type Filter = "missed" | "flagged" | "right" | "all";

/** A question without an answer is missed too. */
export function shown(list: readonly Looked[], filter: Filter): readonly Looked[] {
  switch (filter) {
    case "missed":
      return list.filter(({ came }) => came === "wrong" || came === "none");
    case "flagged":
      return list.filter(({ flagged }) => flagged);
    case "right":
      return list.filter(({ came }) => came === "right");
    case "all":
      return list;
  }
}
