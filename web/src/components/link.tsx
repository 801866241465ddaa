import type { ComponentChildren } from "preact";
import { useApp } from "../app-context";
import { withDebug } from "../paths";

interface Props {
  readonly to: string;
  readonly class?: string;
  /** It leads to the page it is on. */
  readonly current?: boolean;
  readonly children: ComponentChildren;
}

/** A link inside the app: a real address, which the router follows without loading the page anew. */
export function Link({ to, class: name, current = false, children }: Props) {
  const { debug } = useApp();
  return (
    <a href={withDebug(to, debug)} class={name} aria-current={current ? "page" : undefined}>
      {children}
    </a>
  );
}
