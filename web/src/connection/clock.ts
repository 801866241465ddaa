/**
 * Owns the estimate of the server's clock. Timers trust it and never this device's clock,
 * which may be wrong by hours.
 */

/** How long a good measurement stands before a worse one may replace it, milliseconds. */
const KEEP_MS = 10 * 60_000;

export class ServerClock {
  /** Server's time minus ours, milliseconds. */
  private offset = 0;
  /** Round trip of the measurement in use; half of it bounds its error. */
  private rtt = Number.POSITIVE_INFINITY;
  private measuredAt = 0;

  constructor(private readonly local: () => number = Date.now) {}

  /**
   * Takes one reading: the server said `serverTime` in reply to what left at `sentAt`, both in milliseconds since
   * the epoch. The reading with the shortest round trip wins while it is fresh.
   */
  read(serverTime: number, sentAt: number): void {
    const now = this.local();
    const rtt = Math.max(0, now - sentAt);
    if (rtt > this.rtt && now - this.measuredAt < KEEP_MS) return;
    this.rtt = rtt;
    this.measuredAt = now;
    this.offset = serverTime + rtt / 2 - now;
  }

  /** The server's time, milliseconds since the epoch. */
  now(): number {
    return this.local() + this.offset;
  }
}
