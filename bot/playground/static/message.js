// One message: who, when, what, its replies; and, on request, its payload and the explanation of its answer.

import { clock, h, icon, iconButton, isAtEnd, menuButton } from "./dom.js";
import { drawBlocks } from "./blocks.js";
import { Form } from "./elements.js";
import { ask, explain, store } from "./store.js";
import { mrkdwn } from "./text.js";

const forms = new Map(); // by message or view, so that a redrawn one keeps what was chosen in it
const payloadsOpen = new Set();

/** `page` gives `done`, `redraw`, `openThread`, and whether explanations are shown. */
export function drawMessage(message, page, { inThread = false } = {}) {
  const bot = message.user === store.world.bot;
  const author = store.world.users[message.user];
  const where = { channel: message.channel, ts: message.ts };
  const id = JSON.stringify(where);
  const classes = ["message", message.is_ephemeral && "private", message.request && message.is_ephemeral && "command", bot && "by-bot"];
  const time = new Date(Number(message.ts) * 1000);
  const article = h("article", {
    class: classes.filter(Boolean).join(" "), "aria-label": `${author}${message.is_ephemeral ? ", only visible to you" : ""}`, data: { ts: message.ts },
  });
  const text = h("div.message-main", {});
  article.append(avatar(author, bot), text);
  text.append(h("div.message-head", {},
    h("span.author", {}, author), bot && h("span.badge", {}, "App"),
    h("time.quiet", { datetime: time.toISOString() }, clock(message.ts)),
    message.edited && h("span.quiet", {}, "(edited)"),
    message.is_ephemeral && h("span.only-you", {}, icon("eye"), "Only visible to you")));
  text.append(body(message, where, page));
  for (const attachment of message.attachments ?? [])
    text.append(h("div.attachment", { data: { unfurl: attachment.from_url } },
      drawBlocks(attachment.blocks, placeOf(page, { ...where, unfurl: attachment.from_url }, attachment.blocks))));
  const replies = inThread ? [] : store.replies(message);
  if (replies.length)
    text.append(h("button.replies", { type: "button", onclick: () => page.openThread(message) },
      icon("thread"), replies.length === 1 ? "1 reply" : `${replies.length} replies`, h("span.quiet", {}, "View thread")));
  if (page.explaining && message.question?.trim()) text.append(explanation(message.question));
  if (payloadsOpen.has(id)) text.append(payload(message));
  article.append(toolbar(message, id, page, inThread));
  return article;
}

