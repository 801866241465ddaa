/**
 * Owns which addresses are pages of the app, for the worker. The server (`src/http/pages.rs`) tells them apart in the same way.
 */

/**
 * What is left out is the server's own, and files: they stand at the root, with a dot in their names, or in folders of theirs. Further down a
 * dot says nothing: it may be of an id.
 */
export const PAGE = /^\/(?!v1\/|assets\/|icons\/|healthz|readyz|metrics|[^/?]*\.)/;
