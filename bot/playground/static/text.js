// Slack's text: mrkdwn, plain text, rich text, and the markdown block; each becomes nodes, never HTML.

import { anchor, h } from "./dom.js";

const EMOJI = {
  "+1": "👍", "-1": "👎", thumbsup: "👍", thumbsdown: "👎", tada: "🎉", wave: "👋", warning: "⚠️", bulb: "💡", mag: "🔍",
  calendar: "📅", date: "📅", book: "📖", books: "📚", link: "🔗", chart_with_upwards_trend: "📈", bar_chart: "📊",
  white_check_mark: "✅", x: "❌", question: "❓", information_source: "ℹ️", newspaper: "📰", speech_balloon: "💬",
  busts_in_silhouette: "👥", bust_in_silhouette: "👤", house: "🏠", game_die: "🎲", pencil2: "✏️", memo: "📝",
  triangular_flag_on_post: "🚩", hourglass: "⌛", arrow_left: "⬅️", arrow_right: "➡️", lock: "🔒", eyes: "👀", smile: "😄",
};

// A style opens after a space or punctuation and closes before one; a letter, or the zero-width space that our bot
// puts before a star that is none, keeps it from either.
const BEFORE = "(?<![^\\s(\\[{\"'.,;:!?/–—-])";
const AFTER = "(?![^\\s)\\]}\"'.,;:!?/–—-])";
const TOKEN = new RegExp(
  "```(?<block>[^]+?)```|`(?<code>[^`\\n]+)`|<(?<entity>[^<>]*)>"
  + `|${BEFORE}(?<mark>[*_~])(?=[^\\s*_~])(?<styled>(?:[^\\n]*?[^\\s])?)\\k<mark>${AFTER}`
  + "|(?<![\\w:]):(?<emoji>[a-z0-9_+'-]+):(?![\\w:])",
  "g",
);
const STYLE = { "*": "strong", _: "em", "~": "s" };

let names = { user: (id) => id, channel: (id) => id };

/** How ids of people and channels are called; set once the page knows them. */
export function useNames(known) {
  names = known;
}

export const unescape = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** A text object of either type. */
export function textObject(object) {
  if (!object) return [];
  return object.type === "mrkdwn" ? mrkdwn(object.text) : plain(object.text, object.emoji !== false);
}

