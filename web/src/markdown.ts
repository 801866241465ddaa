/**
 * Owns how CommonMark from the server becomes HTML: no raw HTML, no images (they will come by asset id), no links
 * made out of bare text, and no address but of the web or of mail. What is left cannot run anything.
 */
import MarkdownIt from "markdown-it";

/** Addresses a link may have. A text knows nothing of this page's own paths, so relative ones are left out too. */
const ADDRESS = /^(?:https?|mailto):/i;

const commonmark = new MarkdownIt("commonmark", { html: false, linkify: false, typographer: false });
type Token = ReturnType<typeof commonmark.parse>[number];

commonmark.disable("image");
commonmark.validateLink = (address) => ADDRESS.test(address);
// A link without any address is not asked about above.
commonmark.core.ruler.push("links_have_addresses", ({ tokens }) => {
  for (const token of tokens) if (token.children) token.children = withoutEmptyLinks(token.children);
});
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
    .map((block) => (block.children ? block.children.map(words).join("") : block.content).trim())
    .filter((part) => part !== "")
    .join(" ");
}

function words({ type, content }: Token): string {
  return type === "softbreak" || type === "hardbreak" ? " " : content;
}

/** Links do not nest: after one that goes, the next end of a link is its own. */
function withoutEmptyLinks(tokens: readonly Token[]): Token[] {
  let dropping = false;
  return tokens.filter((token) => {
    if (token.type === "link_open") dropping = !token.attrGet("href");
    return !(dropping && (token.type === "link_open" || token.type === "link_close"));
  });
}
