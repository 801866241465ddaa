import type { Question } from "@protocol";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Competency } from "../components/competency";
import { QuestionView } from "../components/question-view";
import { SessionControls } from "../components/session-controls";
import type { Snapshot } from "../connection/connection";
import type { Command } from "../connection/outbox";
import { requestId } from "../connection/request-id";
import { choose, type Draft, draftFor, entersForm, optionOfKey, type View } from "../session/choice";
import type { OpenSession } from "../session/open";
import { positionWords } from "../session/words";

interface Props {
  readonly open: OpenSession;
  readonly snapshot: Snapshot;
  readonly view: Extract<View, { kind: "question" | "result" | "paused" }>;
  readonly areaTitle: (id: string) => string;
  /** The learner has gone on from the result at this position. */
  readonly onRead: (position: number) => void;
}

/** The question, what can be done with it, and where the learner stands. */
export function SessionColumn({ open, snapshot, view, areaTitle, onRead }: Props) {
  const { session, refusal } = snapshot;
  const { connection, clock } = open;
  const [draft, setDraft] = useState<Draft>();
  const submit = (type: "pause" | "resume" | "finish") =>
    connection.submit({ type, request_id: requestId() });
  const finish = () => {
    if (session.result) onRead(session.result.answer.position);
    submit("finish");
  };
  if (view.kind === "paused") return <Paused onResume={() => submit("resume")} refusal={refusal} />;

  const result = view.kind === "result" ? view.result : undefined;
  const question = view.kind === "result" ? view.result.question : view.question;
  const sent = view.kind === "question" ? view.sent : undefined;
  const current = draftFor(question, draft);
  const chosen = result?.answer.choice ?? sent ?? current.options;
  const send = () => {
    if (result) onRead(result.answer.position);
    else if (sent === undefined && chosen.length > 0) connection.submit(answerTo(question, chosen));
  };
  const pick = (option: string) => {
    if (result === undefined && sent === undefined) setDraft(choose(question, current, option));
  };
  const last = view.kind === "result" && view.last;
  const rows = [...session.areas].map(([id, area]) => ({ id, title: areaTitle(id), ...area }));
  return (
    <>
      <form
        class="question"
        data-position={question.position}
        data-item={question.item_id}
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <QuestionView
          question={question}
          result={result}
          chosen={chosen}
          locked={result !== undefined || sent !== undefined}
          area={areaTitle(question.area)}
          position={positionWords(question.position, session.progress.length, session.info?.kind)}
          clock={clock}
          onChoose={pick}
        />
        <Keys question={question} onPick={pick} onEnter={send} />
        <div class="actions">
          <Primary
            words={result ? (last ? "See summary" : "Next") : sent ? sendingWords(snapshot) : "Send"}
            disabled={result === undefined && (sent !== undefined || chosen.length === 0)}
            focusOn={result}
          />
          <p class="keys small quiet" aria-hidden="true">
            {!result && (
              <>
                <kbd>1</kbd> to <kbd>{question.options.length}</kbd> choose,{" "}
              </>
            )}
            <kbd>Enter</kbd> {result ? "goes on" : "sends"}
          </p>
          {!last && (
            <SessionControls
              answered={session.progress.answered}
              onPause={() => submit("pause")}
              onFinish={finish}
            />
          )}
        </div>
        {refusal !== undefined && <p class="refusal">{refusal}</p>}
      </form>
      <Competency rows={rows} />
    </>
  );
}

function answerTo(question: Question, options: readonly string[]): Command {
  return {
    type: "answer",
    request_id: requestId(),
    position: question.position,
    response: { kind: "choice", options: [...options] },
  };
}

function sendingWords({ link }: Snapshot): string {
  return link.kind === "live" || link.kind === "saving" ? "Sending" : "Kept";
}

/** The one main button; it takes the focus when a result appears. */
function Primary(props: {
  readonly words: string;
  readonly disabled: boolean;
  readonly focusOn: object | undefined;
}) {
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    // The button is always in view: the page does not have to move to show it.
    if (props.focusOn) button.current?.focus({ preventScroll: true });
  }, [props.focusOn]);
  return (
    <button type="submit" ref={button} class="button primary" disabled={props.disabled} id="primary">
      {props.words}
    </button>
  );
}

/** Digits choose and Enter sends, wherever the focus is, unless it is on something with a use of its own for the key. */
function Keys(props: {
  readonly question: Question;
  readonly onPick: (option: string) => void;
  readonly onEnter: () => void;
}) {
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const { question, onPick, onEnter } = latest.current;
      const option = optionOfKey(question, event.key);
      if (option !== undefined && !event.repeat) {
        onPick(option);
        document.querySelector<HTMLInputElement>(`input[value="${CSS.escape(option)}"]`)?.focus();
      } else if (event.key === "Enter" && event.repeat) {
        // A key held down must not run through the questions.
        event.preventDefault();
      } else if (event.key === "Enter" && entersForm(event.target)) {
        event.preventDefault();
        onEnter();
      }
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, []);
  return null;
}

function Paused({
  onResume,
  refusal,
}: {
  readonly onResume: () => void;
  readonly refusal: string | undefined;
}) {
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => button.current?.focus(), []);
  return (
    <div class="panel">
      <h1>Paused</h1>
      <p>The clock is stopped and your place is kept. Go on whenever you like, on this device or another.</p>
      <button type="button" ref={button} class="button primary" onClick={onResume}>
        Go on
      </button>
      {refusal !== undefined && <p class="refusal">{refusal}</p>}
    </div>
  );
}
