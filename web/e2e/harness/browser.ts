/** Owns the browser under test and what no page may do in it: errors on the console, violations of the policy. */
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { findBrowser } from "./executable";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: findBrowser(process.env), args: FLAGS });
}

/** What a browser itself writes when a server is gone; only tests that kill the server let it pass. */
const SERVER_GONE =
  /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|WebSocket connection to .* failed/;

/** What Playwright writes in the place of a worker that a test does not allow. */
const BLOCKED_ON_PURPOSE = /Service Worker registration blocked by Playwright/;

/** One learner's browser: storage of its own, every page watched. */
export class Learner {
  /** What went wrong on any page. */
  readonly faults: string[] = [];

  private constructor(
    private readonly make: () => Promise<Page>,
    readonly close: () => Promise<void>,
  ) {}

  static async arrive(
    browser: Browser,
    origin: string,
    options: BrowserContextOptions = {},
  ): Promise<Learner> {
    const context = await browser.newContext({
      baseURL: origin,
      locale: "en-GB",
      viewport: { width: 1440, height: 900 },
      // A page that comes from what is kept would hide that the server is gone: tests of the worker allow it.
      serviceWorkers: "block",
      ...options,
    });
    context.setDefaultTimeout(20_000);
    const learner = new Learner(
      () => context.newPage(),
      () => context.close(),
    );
    await context.exposeFunction("noteViolation", (text: string) => learner.faults.push(text));
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) => {
        const note = (window as unknown as { noteViolation(text: string): void }).noteViolation;
        note(`policy: ${event.violatedDirective} ${event.blockedURI}`);
      });
    });
    return learner;
  }

  async page(): Promise<Page> {
    const page = await this.make();
    page.on("console", (message) => {
      const noted = message.type() === "error" || message.type() === "warning";
      if (noted && !BLOCKED_ON_PURPOSE.test(message.text())) this.faults.push(message.text());
    });
    page.on("pageerror", (error) => this.faults.push(`uncaught: ${error.message}`));
    return page;
  }

  /** What went wrong that a server killed on purpose does not explain. */
  faultsBesides(outage: boolean): string[] {
    return outage ? this.faults.filter((text) => !SERVER_GONE.test(text)) : this.faults;
  }
}
