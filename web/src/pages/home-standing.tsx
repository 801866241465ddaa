import type { AreaStanding, Readiness, Standing } from "@protocol";
import { Competency } from "../components/competency";
import { number, share } from "../session/words";
import { words } from "../words";

/** Readiness, then every area: each with its interval, and never a number that says more than it. */
export function StandingView({ standing }: { readonly standing: Standing }) {
  const { areas, readiness, certification } = standing;
  const rows = areas.map(({ area, title, score, low, high }) => ({
    id: area,
    title,
    score: { area, score, low, high },
  }));
  return (
    <>
      <ReadinessView readiness={readiness} areas={areas} />
      <Competency rows={rows} title={words.home.standing(certification.title)} />
    </>
  );
}

interface ReadinessProps {
  readonly readiness: Readiness;
  readonly areas: readonly AreaStanding[];
}

function ReadinessView({ readiness, areas }: ReadinessProps) {
  const { low, high, pass, verdict } = readiness;
  const [from, to] = [number(low), share(high / 100)];
  const early = verdict === "not_enough_evidence";
  const leastKnown = areas.reduce<AreaStanding | undefined>(
    (widest, area) => (widest === undefined || width(area) > width(widest) ? area : widest),
    undefined,
  );
  return (
    <section class="section" data-readiness={verdict}>
      <h2>{words.home.readiness}</h2>
      <p>
        {early
          ? words.home.notEnough(from, to)
          : // A server newer than this page may know more verdicts.
            (words.home.ready[verdict]?.(share(pass / 100), from, to) ??
            words.home.readinessBar(from, to))}{" "}
        {early && leastKnown !== undefined && words.home.notEnoughWhere(leastKnown.title)}
      </p>
      <svg
        class="bar"
        viewBox="0 0 100 12"
        preserveAspectRatio="none"
        role="img"
        aria-label={words.home.readinessBar(from, to)}
      >
        <rect class="bar-track" x="0" y="0" width="100" height="12" />
        <rect class="bar-band" x={low} y="0" width={Math.max(0.5, high - low)} height="12" />
        {!early && (
          <rect class="bar-mark" x={Math.min(99.2, Math.max(0, pass - 0.4))} y="0" width="0.8" height="12" />
        )}
      </svg>
    </section>
  );
}

function width({ low, high }: AreaStanding): number {
  return high - low;
}
