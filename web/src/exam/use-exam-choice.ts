/**
 * Owns the choice of the open question of an exam on this device: that leaving the question, or the end of the time, saves it.
 */
import type { Question } from "@protocol";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Snapshot } from "../connection/connection";
import { isAnswer } from "../connection/outbox";
import { requestId } from "../connection/request-id";
import { type Left, leftBehind } from "../session/exam";
import { ExamDrafts } from "../session/exam-drafts";
import type { Phase } from "../session/exam-time";
import type { OpenSession } from "../session/open";

export interface ExamChoice {
  readonly chosen: readonly string[];
  /** Chosen, and neither stored nor on its way. */
  readonly unsaved: boolean;
  readonly pick: (option: string) => void;
  /** Sends what is not saved; nothing when all is. */
  readonly save: () => void;
}

export function useExamChoice(
  { connection, drafts }: OpenSession,
  { session, pending }: Snapshot,
  question: Question,
  phase: Phase,
): ExamChoice {
  const kept = useMemo(() => new ExamDrafts(drafts), [drafts]);
  const [, redraw] = useState(0);
  const before = useRef<Left>(undefined);
  const send = (of: Question) => {
    const options = kept.unsaved(of);
    if (options === undefined) return;
    kept.sent(of, options);
    connection.submit({
      type: "answer",
      request_id: requestId(),
      position: of.position,
      response: { kind: "choice", options: [...options] },
    });
  };
  // Whoever moved on, this device or another: what was chosen at the question left is not lost.
  useLayoutEffect(() => {
    const left = before.current && leftBehind(before.current, session.exam, question);
    before.current = { question, last: session.exam?.last };
    if (left !== undefined) send(left);
  }, [question, session.exam]);
  useLayoutEffect(() => {
    if (phase === "ending") send(question);
  }, [phase]);
  const sent = pending.some(({ message }) => isAnswer(message) && message.position === question.position);
  useLayoutEffect(() => {
    // Nothing is on its way any more: stored, and then it is what is recorded; or refused, and then it is not saved.
    if (!sent) kept.refused(question);
    redraw((n) => n + 1);
  }, [sent, question.position]);
  const unsaved = kept.unsaved(question) !== undefined;
  return {
    chosen: kept.chosen(question),
    unsaved,
    pick(option) {
      kept.choose(question, option);
      redraw((n) => n + 1);
    },
    save: () => send(question),
  };
}
