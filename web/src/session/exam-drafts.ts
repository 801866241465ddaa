/**
 * Owns the choices of an exam that were not sent: one a question, kept over reloads, dropped when another device answers
 * the question. Knows no page and no socket.
 */
import type { Question } from "@protocol";
import { type Command, isAnswer } from "../connection/outbox";
import { choose } from "./choice";
import type { Drafts } from "./drafts";
import { sameChoice } from "./exam";

interface Held {
  /** What is chosen; absent while nothing was touched. */
  readonly options: readonly string[] | undefined;
  /** What was recorded when it was chosen. */
  readonly base: readonly string[];
  /** What was sent and has no reply yet, oldest first: once one of it is recorded, what was chosen after it goes on from there. */
  readonly sent: readonly (readonly string[])[];
}

export class ExamDrafts {
  private readonly held = new Map<number, Held>();

  /** `kept`: what an earlier page sent, or kept to be sent, and has no reply to. */
  constructor(
    private readonly drafts: Drafts,
    private readonly kept: readonly Command[] = [],
    private readonly now: () => number = Date.now,
  ) {}

  /** What is chosen for the question here: the draft, or what is recorded. */
  chosen(question: Question): readonly string[] {
    return this.at(question).options ?? recordedOf(question);
  }

  /** What is chosen here and neither recorded nor sent; undefined when nothing is. */
  unsaved(question: Question): readonly string[] | undefined {
    const { options, base, sent } = this.at(question);
    if (options === undefined || options.length === 0) return undefined;
    return sameChoice(options, sent.at(-1) ?? base) ? undefined : options;
  }

  choose(question: Question, option: string): void {
    const { item_id: itemId, position } = question;
    const draft = choose(question, { itemId, position, options: this.chosen(question) }, option);
    this.held.set(position, { ...this.at(question), options: draft.options });
    this.drafts.keep(draft, this.now());
  }

  /** It is on its way. */
  sent(question: Question, options: readonly string[]): void {
    const held = this.at(question);
    this.held.set(question.position, { ...held, sent: [...held.sent, options] });
  }

  /** Nothing of it is on its way any more. What was refused for good counts as chosen and not saved again. */
  refused(question: Question): void {
    this.held.set(question.position, { ...this.at(question), sent: [] });
  }

  private at(question: Question): Held {
    const { position } = question;
    const recorded = recordedOf(question);
    const held = this.held.get(position);
    if (held === undefined) {
      const options = this.drafts.of(question)?.options;
      return this.hold(position, { options, base: recorded, sent: this.keptFor(position) });
    }
    if (sameChoice(held.base, recorded)) return held;
    const mine = held.sent.findIndex((options) => sameChoice(options, recorded));
    const sent = held.sent.slice(mine + 1);
    const further = held.options !== undefined && !sameChoice(held.options, recorded);
    if (mine >= 0 && (further || sent.length > 0))
      return this.hold(position, { options: held.options, base: recorded, sent });
    // Stored, or answered on another device: what is recorded goes before what was only chosen.
    this.drafts.keep({ itemId: question.item_id, position, options: [] }, this.now());
    return this.hold(position, { options: undefined, base: recorded, sent: [] });
  }

  private keptFor(position: number): Held["sent"] {
    return this.kept
      .filter(isAnswer)
      .flatMap((one) => (one.position === position ? [one.response.options] : []));
  }

  private hold(position: number, held: Held): Held {
    this.held.set(position, held);
    return held;
  }
}

function recordedOf({ choice }: Question): readonly string[] {
  return choice ?? [];
}
