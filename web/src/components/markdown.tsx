import { useMemo } from "preact/hooks";
import { blocks, line } from "../markdown";

interface Props {
  readonly text: string;
  readonly class?: string;
  /** `line` leaves out the paragraph when the text is one. */
  readonly as?: "blocks" | "line";
}

/** CommonMark from the server. The HTML is safe by construction: see `markdown.ts`. */
export function Markdown({ text, as = "blocks", class: name = "" }: Props) {
  const html = useMemo(() => (as === "line" ? line(text) : blocks(text)), [text, as]);
  // Safe: the renderer passes no HTML of the author's through.
  return <div class={`prose ${name}`} dangerouslySetInnerHTML={{ __html: html }} />;
}
