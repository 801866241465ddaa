/**
 * Owns the choice that was not sent: in this page, and for a page that comes after it.
 */
import type { Question } from "@protocol";
import { useMemo, useState } from "preact/hooks";
import { choose, type Draft, draftFor } from "../session/choice";
import type { Drafts } from "../session/drafts";

/** What is chosen for `question`, and how to choose. */
export function useDraft(
  drafts: Drafts,
  question: Question | undefined,
): readonly [readonly string[], (option: string) => void] {
  const [draft, setDraft] = useState<Draft>();
  const kept = useMemo(
    () => question && drafts.of(question),
    [drafts, question?.item_id, question?.position],
  );
  if (question === undefined) return [[], () => undefined];
  const current = draftFor(question, draft?.position === question.position ? draft : kept);
  const pick = (option: string) => {
    const next = choose(question, current, option);
    drafts.keep(next, Date.now());
    setDraft(next);
  };
  return [current.options, pick];
}
