import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { words } from "../words";

export interface Column<Key extends string> {
  readonly key: Key;
  readonly name: string;
  /** Words stand at the beginning of their cell, figures at its end. */
  readonly text?: boolean;
}

interface Props<Key extends string, Row> {
  readonly caption: string;
  /** The first names its row. */
  readonly columns: readonly Column<Key>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly cell: (row: Row, key: Key) => ComponentChildren;
  readonly sort?: { readonly key: Key; readonly descending: boolean };
  /** Without it nothing is sorted here. */
  readonly onSort?: (key: Key) => void;
  /** Wider than the column of text where the screen has room. */
  readonly wide?: boolean;
}

/** A table that scrolls sideways in a region of its own, which a keyboard reaches as well. */
export function Table<Key extends string, Row>(props: Props<Key, Row>) {
  const { caption, columns, rows, rowKey, cell, wide = false } = props;
  const id = useId();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard.
    <section class={`scroll ${wide ? "scroll-wide" : ""}`} aria-labelledby={id} tabIndex={0}>
      <table class="figures">
        <caption id={id}>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <Head key={column.key} column={column} sort={props.sort} onSort={props.onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map(({ key, text }, place) =>
                place === 0 ? (
                  <th key={key} scope="row" dir="auto">
                    {cell(row, key)}
                  </th>
                ) : (
                  <td key={key} class={text ? "words" : undefined} dir={text ? "auto" : undefined}>
                    {cell(row, key)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface HeadProps<Key extends string> {
  readonly column: Column<Key>;
  readonly sort: Props<Key, unknown>["sort"];
  readonly onSort: Props<Key, unknown>["onSort"];
}

function Head<Key extends string>({ column: { key, name, text }, sort, onSort }: HeadProps<Key>) {
  const kind = text ? "words" : undefined;
  if (onSort === undefined) {
    return (
      <th scope="col" class={kind}>
        {name}
      </th>
    );
  }
  const current = sort?.key === key ? sort : undefined;
  return (
    <th
      scope="col"
      class={kind}
      aria-sort={current === undefined ? "none" : current.descending ? "descending" : "ascending"}
    >
      <button type="button" class="sorter" title={words.owner.sortBy(name)} onClick={() => onSort(key)}>
        {name}
        {/* A mark beside the word; `aria-sort` says the same aloud. */}
        <span aria-hidden="true">{current === undefined ? "" : current.descending ? " ▼" : " ▲"}</span>
      </button>
    </th>
  );
}
