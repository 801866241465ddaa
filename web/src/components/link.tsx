import type { ComponentChildren } from "preact";
import { useApp } from "../app-context";

interface Props {
  readonly to: string;
  readonly class?: string;
  readonly children: ComponentChildren;
}

/** A link inside the app: a real address, followed without loading the page anew. */
export function Link({ to, class: name, children }: Props) {
  const { router } = useApp();
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    router.go(to);
  };
  return (
    <a href={to} class={name} onClick={follow}>
      {children}
    </a>
  );
}
