/**
 * Owns the life of a form: checked here first, sent once at a time, the focus on the first thing that is wrong.
 */
import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { type ApiError, asApiError } from "../api/errors";

/** What is wrong, by the name of its field. Nothing of it is true when all are undefined. */
export type Problems = Readonly<Record<string, string | undefined>>;

export interface Form {
  readonly element: RefObject<HTMLFormElement | null>;
  readonly problems: Problems;
  /** What the server said no with; empty when it did not. */
  readonly refusal: string;
  readonly sending: boolean;
  readonly submit: (event: Event) => void;
}

/**
 * `check` says what is wrong with what is entered, `send` sends it, and `wordsOf` says a refusal in other words than the
 * server's where the form knows better.
 */
export function useForm(
  check: () => Problems,
  send: () => Promise<void>,
  wordsOf: (error: ApiError) => string = ({ message }) => message,
): Form {
  const element = useRef<HTMLFormElement>(null);
  const [problems, setProblems] = useState<Problems>({});
  const [refusal, setRefusal] = useState("");
  const [sending, setSending] = useState(false);
  const alive = useRef(true);
  useLayoutEffect(() => {
    alive.current = true;
    return () => {
      alive.current = false;
    };
  }, []);
  useLayoutEffect(() => {
    element.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [problems]);
  useLayoutEffect(() => {
    if (refusal !== "") element.current?.querySelector<HTMLElement>("[data-refusal]")?.focus();
  }, [refusal]);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (sending) return;
    const found = check();
    setProblems(found);
    setRefusal("");
    if (Object.values(found).some((problem) => problem !== undefined)) return;
    setSending(true);
    try {
      await send();
    } catch (error) {
      if (alive.current) setRefusal(wordsOf(asApiError(error)));
    }
    if (alive.current) setSending(false);
  };
  return { element, problems, refusal, sending, submit: (event) => void submit(event) };
}
