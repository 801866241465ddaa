/**
 * Owns the page's half of the service worker: that it is registered, and that a newer version of the page is there. Knows
 * no page. A new version never takes a page over by itself: the learner says when.
 */
import { Store } from "../store";

export const WORKER_FILE = "/service-worker.js";
/** How often a page that stays open asks for a newer version, when somebody comes back to it. */
export const LOOK_EVERY_MS = 3_600_000;
/** A worker that does not take over by then is broken: the page is loaded anew without it. */
export const TAKE_OVER_WITHIN_MS = 3_000;

/** The part of a worker's registration that is used. */
export interface Registration {
  /** Calls back when a worker waits, and when another one took this page over. */
  register(heard: { waiting(): void; takenOver(): void }): Promise<void>;
  update(): Promise<void>;
  /** Asks the waiting worker to take over; false when none waits. */
  takeOver(): boolean;
}

export interface VersionPorts {
  registration(): Promise<Registration>;
  /**
   * Whether what is open is what the server has: the network is asked first, so a page may be newer than its worker. Undefined when the
   * server cannot be asked.
   */
  isNewest(): Promise<boolean | undefined>;
  reload(): void;
  after(ms: number, then: () => void): void;
  now(): number;
}

export class Versions {
  /** A newer version than the one that is open is there, and the learner has not put it off. */
  readonly newer = new Store(false);
  private registration: Registration | undefined;
  private looked = Number.NEGATIVE_INFINITY;
  private leaving = false;
  private mentioned = false;

  constructor(private readonly ports: VersionPorts) {}

  /** Where there can be no worker (an old browser, storage forbidden) the page is what it was: it needs the network. */
  async start(): Promise<void> {
    this.looked = this.ports.now();
    try {
      const registration = await this.ports.registration();
      await registration.register({
        waiting: () => void this.tell(),
        takenOver: () => (this.leaving ? this.ports.reload() : void this.tell()),
      });
      this.registration = registration;
    } catch {
      this.registration = undefined;
    }
  }

  /** Somebody is back at this page: it may have been open for days. */
  async seen(): Promise<void> {
    const now = this.ports.now();
    if (this.registration === undefined || now - this.looked < LOOK_EVERY_MS) return;
    this.looked = now;
    try {
      await this.registration.update();
    } catch {
      // Without a network there is nothing newer to be had.
    }
  }

  /** A part of the page could not be loaded: it may be gone from the server with the version that is open. */
  async partMissing(): Promise<void> {
    if ((await this.ports.isNewest()) === false) this.newer.set(true);
  }

  /** The learner wants the new version: the only thing that loads a page anew. */
  reload(): void {
    if (this.leaving) return;
    this.leaving = true;
    if (this.registration?.takeOver() !== true) {
      this.ports.reload();
      return;
    }
    this.ports.after(TAKE_OVER_WITHIN_MS, () => this.ports.reload());
  }

  later(): void {
    this.newer.set(false);
  }

  /** True once: a screen reader hears of a version one time, not on each page. */
  firstMention(): boolean {
    const first = !this.mentioned;
    this.mentioned = true;
    return first;
  }

  /** A worker that waits is enough of a sign when the server cannot be asked. */
  private async tell(): Promise<void> {
    if ((await this.ports.isNewest()) !== true) this.newer.set(true);
  }
}
