import type { ItemStatistics } from "@protocol";
import { useCallback, useMemo, useState } from "preact/hooks";
import { useApp } from "../app-context";
import { Field } from "../components/fields";
import { Pager } from "../components/pager";
import { Table } from "../components/table";
import {
  figureWords,
  foundItems,
  ITEM_COLUMNS,
  type ItemColumn,
  nextSort,
  rowsAt,
  type Sort,
  sortedItems,
  TEXTUAL,
} from "../owner/items";
import { useLoaded } from "../use-loaded";
import { words } from "../words";

interface Props {
  readonly certification: string;
  readonly items: readonly ItemStatistics[];
}

const COLUMNS = ITEM_COLUMNS.map((key) => ({
  key,
  name: words.owner.columns[key],
  text: TEXTUAL.includes(key),
}));

/** The questions that are found, sorted, some of them at a time. */
export function OwnerItemsTable({ certification, items }: Props) {
  const { announcement } = useApp();
  const titleOf = useTitles(certification);
  const [sort, setSort] = useState<Sort<ItemColumn>>({ key: "item", descending: false });
  const [text, setText] = useState("");
  const [only, setOnly] = useState(false);
  const [from, setFrom] = useState(0);
  const found = useMemo(() => foundItems(items, text, only, titleOf), [items, text, only, titleOf]);
  const sorted = useMemo(() => sortedItems(found, sort, titleOf), [found, sort, titleOf]);
  const { first, shown, previous, next } = rowsAt(sorted, from);
  const onSort = (key: ItemColumn) => {
    const turned = nextSort(sort, key, TEXTUAL);
    setSort(turned);
    setFrom(0);
    announcement.set(words.owner.sorted(words.owner.columns[key], turned.descending));
  };
  const goTo = (row: number | undefined) => (row === undefined ? undefined : () => setFrom(row));
  return (
    <>
      <search class="entries">
        <Field
          name="find"
          label={words.owner.filter}
          hint={words.owner.filterHint}
          value={text}
          onValue={(value) => {
            setText(value);
            setFrom(0);
          }}
        />
        <label class="check">
          <input type="checkbox" checked={only} onChange={(event) => setOnly(event.currentTarget.checked)} />
          {words.owner.only}
        </label>
      </search>
      <p class="quiet small" role="status">
        {words.owner.found(found.length, items.length)}
      </p>
      {found.length === 0 ? (
        <p>{words.owner.foundNone}</p>
      ) : (
        <Table
          caption={words.owner.itemsTitle}
          columns={COLUMNS}
          rows={shown}
          rowKey={({ item_id }) => item_id}
          cell={(item, key) => <Cell item={item} column={key} titleOf={titleOf} />}
          sort={sort}
          onSort={onSort}
          wide
        />
      )}
      {(previous !== undefined || next !== undefined) && (
        <Pager
          where={words.paging.rows(first + 1, first + shown.length, sorted.length)}
          onBack={goTo(previous)}
          onNext={goTo(next)}
        />
      )}
    </>
  );
}

/** Titles of areas by id: the same function as long as they are the same, since thousands of rows are sorted by it. */
function useTitles(certification: string): (area: string) => string {
  const { api } = useApp();
  const list = useLoaded(() => api.certifications(), certification);
  const areas = list.kind === "loaded" ? list.value.find(({ id }) => id === certification)?.areas : undefined;
  const titles = useMemo(() => new Map(areas?.map(({ id, title }) => [id, title] as const)), [areas]);
  return useCallback((area) => titles.get(area) ?? area, [titles]);
}

interface CellProps {
  readonly item: ItemStatistics;
  readonly column: ItemColumn;
  readonly titleOf: (area: string) => string;
}

function Cell({ item, column, titleOf }: CellProps) {
  const text = figureWords(item, column, titleOf);
  if (column === "item" && !item.active) {
    return (
      <>
        {text} <span class="quiet small">({words.owner.inactive})</span>
      </>
    );
  }
  if (column === "verdict" && item.misfit !== undefined) {
    return (
      <span class="odd" data-misfit={item.misfit}>
        {text}
      </span>
    );
  }
  return <>{text}</>;
}

/** Every column in plain words, for who has not met these figures before. */
export function ItemColumnMeanings() {
  return (
    <details class="more">
      <summary>{words.owner.meaning}</summary>
      <dl class="meanings">
        {ITEM_COLUMNS.map((key) => (
          <div key={key}>
            <dt>{words.owner.columns[key]}</dt>
            <dd>{words.owner.meanings[key]}</dd>
          </div>
        ))}
      </dl>
      <p class="quiet small">{words.owner.meaningMore}</p>
    </details>
  );
}