function body(message, where, page) {
  if (message.request && message.is_ephemeral) return h("div.prose", {}, h("code.typed", {}, mrkdwn(message.text.replace(/([*_~`])/g, "\u200b$1"))));
  if (message.blocks?.length) return h("div.blocks", {}, drawBlocks(message.blocks, placeOf(page, where, message.blocks)));
  return h("div.prose", {}, mrkdwn(message.text));
}

/** Where blocks are: their form, by message or view, and what using an element does. */
export function placeOf(page, where, blocks, errors) {
  const key = JSON.stringify(where);
  if (!forms.has(key)) forms.set(key, new Form());
  const form = forms.get(key);
  const used = (block, { action_id }) => ({ block_id: block.block_id, action_id });
  return {
    form, errors,
    act(block, element, picked) {
      const { type, text, value } = element;
      return page.done(ask({ do: "press", where, action: { type, text, value, ...used(block, element), ...picked }, state: form.state(blocks) }));
    },
    suggest: (block, element, value) => ask({ do: "suggest", where, ...used(block, element), value, state: form.state(blocks) }),
  };
}

function avatar(name, bot) {
  if (bot) return h("span.avatar.bot", { "aria-hidden": "true" }, h("img", { src: "/static/icon.svg", alt: "" }));
  const tone = [...name].reduce((sum, c) => sum + c.charCodeAt(0), 0) % 5;
  return h("span", { class: `avatar tone-${tone}`, "aria-hidden": "true" }, name[0]);
}

function toolbar(message, id, page, inThread) {
  const entries = message.is_ephemeral ? [] : store.shortcuts("message").map((s) => [
    s.name, () => page.done(ask({ do: "message_shortcut", callback_id: s.callback_id, channel: message.channel, ts: message.ts })), s.description]);
  const open = payloadsOpen.has(id);
  return h("div.toolbar", { role: "group", "aria-label": "Message actions" },
    !message.is_ephemeral && !inThread && iconButton("thread", "Reply in thread", { onclick: () => page.openThread(message, true) }),
    (message.sent || message.request) && iconButton("code", "Payload", {
      title: message.sent ? "Payload: what the bot sent" : "Payload: what Slack sent to the bot", "aria-pressed": String(open),
      onclick: () => { open ? payloadsOpen.delete(id) : payloadsOpen.add(id); page.redraw(message); },
    }),
    entries.length > 0 && menuButton({ class: "icon-button", "aria-label": "More message actions", title: "More message actions" }, icon("more"), entries));
}

/** The JSON of a message or view, with the way to look at it in Block Kit Builder. */
export function payload(thing) {
  const sent = thing.sent ?? thing.request;
  const text = JSON.stringify(sent, null, 2);
  const view = sent.type === "modal" || sent.type === "home" ? sent : sent.blocks && { blocks: sent.blocks };
  const copy = h("button.link", {
    type: "button",
    onclick: async () => {
      await navigator.clipboard.writeText(text);
      copy.textContent = "Copied";
    },
  }, "Copy");
  return h("div.behind.payload", { role: "group", "aria-label": "Payload" },
    h("div.behind-head", {}, h("strong", {}, thing.sent ? "What the bot sent" : "What Slack sent to the bot"), copy,
      view && h("a", { href: `https://app.slack.com/block-kit-builder/#${encodeURIComponent(JSON.stringify(view))}`, target: "_blank", rel: "noopener noreferrer" }, "Open in Block Kit Builder")),
    h("pre.code", { tabindex: "0", "aria-label": "JSON" }, text));
}

/** Why a question got its answer: filled in when it has been fetched. */
export function explanation(question) {
  const box = h("div.behind.explanation", { role: "group", "aria-label": "Explanation" }, h("p.quiet", {}, "Asking why …"));
  explain(question).then((why) => {
    const list = box.closest("[role=log]");
    const follow = list && isAtEnd(list);
    box.replaceChildren(...(why.error ? [h("p.error", {}, why.error)] : drawWhy(why)));
    if (follow) list.scrollTop = list.scrollHeight;
  });
  return box;
}

function drawWhy(why) {
  const number = (value) => value.toFixed(2);
  return [
    h("div.behind-head", {}, h("strong", {}, { none: "No fact", choices: "Choices", answer: "Answer", page: "Page" }[why.status]), h("span", {}, `${why.reason[0].toUpperCase()}${why.reason.slice(1).replace(/\.$/, "")}.`)),
    why.unknown.length > 0 && h("p", {}, "Unknown words: ", why.unknown.map((word, at) => [at ? ", " : "", h("code", {}, word)])),
    ...why.hits.map((hit) =>
      h("details", { open: hit === why.hits[0] }, h("summary", {}, h("span.score", {}, number(hit.score)), " ", hit.title, " ", h("span.quiet", {}, hit.id)),
        h("div.table-frame", { tabindex: "0", role: "group", "aria-label": `Words that matched ${hit.title}` },
          h("table.why", {},
            h("thead", {}, h("tr", {}, ["Word", "How", "Where", "Fit", "Weight"].map((title) => h("th", { scope: "col" }, title)))),
            h("tbody", {},
              hit.matches.map((m) => h("tr", {}, h("td", {}, m.word), h("td", {}, m.how, m.matched !== m.word && ` “${m.matched}”`), h("td", {}, m.field), h("td", {}, number(m.similarity)), h("td", {}, m.weight.toFixed(1)))),
              hit.missing.map((word) => h("tr.missing", {}, h("td", {}, word), h("td", { colspan: "4" }, "not in this fact"))))))),
    ),
  ].filter(Boolean);
}
