import type { Question } from "@protocol";
import { Actions } from "../components/actions";
import { Competency } from "../components/competency";
import { Keys } from "../components/keys";
import { Paused } from "../components/paused";
import { QuestionView } from "../components/question-view";
import type { Snapshot } from "../connection/connection";
import type { Command } from "../connection/outbox";
import { requestId } from "../connection/request-id";
import { QuestionTools } from "../keeping/question-tools";
import type { View } from "../session/choice";
import type { OpenSession } from "../session/open";
import { positionWords } from "../session/words";
import { words } from "../words";
import { useDraft } from "./use-draft";

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
  const asked = view.kind === "question" ? view.question : undefined;
  const [draft, choose] = useDraft(open.drafts, asked);
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
  const chosen = result?.answer.choice ?? sent ?? draft;
  const send = () => {
    if (result) onRead(result.answer.position);
    else if (sent === undefined && chosen.length > 0) connection.submit(answerTo(question, chosen));
  };
  const pick = (option: string) => {
    if (result === undefined && sent === undefined) choose(option);
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
          deadline={(session.question ?? question).deadline_ms}
          over={last}
          clock={clock}
          onChoose={pick}
        />
        <Keys question={question} onPick={pick} onEnter={send} />
        <Actions
          words={primaryWords(snapshot, result !== undefined, last, sent !== undefined)}
          disabled={result === undefined && (sent !== undefined || chosen.length === 0)}
          result={result}
          options={question.options.length}
          answered={session.progress.answered}
          waiting={waitingOf(snapshot)}
          last={last}
          onPause={() => submit("pause")}
          onFinish={finish}
        />
        {refusal !== undefined && <p class="refusal">{refusal}</p>}
      </form>
      <div class="tools-room">
        {result && session.info && (
          <QuestionTools
            certification={session.info.certification.id}
            item={question.item_id}
            position={question.position}
          />
        )}
      </div>
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

function waitingOf({ pending }: Snapshot): "pause" | "resume" | "finish" | undefined {
  const types = pending.map(({ message }) => message.type);
  return (["finish", "pause", "resume"] as const).find((type) => types.includes(type));
}

/** What the main button says: what it does next, or what is being done. */
function primaryWords({ link }: Snapshot, answered: boolean, last: boolean, sent: boolean): string {
  if (answered) return last ? words.session.seeSummary : words.session.next;
  if (!sent) return words.session.send;
  return link.kind === "live" || link.kind === "saving" ? words.session.sending : words.session.kept;
}
