/**
 * Owns which of an instance's figures a person needs, how each is made of samples, and from when on it wants a look.
 */
import { words } from "../words";
import { decimal, number } from "../words/format";
import { type Sample, samples } from "./exposition";

export type FigureKey = keyof typeof words.health.names;

export interface Figure {
  readonly key: FigureKey;
  readonly value: number;
  readonly words: string;
  /** Somebody should look at it. */
  readonly odd: boolean;
}

interface Source {
  readonly key: FigureKey;
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Seconds; a summary's quantile when it is one. */
  readonly seconds?: boolean;
  /** Highest value that is usual; any without. */
  readonly usualMax?: number;
}

const P99 = { quantile: "0.99" };

/** In the order in which somebody asks. Bounds are those of `deploy/alerts.yml` where it has one. */
const SOURCES: readonly Source[] = [
  { key: "sessions", name: "learnr_sessions_live" },
  { key: "sockets", name: "learnr_sockets_open" },
  { key: "stored", name: "learnr_answer_stored_seconds", labels: P99, seconds: true, usualMax: 0.25 },
  { key: "commit", name: "learnr_store_commit_seconds", labels: P99, seconds: true },
  { key: "queue", name: "learnr_store_queue_rows" },
  { key: "retries", name: "learnr_store_retries_total" },
  { key: "refused", name: "learnr_store_refused_total", usualMax: 0 },
  { key: "fenced", name: "learnr_fenced_total" },
  { key: "signedIn", name: "learnr_sign_ins_total", labels: { outcome: "signed_in" } },
  { key: "signInRefused", name: "learnr_sign_ins_total", labels: { outcome: "refused" } },
  { key: "reused", name: "learnr_refresh_tokens_reused_total", usualMax: 0 },
  { key: "mailsSent", name: "learnr_mails_total", labels: { outcome: "sent" } },
  { key: "mailsGivenUp", name: "learnr_mails_total", labels: { outcome: "given_up" }, usualMax: 0 },
  { key: "rateLimited", name: "learnr_rate_limited_total" },
  { key: "socketsRefused", name: "learnr_sockets_refused_total" },
  { key: "lease", name: "learnr_lease_age_seconds", seconds: true, usualMax: 5 },
  { key: "redis", name: "learnr_redis_seconds", labels: P99, seconds: true, usualMax: 0.05 },
  { key: "redisErrors", name: "learnr_redis_errors_total" },
  { key: "linksLost", name: "learnr_links_lost_total" },
];

/** Those that the instance tells; what has not happened yet is not told. */
export function figures(text: string): readonly Figure[] {
  const told = samples(text);
  return SOURCES.flatMap((source) => {
    const values = told.filter((sample) => isOf(sample, source)).map(({ value }) => value);
    if (values.length === 0) return [];
    // Counts add up over labels; of times the slowest is the one to know.
    const value = source.seconds ? Math.max(...values) : values.reduce((sum, one) => sum + one, 0);
    const odd = source.usualMax !== undefined && value > source.usualMax;
    return [{ key: source.key, value, words: source.seconds ? time(value) : number(value), odd }];
  });
}

function isOf({ name, labels }: Sample, source: Source): boolean {
  const wanted = Object.entries(source.labels ?? {});
  return name === source.name && wanted.every(([label, value]) => labels[label] === value);
}

function time(seconds: number): string {
  if (!Number.isFinite(seconds)) return words.admin.none;
  if (seconds >= 1) return words.health.seconds(decimal(seconds));
  return words.health.milliseconds(decimal(seconds * 1000));
}
