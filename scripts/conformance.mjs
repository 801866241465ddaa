// Holds a report of Autobahn's test suite against what is expected of each case, and prints a table of it by section.
// Usage: conformance.mjs REPORT/index.json EXPECTED.json
//
// A line of EXPECTED.json is `"case": ["behaviour", "closing"]`; a|b where the client's timing decides which of them it
// is. Exit status 1 when a case fails, differs from its line, or is missing on one side.

import { readFileSync } from "node:fs";

const SECTIONS = new Map([
  [1, "Framing"],
  [2, "Pings and pongs"],
  [3, "Reserved bits"],
  [4, "Opcodes"],
  [5, "Fragmentation"],
  [6, "UTF-8"],
  [7, "Closing"],
  [10, "Auto-fragmentation"],
]);
const PASSES = ["OK", "NON-STRICT", "INFORMATIONAL"];
// "Failed by client": closed as it should be, only that the client ended the TCP connection first.
const CLOSES = ["OK", "FAILED BY CLIENT", "INFORMATIONAL"];

const [reportPath, expectedPath] = process.argv.slice(2);
const agents = Object.values(JSON.parse(readFileSync(reportPath, "utf8")));
if (agents.length !== 1) {
  throw new Error(`${reportPath}: results of one server expected, got ${agents.length}`);
}
const got = agents[0];
const expected = JSON.parse(readFileSync(expectedPath, "utf8"));

function section(id) {
  return Number(id.split(".")[0]);
}

function passes({ behavior, behaviorClose }) {
  return PASSES.includes(behavior) && CLOSES.includes(behaviorClose);
}

/** What is wrong with a case; nothing when it is as expected. */
function faults(id) {
  if (!(id in got)) return [`${id}: did not run`];
  const { behavior, behaviorClose, remoteCloseCode } = got[id];
  const found = [];
  if (!passes(got[id])) {
    found.push(`${id}: FAILED: ${behavior}, closing ${behaviorClose}, close code ${remoteCloseCode ?? "none"}`);
  }
  if (!(id in expected)) return [...found, `${id}: ran, but nothing is expected of it`];
  const [behaviour, closing] = expected[id];
  if (!behaviour.split("|").includes(behavior)) found.push(`${id}: ${behavior} where ${behaviour} is expected`);
  if (!closing.split("|").includes(behaviorClose)) {
    found.push(`${id}: closing ${behaviorClose} where ${closing} is expected`);
  }
  return found;
}

function row(name, ids) {
  const passed = ids.filter((id) => passes(got[id]));
  const counts = PASSES.map((behaviour) => passed.filter((id) => got[id].behavior === behaviour).length);
  const cells = [ids.length, ...counts, ids.length - passed.length];
  const widths = [6, 5, 11, 14, 7];
  return name.padEnd(22) + cells.map((cell, column) => String(cell).padStart(widths[column])).join("");
}

const ran = Object.keys(got);
console.log(`${"Section".padEnd(22)} Cases   OK NON-STRICT INFORMATIONAL FAILED`);
for (const [number, name] of SECTIONS) {
  console.log(row(`${String(number).padStart(2)} ${name}`, ran.filter((id) => section(id) === number)));
}
console.log(row("   All", ran));
for (const behaviour of PASSES.slice(1)) {
  const ids = ran.filter((id) => got[id].behavior === behaviour);
  if (ids.length > 0) console.log(`${behaviour}: ${ids.sort((a, b) => section(a) - section(b)).join(" ")}`);
}

const wrong = [...new Set([...Object.keys(expected), ...ran])].flatMap(faults);
for (const line of wrong) console.error(line);
console.log(wrong.length === 0 ? "conformance: every case as expected" : `conformance: FAILED: ${wrong.length} differences`);
process.exitCode = wrong.length === 0 ? 0 : 1;
