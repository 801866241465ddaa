/**
 * Owns a chart on the page: drawn anew when its rows, the colours or the width change. The only place that makes one, and
 * loaded with the pages that have any. Without animation: there is none to take away.
 */
import { useLayoutEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { type Look, lookOf, useLookChanges } from "./use-look";

export type { Look } from "./use-look";

export interface Drawing {
  readonly data: uPlot.AlignedData;
  readonly options: (look: Look) => Omit<uPlot.Options, "width" | "height">;
}

interface Props {
  /** What it says to who cannot see it; its numbers stand in a table beside it. */
  readonly label: string;
  /** The same object while nothing changes. */
  readonly drawing: Drawing;
}

/** CSS pixels. */
const HEIGHT = 200;

export function Chart({ label, drawing }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const changes = useLookChanges();
  useLayoutEffect(() => {
    const element = host.current;
    if (element === null) return;
    const width = element.clientWidth;
    const plot = new uPlot(
      { ...drawing.options(lookOf(element)), width, height: HEIGHT },
      drawing.data,
      element,
    );
    const resized = new ResizeObserver(() => {
      const { clientWidth } = element;
      // None while the page hides it.
      if (clientWidth > 0 && clientWidth !== plot.width) plot.setSize({ width: clientWidth, height: HEIGHT });
    });
    resized.observe(element);
    return () => {
      resized.disconnect();
      plot.destroy();
    };
  }, [drawing, changes]);
  // Time runs from left to right, whatever the direction of the words around it.
  return <div ref={host} class="chart" role="img" aria-label={label} dir="ltr" />;
}
