// Slack's text: mrkdwn, plain text and rich text; each becomes nodes, never HTML.

import { anchor, h } from "./dom.js";
import { store } from "./store.js";

// A style opens after a space or punctuation and closes before one; a letter, or the zero-width space that our bot
// puts before a star that is none, keeps it from either.
const BEFORE = "(?<![^\\s(\\[{\"'.,;:!?/–—-])";
const AFTER = "(?![^\\s)\\]}\"'.,;:!?/–—-])";
const TOKEN = new RegExp(
  "```(?<block>[^]+?)```|`(?<code>[^`\\n]+)`|<(?<entity>[^<>]*)>"
  + `|${BEFORE}(?<mark>[*_~])(?=[^\\s*_~])(?<styled>(?:[^\\n]*?[^\\s])?)\\k<mark>${AFTER}`,
  "g",
);
const STYLE = { "*": "strong", _: "em", "~": "s" };

const unescape = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** A text object of either type. */
export const textObject = (object) => (object?.type === "mrkdwn" ? mrkdwn(object.text) : (object?.text ?? []));

/** Slack's mrkdwn as a list of nodes. */
export function mrkdwn(text) {
  const nodes = [];
  let quote = null;
  const lines = text.split("```").length > 2 ? [text] : text.split("\n");
  lines.forEach((line, number) => {
    const quoted = /^(?:&gt;|>) ?/.exec(line);
    if (quoted) {
      if (!quote) nodes.push((quote = h("blockquote.quote", {})));
      else quote.append(h("br"));
      quote.append(...inline(line.slice(quoted[0].length)));
    } else {
      if (number && !quote) nodes.push(h("br"));
      quote = null;
      nodes.push(...inline(line));
    }
  });
  return nodes;
}

function inline(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    if (match.index > end) nodes.push(unescape(text.slice(end, match.index)));
    end = match.index + match[0].length;
    const { block, code, entity: inside, mark, styled } = match.groups;
    if (block !== undefined) nodes.push(h("pre.code", { tabindex: "0" }, unescape(block.replace(/^\n/, ""))));
    else if (code !== undefined) nodes.push(h("code", {}, unescape(code)));
    else if (inside !== undefined) nodes.push(entity(inside));
    else nodes.push(h(STYLE[mark], {}, inline(styled)));
  }
  if (end < text.length) nodes.push(unescape(text.slice(end)));
  return nodes;
}

function entity(inside) {
  const [target, label] = inside.split(/\|(.*)/s);
  if (target.startsWith("@")) return mention(store.world.users[target.slice(1)] ?? target);
  if (target.startsWith("#")) return h("span.mention", {}, `#${store.channel(target.slice(1))?.name ?? label}`);
  if (target.startsWith("!date^")) return h("time", {}, unescape(label ?? ""));
  if (target.startsWith("!")) return h("span.mention.broadcast", {}, `@${label ?? target.slice(1)}`);
  const url = unescape(target);
  return anchor(url, unescape(label ?? url.replace(/^mailto:/, "")));
}

const mention = (name) => h("span.mention", {}, `@${name}`);

/** A rich_text block. */
export const richText = (block) => block.elements.map(richElement);

function richElement(element) {
  const parts = () => element.elements.map(richInline);
  switch (element.type) {
    case "rich_text_section":
      return h("p.rich", {}, parts());
    case "rich_text_list":
      return h("ul.rich-list", {}, element.elements.map((item) => h("li", {}, item.elements.map(richInline))));
    case "rich_text_quote":
      return h("blockquote.quote", {}, parts());
    case "rich_text_preformatted":
      return h("pre.code", { tabindex: "0" }, parts());
    default:
      return undrawn(element.type);
  }
}

function richInline(part) {
  let node = richPart(part);
  for (const [name, tag] of [["code", "code"], ["bold", "strong"], ["italic", "em"]])
    if (part.style?.[name]) node = h(tag, {}, node);
  return node;
}

function richPart(part) {
  if (part.type === "text") return h("span.text", {}, part.text);
  if (part.type === "link") return anchor(part.url, part.text ?? part.url);
  return undrawn(part.type);
}

/** What is shown where something cannot be drawn: a test looks for these. */
export function undrawn(type) {
  return h("div.undrawn", { data: { undrawn: String(type) } }, `This page cannot draw “${type}”.`);
}
