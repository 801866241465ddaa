/**
 * Owns the choice of the open question of an exam on this device: that leaving the question or the page, hiding the page, or the
 * end of the time saves it.
 */
import type { Question } from "@protocol";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Snapshot } from "../connection/connection";
import { type Command, isAnswer } from "../connection/outbox";
import { requestId } from "../connection/request-id";
import { type Left, leftBehind, takesAnswers } from "../session/exam";
import { ExamDrafts } from "../session/exam-drafts";
import type { Phase } from "../session/exam-time";
import type { OpenSession } from "../session/open";

/** Where a page that is loaded anew finds which answer the one before it sent as it went: of this tab alone, as its open question is. */
const STAYING_KEY = "learnr.exam-staying";

interface Staying {
  current: string | undefined;
}

export interface ExamChoice {
  readonly chosen: readonly string[];
  /** Chosen, and neither stored nor on its way. */
  readonly unsaved: boolean;
  readonly pick: (option: string) => void;
  /** Sends what is not saved; nothing when all is. */
  readonly save: () => void;
  /** The learner goes to another question: what is saved by itself brings them back no more. */
  readonly goesOn: () => void;
}

export function useExamChoice(
  { connection, drafts }: OpenSession,
  { session, pending }: Snapshot,
  question: Question,
  phase: Phase,
): ExamChoice {
  const kept = useMemo(
    () =>
      new ExamDrafts(
        drafts,
        pending.map(({ message }) => message),
      ),
    [drafts],
  );
  const [, redraw] = useState(0);
  const before = useRef<Left>(undefined);
  /** The last answer that was sent without the learner saying so: they stay at its question. */
  const staying = useMemo<Staying>(() => ({ current: sessionStorage.getItem(STAYING_KEY) ?? undefined }), []);
  const send = (of: Question): string | undefined => {
    const options = kept.unsaved(of);
    if (options === undefined) return undefined;
    const id = requestId();
    kept.sent(of, options);
    connection.submit(answerTo(of, options, id));
    return id;
  };
  const keep = () => {
    if (takesAnswers(connection.snapshot.value, phase)) staying.current = send(question) ?? staying.current;
  };
  const leave = () => {
    keep();
    if (staying.current === undefined) return;
    // Nobody will be there to hear the receipt. A page that is closed may get no more than the answer out: the next one goes back.
    connection.goTo(question.position);
    sessionStorage.setItem(STAYING_KEY, staying.current);
  };
  // Whoever moved on, this device or another: what was chosen at the question left is not lost.
  useLayoutEffect(() => {
    const left = before.current && leftBehind(before.current, session.exam, question);
    const last = session.exam?.last;
    before.current = { question, last };
    if (left !== undefined) send(left);
    if (last === undefined || last.requestId !== staying.current) return;
    forget(staying);
    // The server goes on from an answer to the open question, and nobody has asked for that.
    if (last.position !== question.position) connection.goTo(last.position);
  }, [question, session.exam]);
  useLayoutEffect(() => {
    if (phase === "ending") keep();
  }, [phase]);
  useWhenGone({ hidden: keep, left: leave });
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
      // There may be no time left to say so.
      if (phase === "ending") keep();
      redraw((n) => n + 1);
    },
    save() {
      forget(staying);
      send(question);
    },
    goesOn: () => forget(staying),
  };
}

/** Nobody is brought back to the question any more. */
function forget(staying: Staying): void {
  staying.current = undefined;
  sessionStorage.removeItem(STAYING_KEY);
}

function answerTo({ position }: Question, options: readonly string[], id: string): Command {
  return { type: "answer", request_id: id, position, response: { kind: "choice", options: [...options] } };
}

interface Gone {
  /** It may be asleep when the time is up, or never be looked at again. */
  readonly hidden: () => void;
  /** For another page, or closed, or loaded anew. */
  readonly left: () => void;
}

function useWhenGone(gone: Gone): void {
  const latest = useRef(gone);
  latest.current = gone;
  useEffect(() => {
    const hidden = () => document.visibilityState === "hidden" && latest.current.hidden();
    const left = () => latest.current.left();
    document.addEventListener("visibilitychange", hidden);
    window.addEventListener("pagehide", left);
    return () => {
      document.removeEventListener("visibilitychange", hidden);
      window.removeEventListener("pagehide", left);
      left();
    };
  }, []);
}
