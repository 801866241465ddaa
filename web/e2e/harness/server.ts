/** Owns the real server under test: started on a data folder of its own, killed, started again on the same port. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { SessionView } from "@protocol";

const BINARY = resolve(process.env.LEARNR_BIN ?? "../target/debug/learnr");
/** From starting the process to its line on stdout, milliseconds. */
const READY_WITHIN_MS = 30_000;

export interface StoredAnswer {
  readonly session: string;
  readonly request_id: string;
  readonly position: number;
}

export class Server {
  readonly folder = mkdtempSync(join(tmpdir(), "learnr-e2e-"));
  private process: ChildProcess | undefined;
  private port = 0;
  private readonly written: string[] = [];

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** What it has written to its log, over all its starts: mails too, while there is no server for them. */
  log(): string {
    return this.written.join("");
  }

  /** Starts, or starts again on the same folder and port. */
  async start(...flags: string[]): Promise<void> {
    if (!existsSync(BINARY)) throw new Error(`${BINARY} is missing: build the server or set LEARNR_BIN`);
    const process_ = spawn(BINARY, ["serve", "--data", this.folder, "--port", String(this.port), ...flags], {
      env: { ...environment(), RUST_BACKTRACE: "0", LEARNR_GUESTS_PER_MINUTE: "6000" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.process = process_;
    const log = this.written;
    process_.stderr?.on("data", (chunk: Buffer) => log.push(chunk.toString()));
    const lines = createInterface({ input: process_.stdout ?? process.stdin });
    const ready = await new Promise<string>((found, failed) => {
      const late = setTimeout(
        () => failed(new Error(`the server was not ready in time\n${log.join("")}`)),
        READY_WITHIN_MS,
      );
      lines.on("line", (line) => {
        const address = /LearnR is ready at http:\/\/[^:]+:(\d+)/.exec(line)?.[1];
        if (address === undefined) return;
        clearTimeout(late);
        found(address);
      });
      process_.once("exit", (code) => {
        clearTimeout(late);
        failed(new Error(`the server ended with ${code} before it was ready\n${log.join("")}`));
      });
    });
    this.port = Number(ready);
  }

  /** Where the last mail with a link to this page leads; undefined when there was none. */
  mailed(path: string): string | undefined {
    return this.log()
      .match(new RegExp(`${path}\\?token=[\\w-]{43}`, "g"))
      ?.at(-1);
  }

  /** `kill -9`: no goodbye, nothing flushed. */
  async kill(): Promise<void> {
    const { process: running } = this;
    this.process = undefined;
    if (running === undefined || running.exitCode !== null) return;
    const gone = new Promise((done) => running.once("exit", done));
    running.kill("SIGKILL");
    await gone;
  }

  /** The end of the test: the process and its folder go. */
  async dispose(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Runs another command of the binary on this server's folder. */
  run(command: string, ...rest: string[]): string {
    return execFileSync(BINARY, [command, ...rest, "--data", this.folder], {
      env: environment(),
      encoding: "utf8",
    });
  }

  /** Every answer in the store, read without the server. */
  answers(): StoredAnswer[] {
    const lines = this.run("answers").split("\n");
    return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as StoredAnswer);
  }

  async session(id: string, token: string): Promise<SessionView> {
    const response = await fetch(`${this.origin}/v1/sessions/${id}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    if (!response.ok) throw new Error(`GET session: ${response.status} ${await response.text()}`);
    return (await response.json()) as SessionView;
  }
}

/** What the test run was configured with must not configure the server under test. */
function environment(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(
    ([name]) => name !== "PORT" && !name.startsWith("LEARNR_"),
  );
  return Object.fromEntries(entries);
}
