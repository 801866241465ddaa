import type { Question } from "@protocol";
import { useEffect, useRef } from "preact/hooks";
import type { ServerClock } from "../connection/clock";
import { verdictOf } from "../session/choice";
import type { Result } from "../session/state";
import { howWords, reasonWords } from "../session/words";
import { words } from "../words";
import { Markdown } from "./markdown";
import { OptionCard } from "./option-card";
import { TimeLeft } from "./time-left";

interface Props {
  readonly question: Question;
  readonly result?: Result | undefined;
  readonly chosen: readonly string[];
  /** Sent: nothing can be chosen any more. */
  readonly locked: boolean;
  readonly area: string;
  readonly position: string;
  /** When the session's time runs out, by the server's clock; undefined when it has no limit. */
  readonly deadline: number | undefined;
  /** No question follows. */
  readonly over: boolean;
  readonly clock: ServerClock;
  readonly onChoose: (option: string) => void;
  /** What is said below the options while there is no result. */
  readonly note?: string;
}

/** The question in its column, before and after the answer: the same elements in the same places. */
export function QuestionView(props: Props) {
  const { question, result, chosen, locked } = props;
  const stem = useRef<HTMLDivElement>(null);
  const stimulus = useRef<HTMLElement>(null);
  useEffect(() => {
    // A new question begins at its top, for eyes and screen readers alike: at the case, where there is one.
    document.title = `${props.position} · ${words.app}`;
    // A result seen first (after a pause or a reload) leaves the focus to the button that goes on.
    if (!result) (stimulus.current ?? stem.current)?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [question.item_id, question.position]);
  const explanations = new Map(result?.answer.explanations.map(({ option_id, text }) => [option_id, text]));
  return (
    <>
      <p class="where small quiet">
        <span dir="auto">{props.area}</span>
        <span>{props.position}</span>
        <TimeLeft deadline={props.deadline} clock={props.clock} over={props.over} />
      </p>
      {question.stimulus !== undefined && (
        <section ref={stimulus} class="stimulus" aria-label={words.session.case} tabIndex={-1}>
          <Markdown text={question.stimulus} />
        </section>
      )}
      {/* biome-ignore lint/a11y/useSemanticElements: a stem may hold paragraphs and lists, which an h1 may not. */}
      <div ref={stem} class="stem" tabIndex={-1} role="heading" aria-level={1} id="stem">
        <Markdown text={question.stem} />
      </div>
      <p class="small quiet how">{howWords(question, result)}</p>
      <fieldset class="options" aria-labelledby="stem">
        {question.options.map(({ id, text }, index) => (
          <OptionCard
            key={id}
            id={id}
            text={text}
            digit={index + 1}
            select={question.select}
            chosen={chosen.includes(id)}
            locked={locked}
            verdict={result && verdictOf(result, id)}
            explanation={explanations.get(id) ?? ""}
            onChoose={() => props.onChoose(id)}
          />
        ))}
      </fieldset>
      <p class="small reason">{result ? reasonWords(question.reason) : (props.note ?? "")}</p>
    </>
  );
}
