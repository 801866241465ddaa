/**
 * Owns how CommonMark from the server becomes HTML: no raw HTML, no images (they will come by asset id), no links
 * made out of bare text. What is left cannot run anything.
 */
import MarkdownIt from "markdown-it";

const commonmark = new MarkdownIt("commonmark", { html: false, linkify: false, typographer: false });
commonmark.disable("image");
commonmark.renderer.rules.link_open = (tokens, index, options, _env, self) => {
  const link = tokens[index];
  link?.attrSet("target", "_blank");
  link?.attrSet("rel", "noopener noreferrer");
  return self.renderToken(tokens, index, options);
};

/** A text of blocks: a stem, a case, a description. */
export function blocks(text: string): string {
  return commonmark.render(text);
}

/** A text that is usually one line: an option, an explanation. Without the paragraph around it when it is one. */
export function line(text: string): string {
  const tokens = commonmark.parse(text, {});
  return tokens.length === 3 && tokens[0]?.type === "paragraph_open"
    ? commonmark.renderInline(text.trim())
    : commonmark.render(text);
}

/** The same words without marks, for a screen reader's announcement. */
export function plain(text: string): string {
  return commonmark
    .parse(text, {})
    .flatMap((token) => token.children ?? [token])
    .map((token) => (token.type === "softbreak" || token.type === "hardbreak" ? " " : token.content))
    .join("")
    .trim();
}
