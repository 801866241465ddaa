import { useEffect, useState } from "preact/hooks";
import type { ServerClock } from "../connection/clock";
import { countdown } from "../session/words";

/** Time until `deadline` by the server's clock. Says nothing when there is no limit. */
export function TimeLeft({
  deadline,
  clock,
}: {
  readonly deadline: number | undefined;
  readonly clock: ServerClock;
}) {
  const [, redraw] = useState(0);
  useEffect(() => {
    if (deadline === undefined) return;
    const timer = setInterval(() => redraw((n) => n + 1), 500);
    return () => clearInterval(timer);
  }, [deadline]);
  if (deadline === undefined) return null;
  return (
    <span role="timer" aria-live="off">
      {countdown(deadline - clock.now())} left
    </span>
  );
}
