/**
 * Owns the choices of an exam that were not sent: one a question, kept over reloads, dropped when another device answers
 * the question. Knows no page and no socket.
 */
import type { Question } from "@protocol";
import { choose } from "./choice";
import type { Drafts } from "./drafts";
import { sameChoice } from "./exam";

interface Held {
  /** What is chosen; absent while nothing was touched. */
  readonly options: readonly string[] | undefined;
  /** What was recorded when it was chosen. */
  readonly base: readonly string[];
  /** What of it was sent last: once that is recorded, a later choice goes on from there. */
  readonly sent?: readonly string[];
}

export class ExamDrafts {
  private readonly held = new Map<number, Held>();

  constructor(
    private readonly drafts: Drafts,
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
    return sameChoice(options, sent ?? base) ? undefined : options;
  }

  choose(question: Question, option: string): void {
    const { item_id: itemId, position } = question;
    const draft = choose(question, { itemId, position, options: this.chosen(question) }, option);
    this.held.set(position, { ...this.at(question), options: draft.options });
    this.drafts.keep(draft, this.now());
  }

  /** It is on its way. */
  sent(question: Question, options: readonly string[]): void {
    this.held.set(question.position, { ...this.at(question), sent: options });
  }

  /** It was refused for good: it counts as chosen and not saved again. */
  refused(question: Question): void {
    const { sent: _, ...held } = this.at(question);
    this.held.set(question.position, held);
  }

  private at(question: Question): Held {
    const { position } = question;
    const recorded = recordedOf(question);
    const held = this.held.get(position);
    if (held === undefined)
      return this.hold(position, { options: this.drafts.of(question)?.options, base: recorded });
    if (sameChoice(held.base, recorded)) return held;
    const mine = held.sent !== undefined && sameChoice(held.sent, recorded);
    const further = held.options !== undefined && !sameChoice(held.options, recorded);
    if (mine && further) return this.hold(position, { options: held.options, base: recorded });
    // Stored, or answered on another device: what is recorded goes before what was only chosen.
    this.drafts.keep({ itemId: question.item_id, position, options: [] }, this.now());
    return this.hold(position, { options: undefined, base: recorded });
  }

  private hold(position: number, held: Held): Held {
    this.held.set(position, held);
    return held;
  }
}

function recordedOf({ choice }: Question): readonly string[] {
  return choice ?? [];
}
