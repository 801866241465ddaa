// Writes the reports of scripts/lighthouse.sh into docs/web-performance.md: for each page the run that is the median by time to
// interactive. Owns the table; measures nothing. node scripts/lighthouse.mjs REPORTS PAGE COMMIT VERSION
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";

const [folder, page, commit, version] = process.argv.slice(2);
if (version === undefined) {
  console.error("usage: node scripts/lighthouse.mjs REPORTS PAGE COMMIT VERSION");
  process.exit(2);
}

/** Issue 8: interactive under a second with the processor slowed down four times. */
const INTERACTIVE_MAX_MS = 1_000;
const BEGIN = "<!-- generated: begin -->";
const END = "<!-- generated: end -->";

const reports = new Map();
for (const file of readdirSync(folder).sort()) {
  const name = /^(.+)-\d+\.json$/.exec(file)?.[1];
  if (name === undefined) continue;
  const report = JSON.parse(readFileSync(`${folder}/${file}`, "utf8"));
  if (report.runtimeError) throw new Error(`${file}: ${report.runtimeError.code}: ${report.runtimeError.message}`);
  reports.set(name, [...(reports.get(name) ?? []), report]);
}
if (reports.size === 0) throw new Error(`${folder} has no report`);

const figure = (report, audit) => {
  const value = report.audits[audit]?.numericValue;
  if (typeof value !== "number") throw new Error(`the report has no figure for ${audit}`);
  return value;
};
const interactive = (report) => figure(report, "interactive");
const median = (all) => [...all].sort((a, b) => interactive(a) - interactive(b))[Math.floor((all.length - 1) / 2)];
const points = (report, category) => Math.round(report.categories[category].score * 100);
const ms = (value) => `${Math.round(value).toLocaleString("en")} ms`;

const rows = [...reports].map(([name, all]) => {
  const report = median(all);
  const times = all.map(interactive);
  const spread = `${Math.round(Math.min(...times))} to ${ms(Math.max(...times))}`;
  const cells = [
    name,
    points(report, "performance"),
    points(report, "accessibility"),
    points(report, "best-practices"),
    ms(figure(report, "first-contentful-paint")),
    ms(figure(report, "largest-contentful-paint")),
    `${ms(interactive(report))} (${spread})`,
    interactive(report) < INTERACTIVE_MAX_MS ? "met" : "**MISSED**",
    ms(figure(report, "total-blocking-time")),
    figure(report, "cumulative-layout-shift").toFixed(3),
    `${(figure(report, "total-byte-weight") / 1000).toFixed(0)} KB`,
  ];
  return `| ${cells.join(" | ")} |`;
});
const failed = [...reports].flatMap(([name, all]) => {
  const { audits, categories } = median(all);
  return ["accessibility", "best-practices"].flatMap((category) =>
    categories[category].auditRefs
      .filter(({ id, weight }) => weight > 0 && audits[id].score !== null && audits[id].score < 1)
      .map(({ id }) => `- ${name}: ${category}: ${audits[id].title}`),
  );
});
const runs = [...reports.values()][0].length;
const table = [
  BEGIN,
  "",
  `Lighthouse ${version}, ${runs} runs a page; ${cpus().length} cores of ${cpus()[0]?.model.trim()}; commit ${commit}.`,
  "",
  "| page | performance | accessibility | best practices | first paint | largest paint | interactive (least to most) | under 1 s | blocked | layout shift | loaded |",
  "|---|---|---|---|---|---|---|---|---|---|---|",
  ...rows,
  "",
  ...(failed.length > 0 ? ["What it found wanting:", "", ...new Set(failed)] : ["It found nothing wanting in accessibility and best practices."]),
  "",
  END,
].join("\n");

const text = readFileSync(page, "utf8");
const [before, rest] = text.split(BEGIN);
const after = rest?.split(END)[1];
if (after === undefined) throw new Error(`${page} has no place between ${BEGIN} and ${END}`);
writeFileSync(page, `${before}${table}${after}`);
console.log(table);
