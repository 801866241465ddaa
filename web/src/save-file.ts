/**
 * Owns handing a file to the browser: routes that take a token cannot be behind a plain link.
 */

/** How long the browser gets to read what it saves, milliseconds. */
const SAVED_WITHIN_MS = 60_000;

export function saveFile(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), SAVED_WITHIN_MS);
}
