import { useEffect, useRef, useState } from "preact/hooks";
import { useApp } from "../app-context";
import type { ServerClock } from "../connection/clock";
import { timeAnnouncement } from "../session/time-left";
import { countdown } from "../session/words";
import { words } from "../words";

interface Props {
  /** By the server's clock; undefined when there is no limit. */
  readonly deadline: number | undefined;
  readonly clock: ServerClock;
  /** The session is over: the clock stands, and its room stays, so that nothing moves. */
  readonly over: boolean;
}

/** How often the clock is looked at, milliseconds: half of what it shows. */
const LOOK_EVERY_MS = 500;

/** Time until `deadline`. Shown all the time, told now and then. */
export function TimeLeft({ deadline, clock, over }: Props) {
  const { announcement } = useApp();
  const [, redraw] = useState(0);
  const told = useRef<number>(undefined);
  useEffect(() => {
    if (deadline === undefined || over) return;
    const timer = setInterval(() => {
      const left = deadline - clock.now();
      const words = timeAnnouncement(told.current, left);
      told.current = left;
      if (words !== "") announcement.set(words);
      redraw((n) => n + 1);
    }, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [deadline, clock, over, announcement]);
  if (deadline === undefined) return null;
  return (
    <span class={over ? "is-void" : ""} role="timer" aria-live="off" aria-hidden={over}>
      {words.session.left(countdown(deadline - clock.now()))}
    </span>
  );
}
