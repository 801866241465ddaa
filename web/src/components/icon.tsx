/** Marks drawn in the text's colour. Always beside a word, so always hidden from screen readers. */

const PATHS = {
  right: "M3 8.5 6.5 12 13 4.5",
  wrong: "M4 4l8 8M12 4l-8 8",
  flag: "M4 14V2.5h8l-2 3 2 3H4",
  flagged: "M4 14V2.5h8l-2 3 2 3H4",
  unsaved: "M4 12l1-3 6-6 2 2-6 6-3 1zM3 14h10",
  bookmark: "M4 2.5h8v11l-4-3-4 3z",
  bookmarked: "M4 2.5h8v11l-4-3-4 3z",
  live: "M8 3a5 5 0 1 0 0 10A5 5 0 1 0 8 3z",
  saving: "M8 12V3M4 7l4-4 4 4M3 14h10",
  reconnecting: "M13 8a5 5 0 1 1-1.5-3.5M13 2v3h-3",
  offline: "M3 3l10 10M5 11h6a2.5 2.5 0 0 0 .5-5A4 4 0 0 0 6 4.3M4 6.5A2.5 2.5 0 0 0 5 11",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg
      class={`icon icon-${name}`}
      viewBox="0 0 16 16"
      width="16"
      height="16"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
