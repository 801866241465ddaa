/**
 * Owns starting a session from a page: once however often it is pressed, to the session, or to why not.
 */
import { useState } from "preact/hooks";
import { asApiError } from "../api/errors";
import { useApp } from "../app-context";
import { sessionPath } from "../paths";
import { requestOf, type StartDraft } from "../session/start-draft";
import { kindTitle, startErrorWords } from "../session/words";
import { useGo } from "../use-go";
import { words } from "../words";

interface Starter {
  readonly starting: boolean;
  /** Why it could not be started, and what to do; empty when nothing is wrong. */
  readonly problem: string;
  readonly setProblem: (words: string) => void;
  readonly start: (draft: StartDraft) => Promise<void>;
}

/** `onStarted`: before the page is left. */
export function useStart(
  certification: string,
  onStarted: (draft: StartDraft) => void = () => undefined,
): Starter {
  const { api, notice } = useApp();
  const go = useGo();
  const [starting, setStarting] = useState(false);
  const [problem, setProblem] = useState("");
  const start = async (draft: StartDraft) => {
    if (starting) return;
    setStarting(true);
    setProblem("");
    try {
      const ticket = await api.createSession(requestOf(draft, certification));
      onStarted(draft);
      if (ticket.resumed) notice.set(words.start.resumed(kindTitle(draft.kind)));
      go(sessionPath(ticket.session_id));
    } catch (error) {
      setProblem(startErrorWords(asApiError(error), draft.kind));
      setStarting(false);
    }
  };
  return { starting, problem, setProblem, start };
}
