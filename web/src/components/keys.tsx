import type { Question } from "@protocol";
import { useEffect, useRef } from "preact/hooks";
import { entersForm, optionOfKey } from "../session/choice";

/** Digits choose and Enter sends, wherever the focus is, unless it is on something with a use of its own for the key. */
export function Keys(props: {
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
