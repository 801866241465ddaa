import type { Question } from "@protocol";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { useApp } from "../app-context";
import type { Snapshot } from "../connection/connection";
import { requestId } from "../connection/request-id";
import { EMPTY_EXAM, isFlagged, placesOf, tallyOf } from "../session/exam";
import type { OpenSession } from "../session/open";
import { words } from "../words";
import { ExamOverview } from "./exam-overview";
import { ExamQuestion } from "./exam-question";
import { ExamSubmit } from "./exam-submit";
import { useExamChoice } from "./use-exam-choice";
import { usePhase } from "./use-phase";

interface Props {
  readonly open: OpenSession;
  readonly snapshot: Snapshot;
  readonly question: Question;
  readonly areaTitle: (id: string) => string;
}

/** What stands in the column: the open question, every question at a glance, or the question whether to submit. */
type Stage = "question" | "overview" | "submit";

/** An exam from its first question to its submission. Nothing here says what is right: the server tells nobody yet. */
export function ExamColumn({ open, snapshot, question, areaTitle }: Props) {
  const { session, pending, link, refusal } = snapshot;
  const { connection, clock } = open;
  const { announcement } = useApp();
  const [stage, setStage] = useState<Stage>("question");
  const wanted = useRef<number>(undefined);
  const phase = usePhase(question.deadline_ms, clock);
  const choice = useExamChoice(open, snapshot, question, phase);
  const commands = pending.map(({ message }) => message);
  const submitting = commands.some(({ type }) => type === "finish");
  const { position } = question;
  const { length } = session.progress;
  const exam = session.exam ?? EMPTY_EXAM;
  const unsaved = new Set(choice.unsaved ? [position] : []);
  const places = placesOf({ length, exam, pending: commands, unsaved, current: position });
  const away = link.kind !== "live" && link.kind !== "saving";
  const over = phase === "over";
  useLayoutEffect(() => {
    if (over) announcement.set(away ? words.exam.timeUpAway : words.exam.timeUp);
  }, [over]);

  useLayoutEffect(() => {
    // Not before it is there: the question left would be drawn once more in between, and one that comes first is not the one asked for.
    if (wanted.current !== position) return;
    setStage("question");
    wanted.current = undefined;
  }, [position]);

  useLayoutEffect(() => {
    if (away || refusal !== undefined) wanted.current = undefined;
  }, [away, refusal]);

  const goTo = (to: number) => {
    choice.goesOn();
    if (to === position) setStage("question");
    else if (connection.goTo(to)) wanted.current = to;
    else announcement.set(words.exam.needsConnection);
  };
  const flag = () => {
    const type = isFlagged(exam, commands, position) ? "unflag" : "flag";
    connection.submit({ type, request_id: requestId(), position });
  };
  const submit = () => {
    choice.save();
    connection.submit({ type: "finish", request_id: requestId() });
    announcement.set(words.exam.submitting);
  };
  const shared = { clock, deadline: question.deadline_ms, over, away, submitting, refusal };
  const around = { ...shared, onGo: goTo, onBack: () => setStage("question") };
  const tally = tallyOf(places, exam);
  if (stage === "overview") {
    return <ExamOverview {...around} places={places} tally={tally} onSubmit={() => setStage("submit")} />;
  }
  if (stage === "submit") {
    return <ExamSubmit {...around} tally={tally} position={position} onSubmit={submit} />;
  }
  return (
    <ExamQuestion
      {...around}
      question={question}
      choice={choice}
      place={places[position - 1]}
      length={length}
      area={areaTitle(question.area)}
      onFlag={flag}
      onOverview={() => setStage("overview")}
      onEnd={() => setStage("submit")}
    />
  );
}
