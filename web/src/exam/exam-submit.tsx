import { useLayoutEffect, useRef } from "preact/hooks";
import { TimeLeft } from "../components/time-left";
import type { Tally } from "../session/exam";
import { words } from "../words";
import { ExamNotice } from "./exam-notice";
import { useEscape } from "./exam-overview";
import type { ExamStage } from "./exam-question";

interface Props extends ExamStage {
  readonly tally: Tally;
  readonly position: number;
  readonly onBack: () => void;
  readonly onSubmit: () => void;
}

/** Asks once, and says what is not answered. */
export function ExamSubmit(props: Props) {
  const { tally, over, submitting, position } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => {
    document.title = `${words.exam.submitTitle} · ${words.app}`;
    heading.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, []);
  useEscape(props.onBack);
  const length = tally.answered + tally.unanswered.length;
  const locked = over || submitting;
  // What is chosen at the open question is saved first, and so it is answered.
  const open = tally.unanswered.filter((one) => !tally.unsaved.includes(one));
  const first = open[0];
  return (
    <section class="exam-submit" aria-labelledby="submit-title">
      <p class="where small quiet">
        <span>{words.exam.tally(tally.answered, length, tally.flagged.length)}</span>
        <TimeLeft deadline={props.deadline} clock={props.clock} over={over} />
      </p>
      <h1 ref={heading} tabIndex={-1} id="submit-title">
        {words.exam.submitTitle}
      </h1>
      <div class="exam-words">
        {open.length === 0 ? <p>{words.exam.allAnswered(length)}</p> : <p>{words.exam.unanswered(open)}</p>}
        {tally.unsaved.length > 0 && <p>{words.exam.unsaved(tally.unsaved)}</p>}
        {tally.flagged.length > 0 && <p>{words.exam.flaggedOnes(tally.flagged)}</p>}
        <p>{words.exam.submitSure}</p>
      </div>
      <div class="actions exam-actions">
        <button
          type="button"
          class="button primary"
          aria-disabled={locked}
          onClick={() => !locked && props.onSubmit()}
        >
          {words.exam.submitNow}
        </button>
        {first !== undefined && first !== position && (
          <button
            type="button"
            class="button"
            aria-disabled={locked || props.away}
            onClick={() => !locked && props.onGo(first)}
          >
            {words.exam.goTo(first)}
          </button>
        )}
        <button type="button" class="button" onClick={props.onBack}>
          {words.exam.back(position)}
        </button>
      </div>
      <ExamNotice {...props} />
    </section>
  );
}