/** Text as it is, with emoji names drawn. */
export function plain(text, emoji = true) {
  return emoji ? text.replace(/(?<![\w:]):([a-z0-9_+'-]+):(?![\w:])/g, (all, name) => EMOJI[name] ?? all) : text;
}

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
    const { block, code, entity: inside, mark, styled, emoji } = match.groups;
    if (block !== undefined) nodes.push(h("pre.code", { tabindex: "0" }, unescape(block.replace(/^\n/, ""))));
    else if (code !== undefined) nodes.push(h("code", {}, unescape(code)));
    else if (inside !== undefined) nodes.push(entity(inside));
    else if (mark !== undefined) nodes.push(h(STYLE[mark], {}, inline(styled)));
    else nodes.push(EMOJI[emoji] ?? match[0]);
  }
  if (end < text.length) nodes.push(unescape(text.slice(end)));
  return nodes;
}

function entity(inside) {
  const [target, label] = inside.split(/\|(.*)/s);
  if (target.startsWith("@")) return mention(names.user(target.slice(1)) ?? label ?? target);
  if (target.startsWith("#")) return h("span.mention", {}, `#${names.channel(target.slice(1)) ?? label}`);
  if (target.startsWith("!date^")) return h("time", {}, unescape(label ?? ""));
  if (target.startsWith("!")) return h("span.mention.broadcast", {}, `@${label ?? target.slice(1)}`);
  const url = unescape(target);
  return anchor(url, unescape(label ?? url.replace(/^(mailto|tel):/, "")));
}

const mention = (name) => h("span.mention", {}, `@${name}`);

/** A rich_text block. */
export function richText(block) {
  return block.elements.map(richElement);
}

function richElement(element) {
  switch (element.type) {
    case "rich_text_section":
      return h("p.rich", {}, element.elements.map(richInline));
    case "rich_text_list": {
      const list = h(element.style === "ordered" ? "ol" : "ul", { class: `rich-list indent-${element.indent ?? 0}` },
        element.elements.map((item) => h("li", {}, item.elements.map(richInline))));
      if (element.offset) list.setAttribute("start", String(element.offset + 1));
      return list;
    }
    case "rich_text_quote":
      return h("blockquote.quote", {}, element.elements.map(richInline));
    case "rich_text_preformatted":
      return h("pre.code", { tabindex: "0" }, element.elements.map(richInline));
    default:
      return undrawn(element.type);
  }
}

function richInline(part) {
  const node = richPart(part);
  const style = part.style ?? {};
  let styled = node;
  for (const [name, tag] of [["code", "code"], ["bold", "strong"], ["italic", "em"], ["strike", "s"], ["underline", "u"]])
    if (style[name]) styled = h(tag, {}, styled);
  return styled;
}

function richPart(part) {
  switch (part.type) {
    case "text":
      return h("span.text", {}, part.text);
    case "link":
      return anchor(part.url, part.text ?? part.url);
    case "user":
      return mention(names.user(part.user_id) ?? part.user_id);
    case "channel":
      return h("span.mention", {}, `#${names.channel(part.channel_id) ?? part.channel_id}`);
    case "usergroup":
      return mention(part.usergroup_id);
    case "broadcast":
      return h("span.mention.broadcast", {}, `@${part.range}`);
    case "emoji":
      return EMOJI[part.name] ?? (part.unicode ? String.fromCodePoint(...part.unicode.split("-").map((c) => parseInt(c, 16))) : `:${part.name}:`);
    case "date":
      return h("time", {}, part.fallback ?? new Date(part.timestamp * 1000).toLocaleString());
    case "color":
      return h("code", {}, part.value);
    default:
      return undrawn(part.type);
  }
}

/** What stands where something cannot be drawn: a test looks for these. */
export function undrawn(type) {
  return h("div.undrawn", { data: { undrawn: String(type) } }, `This page cannot draw “${type}”.`);
}

/** The markdown block: the part of Markdown that Slack draws. */
export function markdown(text) {
  const nodes = [];
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; ) {
    const line = lines[at];
    const heading = /^(#{1,6})\s+(.*)/.exec(line);
    const bullet = /^\s*([-*+]|\d+[.)])\s+/;
    if (!line.trim()) at += 1;
    else if (line.startsWith("```")) {
      const end = lines.indexOf("```", at + 1);
      nodes.push(h("pre.code", { tabindex: "0" }, lines.slice(at + 1, end < 0 ? undefined : end).join("\n")));
      at = end < 0 ? lines.length : end + 1;
    } else if (heading) {
      nodes.push(h("p.md-heading", { role: "heading", "aria-level": String(Math.min(6, heading[1].length + 2)) }, markdownInline(heading[2])));
      at += 1;
    } else if (/^\s*(---+|\*\*\*+)\s*$/.test(line)) {
      nodes.push(h("hr", {}));
      at += 1;
    } else if (line.startsWith(">")) {
      const quoted = [];
      while (at < lines.length && lines[at].startsWith(">")) quoted.push(lines[at++].replace(/^> ?/, ""));
      nodes.push(h("blockquote.quote", {}, markdown(quoted.join("\n"))));
    } else if (bullet.test(line)) {
      const ordered = /^\s*\d/.test(line);
      const items = [];
      while (at < lines.length && bullet.test(lines[at])) items.push(h("li", {}, markdownInline(lines[at++].replace(bullet, ""))));
      nodes.push(h(ordered ? "ol" : "ul", { class: "rich-list" }, items));
    } else if (line.includes("|") && /^[\s|:-]+$/.test(lines[at + 1] ?? "")) {
      const cells = (row) => row.replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());
      const head = h("tr", {}, cells(line).map((cell) => h("th", { scope: "col" }, markdownInline(cell))));
      const rows = [];
      for (at += 2; at < lines.length && lines[at].includes("|"); at += 1)
        rows.push(h("tr", {}, cells(lines[at]).map((cell) => h("td", {}, markdownInline(cell)))));
      nodes.push(h("div.table-frame", { tabindex: "0", role: "group", "aria-label": "Table" }, h("table", {}, h("thead", {}, head), h("tbody", {}, rows))));
    } else {
      const paragraph = [];
      while (at < lines.length && lines[at].trim() && !bullet.test(lines[at]) && !/^(#|>|```)/.test(lines[at])) paragraph.push(lines[at++]);
      nodes.push(h("p.rich", {}, markdownInline(paragraph.join("\n"))));
    }
  }
  return nodes;
}

function markdownInline(text) {
  const token = /`([^`]+)`|\[([^\]]*)\]\(([^\s)]+)\)|\*\*(\S(?:[^]*?\S)?)\*\*|(?<!\w)[*_](\S(?:[^]*?\S)?)[*_](?!\w)|~~(\S(?:[^]*?\S)?)~~/g;
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(token)) {
    if (match.index > end) nodes.push(text.slice(end, match.index));
    end = match.index + match[0].length;
    const [, code, label, url, bold, italic, strike] = match;
    if (code !== undefined) nodes.push(h("code", {}, code));
    else if (url !== undefined) nodes.push(anchor(url, markdownInline(label)));
    else if (bold !== undefined) nodes.push(h("strong", {}, markdownInline(bold)));
    else if (italic !== undefined) nodes.push(h("em", {}, markdownInline(italic)));
    else nodes.push(h("s", {}, markdownInline(strike)));
  }
  if (end < text.length) nodes.push(text.slice(end));
  return nodes;
}
