import { useEffect, useState } from "preact/hooks";
import type { Snapshot } from "../connection/connection";
import { type Link, linkWords } from "../connection/link";
import { isAnswer } from "../connection/outbox";
import { Icon, type IconName } from "./icon";

const ICONS: Record<Link["kind"], IconName> = {
  connecting: "reconnecting",
  live: "live",
  saving: "saving",
  reconnecting: "reconnecting",
  offline: "offline",
  ended: "live",
  stopped: "offline",
};

/** The one place that says how the page stands with the server. */
export function LinkLine({ snapshot }: { readonly snapshot: Snapshot }) {
  const { link, pending } = snapshot;
  const counting = link.kind === "reconnecting" && link.at !== undefined;
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    setNow(Date.now());
    if (!counting) return;
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, [counting]);
  const kept = pending.filter(({ message }) => isAnswer(message)).length;
  return (
    <p class={`link-line link-${link.kind}`} data-link={link.kind}>
      <Icon name={ICONS[link.kind]} />
      <span>{linkWords(link, now, kept)}</span>
    </p>
  );
}
