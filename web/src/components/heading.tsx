import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { words } from "../words";

/** The page's heading: names the document and takes the focus, so that a screen reader starts where the page does. */
export function Heading({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ComponentChildren;
}) {
  const element = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${words.app}`;
    element.current?.focus({ preventScroll: true });
  }, [title]);
  return (
    <h1 ref={element} tabIndex={-1} dir="auto">
      {children ?? title}
    </h1>
  );
}
