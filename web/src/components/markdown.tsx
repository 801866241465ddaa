import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { blocks, line } from "../markdown";

interface Props {
  readonly text: string;
  readonly class?: string;
  /** `line` leaves out the paragraph when the text is one. */
  readonly as?: "blocks" | "line";
}

/** CommonMark from the server, in the direction of its own words. The HTML is safe by construction: see `markdown.ts`. */
export function Markdown({ text, as = "blocks", class: name = "" }: Props) {
  const html = useMemo(() => (as === "line" ? line(text) : blocks(text)), [text, as]);
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const reachWideCode = () => {
      // What is wider than its place scrolls, and who has no mouse must be able to scroll it.
      for (const code of element.current?.querySelectorAll("pre") ?? []) {
        if (code.scrollWidth > code.clientWidth) code.tabIndex = 0;
        else code.removeAttribute("tabindex");
      }
    };
    reachWideCode();
    window.addEventListener("resize", reachWideCode);
    return () => window.removeEventListener("resize", reachWideCode);
  }, [html]);
  // Safe: the renderer passes no HTML of the author's through.
  return <div ref={element} dir="auto" class={`prose ${name}`} dangerouslySetInnerHTML={{ __html: html }} />;
}
