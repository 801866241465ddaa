/**
 * Owns what a screen reader hears of a session, in whole sentences. Pure: what was and what is, to words.
 */
import type { Snapshot } from "../connection/connection";
import { linkAnnouncement } from "../connection/link";
import { isAnswer } from "../connection/outbox";
import { plain } from "../markdown";
import { words } from "../words";
import type { Result } from "./state";
import { endWords, scoreWords } from "./words";

/** What changed that is worth hearing; empty when nothing did. */
export function announcementOf(before: Snapshot, now: Snapshot, areaTitle: (id: string) => string): string {
  const parts: string[] = [];
  const firstContact = before.link.kind === "connecting" && now.link.kind === "live";
  // "Saving" comes and goes on the same connection: only a change of hands is said aloud.
  const sameLine =
    before.link.kind === now.link.kind || (before.link.kind === "saving" && now.link.kind === "live");
  if (!sameLine && !firstContact) parts.push(linkAnnouncement(now.link));
  const { result } = now.session;
  if (result && result !== before.session.result) parts.push(resultWords(result, areaTitle));
  if (now.session.status !== before.session.status && before.session.drawn) {
    if (now.session.status === "paused") parts.push(words.session.said.paused);
    if (now.session.status === "open") parts.push(words.session.said.goingOn);
    if (now.session.summary?.reason === "time") parts.push(endWords("time"));
  }
  parts.push(examWords(before, now));
  if (now.refusal !== undefined && now.refusal !== before.refusal) parts.push(now.refusal);
  return parts.filter((part) => part !== "").join(" ");
}

/** What was stored of an exam: by this device, or by another one. */
function examWords(before: Snapshot, now: Snapshot): string {
  const [was, is] = [before.session.exam, now.session.exam];
  if (was === undefined || is === undefined) return "";
  const parts: string[] = [];
  if (is.last && is.last !== was.last) {
    const { position, requestId } = is.last;
    const mine = before.pending.some(({ message }) => message.request_id === requestId);
    // This device's own earlier answer, or one that this device's replaces in a moment: neither is news.
    const replaced = before.pending.some(({ message }) => isAnswer(message) && message.position === position);
    if (mine) parts.push(words.exam.said.saved(position));
    else if (!replaced) parts.push(words.exam.said.elsewhere(position));
  }
  if (is.lastFlag && is.lastFlag !== was.lastFlag) {
    parts.push(words.exam.said.flag(is.lastFlag.position, is.lastFlag.flagged));
  }
  return parts.join(" ");
}

function resultWords({ question, answer }: Result, areaTitle: (id: string) => string): string {
  const options = answer.correct_choice.map((id) => {
    const index = question.options.findIndex((option) => option.id === id);
    return `${index + 1}, ${plain(question.options[index]?.text ?? "")}`;
  });
  const texts = new Map(answer.explanations.map(({ option_id, text }) => [option_id, plain(text)]));
  const because = [...new Set([...answer.choice, ...answer.correct_choice])].map((id) => texts.get(id) ?? "");
  const moved = answer.competency.map((score) => `${areaTitle(score.area)}: ${scoreWords(score)}.`);
  const verdict = answer.correct ? words.session.said.right : words.session.said.wrong(options.join("; "));
  return [verdict, ...because, ...moved].filter((part) => part !== "").join(" ");
}
