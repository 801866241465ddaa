import type { AccountRole } from "@protocol";
import type { ComponentChildren } from "preact";
import { useCursor } from "../use-cursor";
import { words } from "../words";
import { FailedFor } from "./for-role";
import { Loading } from "./page-state";
import { Pager } from "./pager";

interface Props<T> {
  readonly what: string;
  readonly needs: AccountRole;
  readonly load: (cursor: string | undefined) => Promise<T>;
  /** Where the page after this one begins. */
  readonly nextOf: (page: T) => string | null | undefined;
  readonly children: (page: T) => ComponentChildren;
}

/** A list of the server's, a page at a time. What lists something else has another `key`. */
export function CursorList<T>({ what, needs, load, nextOf, children }: Props<T>) {
  const { page, shown, number: at, back, on } = useCursor(load);
  if (page.kind === "failed") return <FailedFor error={page.error} again={page.again} needs={needs} />;
  if (shown === undefined) return <Loading what={what} />;
  const next = nextOf(shown) ?? undefined;
  const alone = next === undefined && back === undefined;
  return (
    <>
      {children(shown)}
      {!alone && (
        <Pager
          where={words.paging.page(at)}
          onBack={back}
          onNext={next === undefined ? undefined : () => on(next)}
          loading={page.kind === "loading"}
        />
      )}
    </>
  );
}
