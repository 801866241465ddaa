/**
 * Owns how the charts of progress look: what is a line, a band, a bar, and that no two marks differ by colour alone.
 * Pure: rows and colours, to what the chart library draws. Time runs from left to right in whole days.
 */
import uPlot from "uplot";
import type { Day } from "../calendar";
import type { Drawing, Look } from "../components/chart";
import { number, share, shortDate } from "../words/format";
import { type ActivityRow, accuracy, type CompetencyRow } from "./series";

/** Ticks may stand this many days apart: days, weeks, months and about quarters. */
const DAY_STEPS = [1, 2, 7, 14, 28, 56, 91, 182];
/** Ticks of answers stand this many apart. */
const COUNT_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000];
/** With more points than this, upright strokes would run into each other; the band is enough then. */
const STROKES_MAX = 31;
/** Least room between two dates and between two levels, CSS pixels. */
const DATE_ROOM = 64;
const LEVEL_ROOM = 28;
/** Room for "100%" and for thousands, CSS pixels. */
const LEVELS_WIDTH = 56;
const DATES_HEIGHT = 32;
/** An axis of answers goes up to this many at least: one answer fills no chart. */
const COUNT_TOP_MIN = 5;

/** The best guess as a line with dots, its interval as a band with dashed edges and an upright stroke at each dot. */
export function competencyChart(rows: readonly CompetencyRow[], from: Day, to: Day): Drawing {
  const data: uPlot.AlignedData = [
    rows.map(({ day }) => day),
    rows.map(({ high }) => high),
    rows.map(({ low }) => low),
    rows.map(({ score }) => score),
  ];
  const options = (look: Look) => {
    const edge = { stroke: look.quiet, width: 1, dash: [2, 3], points: { show: false } };
    return {
      ...frame(),
      scales: { x: days(from, to, 1), y: PERCENT },
      axes: [dates(look), percents(look)],
      bands: [{ series: [1, 2] as [number, number], fill: look.band }],
      series: [
        {},
        edge,
        edge,
        { stroke: look.mark, width: 2, points: { show: true, size: 8, fill: look.mark } },
      ],
      hooks: { draw: rows.length > STROKES_MAX ? [] : [strokes(rows, look)] },
    };
  };
  return { data, options };
}

/** `stepDays`: what a bar stands for. */
export function answersChart(rows: readonly ActivityRow[], stepDays: number): Drawing {
  const data: uPlot.AlignedData = [rows.map(({ day }) => day), rows.map(({ answers }) => answers)];
  const options = (look: Look) => {
    const paths = uPlot.paths.bars?.({ size: [0.7, 40] });
    return {
      ...frame(),
      scales: { x: days(rows.at(0)?.day ?? 0, rows.at(-1)?.day ?? 0, stepDays), y: COUNT },
      axes: [dates(look), { ...levels(look), incrs: COUNT_STEPS, values: each(number) }],
      series: [
        {},
        { stroke: look.mark, width: 1, fill: look.band, points: { show: false }, ...(paths && { paths }) },
      ],
    };
  };
  return { data, options };
}

/** A dashed line with hollow dots; it goes on over days without answers. */
export function accuracyChart(rows: readonly ActivityRow[], stepDays: number): Drawing {
  const data: uPlot.AlignedData = [rows.map(({ day }) => day), rows.map(accuracy)];
  const options = (look: Look) => ({
    ...frame(),
    scales: { x: days(rows.at(0)?.day ?? 0, rows.at(-1)?.day ?? 0, stepDays), y: PERCENT },
    axes: [dates(look), percents(look)],
    series: [
      {},
      {
        stroke: look.mark,
        width: 2,
        dash: [6, 4],
        spanGaps: true,
        points: { show: true, size: 9, width: 2, stroke: look.mark, fill: look.ground },
      },
    ],
  });
  return { data, options };
}

const PERCENT: uPlot.Scale = { time: false, range: [0, 100] };
const COUNT: uPlot.Scale = { time: false, range: (_, __, max) => [0, Math.max(COUNT_TOP_MIN, max)] };

/** With half a step of room on both sides, for a bar's or a dot's other half. */
function days(from: Day, to: Day, step: number): uPlot.Scale {
  return { time: false, range: [from - step / 2, to + step / 2] };
}

/** A picture: nothing in it is pointed at, and its numbers are in the table below. */
function frame() {
  return {
    cursor: { show: false },
    legend: { show: false },
    padding: [12, 12, 0, 0] as uPlot.Padding,
  };
}

function dates(look: Look): uPlot.Axis {
  const ticks = { stroke: look.line, width: 1, size: 4 };
  return {
    ...axis(look),
    ticks,
    grid: { show: false },
    space: DATE_ROOM,
    size: DATES_HEIGHT,
    incrs: DAY_STEPS,
    values: each(shortDate),
  };
}

function percents(look: Look): uPlot.Axis {
  return { ...levels(look), incrs: [10, 20, 25, 50, 100], values: each((value) => share(value / 100)) };
}

function levels(look: Look): uPlot.Axis {
  const grid = { stroke: look.line, width: 1 };
  return { ...axis(look), ticks: { show: false }, grid, space: LEVEL_ROOM, size: LEVELS_WIDTH };
}

function axis({ quiet, font }: Look): uPlot.Axis {
  return { stroke: quiet, font };
}

function each(words: (value: number) => string): uPlot.Axis.Values {
  return (_, splits) => splits.map(words);
}

/** A single day has no band: an upright stroke is its interval. */
function strokes(rows: readonly CompetencyRow[], { mark }: Look): (plot: uPlot) => void {
  return (plot) => {
    const { ctx } = plot;
    ctx.save();
    ctx.strokeStyle = mark;
    ctx.lineWidth = uPlot.pxRatio;
    ctx.setLineDash([]);
    ctx.beginPath();
    for (const { day, low, high } of rows) {
      const x = Math.round(plot.valToPos(day, "x", true));
      ctx.moveTo(x, plot.valToPos(low, "y", true));
      ctx.lineTo(x, plot.valToPos(high, "y", true));
    }
    ctx.stroke();
    ctx.restore();
  };
}
