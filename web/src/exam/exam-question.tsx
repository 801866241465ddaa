import type { Question } from "@protocol";
import { Icon } from "../components/icon";
import { Keys } from "../components/keys";
import { QuestionView } from "../components/question-view";
import type { ServerClock } from "../connection/clock";
import type { Place } from "../session/exam";
import { positionWords } from "../session/words";
import { words } from "../words";
import { ExamNotice } from "./exam-notice";
import type { ExamChoice } from "./use-exam-choice";

/** What every stage of an exam is given. */
export interface ExamStage {
  readonly clock: ServerClock;
  /** By the server's clock. */
  readonly deadline: number | undefined;
  /** The time is up. */
  readonly over: boolean;
  /** The server does not hear this page just now. */
  readonly away: boolean;
  readonly submitting: boolean;
  readonly refusal: string | undefined;
  readonly onGo: (position: number) => void;
}

interface Props extends ExamStage {
  readonly question: Question;
  readonly choice: ExamChoice;
  readonly place: Place | undefined;
  readonly length: number;
  readonly area: string;
  readonly onFlag: () => void;
  readonly onOverview: () => void;
  readonly onEnd: () => void;
}

/** The open question: choose, save, flag, and go to any other. */
export function ExamQuestion(props: Props) {
  const { question, choice, over, submitting, length } = props;
  const { position } = question;
  const locked = over || submitting;
  const last = position === length;
  const forward = () => {
    if (locked) return;
    if (choice.unsaved) choice.save();
    else if (last) props.onEnd();
    else props.onGo(position + 1);
  };
  return (
    <form
      class="question is-exam"
      data-position={position}
      data-item={question.item_id}
      data-standing={props.place?.standing}
      onSubmit={(event) => {
        event.preventDefault();
        forward();
      }}
    >
      <QuestionView
        question={question}
        chosen={choice.chosen}
        locked={locked}
        area={props.area}
        position={positionWords(position, length, "exam")}
        deadline={props.deadline}
        over={over}
        clock={props.clock}
        onChoose={(option) => !locked && choice.pick(option)}
        note={noteOf(props)}
      />
      <Keys question={question} onPick={(option) => !locked && choice.pick(option)} onEnter={forward} />
      <ExamActions {...props} locked={locked} last={last} />
      <ExamNotice {...props} />
    </form>
  );
}

interface ActionsProps extends Props {
  readonly locked: boolean;
  readonly last: boolean;
}

/** The bar below the question: always in view, always in the same place. */
function ExamActions({ question, choice, place, locked, last, away, ...props }: ActionsProps) {
  const { position } = question;
  return (
    <div class="actions exam-actions">
      <button
        type="submit"
        class="button primary"
        id="primary"
        aria-disabled={locked || (away && !choice.unsaved && !last)}
      >
        {primaryWords(choice, question, last)}
      </button>
      <button
        type="button"
        class="button"
        aria-disabled={locked || away || position === 1}
        onClick={() => !locked && position > 1 && props.onGo(position - 1)}
      >
        {words.exam.previous}
      </button>
      <button
        type="button"
        class="button flag-button"
        aria-disabled={locked}
        onClick={() => !locked && props.onFlag()}
      >
        <Icon name={place?.flagged ? "flagged" : "flag"} />
        {place?.flagged ? words.exam.unflag : words.exam.flag}
      </button>
      <button type="button" class="button" onClick={props.onOverview}>
        {words.exam.overview}
      </button>
    </div>
  );
}

function primaryWords({ unsaved }: ExamChoice, { choice }: Question, last: boolean): string {
  if (!unsaved) return last ? words.exam.toSubmit : words.exam.next;
  if (!last) return words.exam.saveAndNext;
  return choice === undefined ? words.exam.save : words.exam.saveChange;
}

function noteOf({ place, away }: Props): string {
  switch (place?.standing) {
    case "unsaved":
      return words.exam.notes.unsaved;
    case "saving":
      return away ? words.exam.notes.kept : words.exam.notes.saving;
    case "answered":
      return words.exam.notes.saved;
    default:
      return words.exam.notes.none;
  }
}
