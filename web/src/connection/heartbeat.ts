/**
 * Owns the check that the socket still reaches the server. A browser does not show its pages the server's pings,
 * so the page sends its own at the same interval.
 */

/** Without any frame for this long after a ping, the socket counts as dead, milliseconds. */
export const PONG_WITHIN_MS = 10_000;
/** The same after waking up, when a dead socket is likely, milliseconds. */
export const WAKE_WITHIN_MS = 3_000;

export class Heartbeat {
  private beat: ReturnType<typeof setInterval> | undefined;
  private grace: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly ping: () => void,
    private readonly onSilence: () => void,
  ) {}

  start(everyMs: number): void {
    this.stop();
    this.beat = setInterval(() => this.check(PONG_WITHIN_MS), everyMs);
  }

  /** Asks at once: the page was asleep, or the network came back. */
  wake(): void {
    if (this.beat !== undefined) this.check(WAKE_WITHIN_MS);
  }

  /** Any frame will do as a sign of life. */
  heard(): void {
    clearTimeout(this.grace);
    this.grace = undefined;
  }

  stop(): void {
    clearInterval(this.beat);
    this.beat = undefined;
    this.heard();
  }

  private check(withinMs: number): void {
    this.heard();
    this.grace = setTimeout(this.onSilence, withinMs);
    this.ping();
  }
}
