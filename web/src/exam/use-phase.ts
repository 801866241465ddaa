/**
 * Owns how far the time of an exam has run: long enough, about to end, over. By the server's clock.
 */
import { useEffect, useState } from "preact/hooks";
import type { ServerClock } from "../connection/clock";
import { type Phase, phaseOf } from "../session/exam-time";

/** How often the clock is looked at, milliseconds. */
const LOOK_EVERY_MS = 500;

export function usePhase(deadline: number | undefined, clock: ServerClock): Phase {
  const read = () => (deadline === undefined ? "running" : phaseOf(deadline - clock.now()));
  const [phase, setPhase] = useState<Phase>(read);
  useEffect(() => {
    setPhase(read());
    if (deadline === undefined) return;
    const timer = setInterval(() => setPhase(read()), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [deadline, clock]);
  return phase;
}
