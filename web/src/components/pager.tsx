import { useLayoutEffect, useRef } from "preact/hooks";
import { useApp } from "../app-context";
import { words } from "../words";

interface Props {
  /** Where somebody is: "Page 2", "51 to 100 of 312". */
  readonly where: string;
  readonly onBack: (() => void) | undefined;
  readonly onNext: (() => void) | undefined;
  readonly loading?: boolean;
}

/** The way through a list that is shown a page at a time. Its buttons stay when they lead nowhere: the focus is on one. */
export function Pager({ where, onBack, onNext, loading = false }: Props) {
  const { announcement } = useApp();
  const before = useRef(where);
  useLayoutEffect(() => {
    if (before.current !== where && !loading) announcement.set(where);
    if (!loading) before.current = where;
  }, [where, loading, announcement]);
  const press = (go: (() => void) | undefined) => () => {
    if (!loading) go?.();
  };
  const [noBack, noNext] = [onBack === undefined || loading, onNext === undefined || loading];
  return (
    <nav class="row pager" aria-label={words.paging.navigation}>
      <button type="button" class="button" aria-disabled={noBack} onClick={press(onBack)}>
        {words.paging.previous}
      </button>
      <button type="button" class="button" aria-disabled={noNext} onClick={press(onNext)}>
        {words.paging.next}
      </button>
      <span class="quiet small">{loading ? words.paging.loading : where}</span>
    </nav>
  );
}
