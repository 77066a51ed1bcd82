// The page: conversations at the side, messages in the middle, a thread beside them.

import { clock, counted, h, iconButton, isAtEnd } from "./dom.js";
import { composer } from "./composer.js";
import { drawMessage } from "./message.js";
import { ask, recall, remember, store } from "./store.js";
import { drawHome, showModal } from "./views.js";

const at = (id) => document.getElementById(id);
const DRAWN = 300; // messages of a conversation that are drawn; older ones are left to scroll back for elsewhere

const page = {
  explaining: recall("explaining") === "yes",
  tab: "messages",
  thread: null,
  unread: new Map(),
  async done(answer) {
    const result = await answer;
    if (result.error) toast(result.error, "bad");
    return result;
  },
  redraw(message) {
    for (const frame of [at("content"), at("thread")]) {
      const old = articleOf(frame, message.ts);
      if (!old) continue;
      const key = keyOfFocus(old);
      const list = old.parentElement;
      const atEnd = isAtEnd(list);
      const fresh = drawMessage(message, page, { inThread: frame.id === "thread" });
      old.replaceWith(fresh);
      if (key) fresh.querySelector(key)?.focus();
      if (atEnd) showEnd(list, list.lastElementChild);
    }
  },
  openThread(message, write = true) {
    page.thread = message.thread_ts ? store.find(message.channel, message.thread_ts) ?? message : message;
    drawThread(write);
  },
};

function keyOfFocus(frame) {
  const active = document.activeElement;
  if (!frame.contains(active)) return null;
  const label = active.getAttribute("aria-label");
  if (active.dataset.key) return `[data-key="${CSS.escape(active.dataset.key)}"]`;
  return label ? `[aria-label="${CSS.escape(label)}"]` : null;
}

/** `action` is what a button in it says, and what that does. */
function toast(text, kind = "", action = null) {
  const note = h("div", { class: `toast ${kind}` }, h("span", {}, text),
    action && h("button.button", { type: "button", onclick: () => { note.remove(); action[1](); } }, action[0]),
    iconButton("close", "Dismiss", { onclick: () => note.remove() }));
  at("toasts").append(note);
  setTimeout(() => note.remove(), 9000);
}

// -- the frame -------------------------------------------------------------------------------------

function drawSidebar() {
  const entry = (channel) => {
    const here = channel.id === store.here;
    const count = page.unread.get(channel.id) ?? 0;
    return h("li", {}, h("button.place", {
      type: "button", "aria-current": here ? "page" : undefined, onclick: () => openChannel(channel.id), data: { channel: channel.id },
    }, h("span.place-mark", { "aria-hidden": "true" }, channel.kind === "im" ? "●" : "#"), h("span.place-name", {}, channel.name),
      count > 0 && h("span.unread", { "aria-label": `${count} new` }, String(count))));
  };
  const { channels } = store.world;
  at("sidebar").replaceChildren(
    h("div.brand", {}, h("img", { src: "/static/icon.svg", alt: "", width: "28", height: "28" }), h("div", {}, h("strong", {}, "Playground"), h("span.brand-note", {}, "no Slack account needed"))),
    h("h2.side-head", {}, "Channels"), h("ul.places", {}, channels.filter((c) => c.kind === "channel").map(entry)),
    h("h2.side-head", {}, "Apps"), h("ul.places", {}, channels.filter((c) => c.kind === "im").map(entry)),
    h("div.side-foot", {},
      h("span", {}, `${store.facts.count} entries`), h("span", {}, `version ${store.world.version}`)));
}

function drawHeader() {
  const channel = store.channel(store.here);
  at("header").replaceChildren(
    h("div.header-title", {}, h("h2", {}, channel.kind === "im" ? channel.name : `#${channel.name}`), h("p.quiet", {}, channel.kind === "im" ? "Direct messages with the bot, and its Home" : channel.purpose)),
    h("label.switch", {}, h("input", {
      type: "checkbox", role: "switch", checked: page.explaining, onchange: (event) => {
        page.explaining = event.target.checked;
        remember("explaining", page.explaining ? "yes" : "no");
        drawContent(true);
        if (page.thread) drawThread(false);
      },
    }), h("span.switch-track", { "aria-hidden": "true" }), "Explain"));
}

function drawEditBar() {
  const { facts } = store;
  if (!store.world.watch) return at("edit-bar").replaceChildren();
  const open = [...at("edit-bar").querySelectorAll("details[open]")].map((details) => details.className);
  const list = (items) => h("ul.problems", {}, items.map((item) => h("li", {}, item)));
  const more = (name, summary, ...content) => h("details", { class: name, open: open.includes(name) }, h("summary", {}, summary), content);
  const bad = facts.problems.length > 0;
  const content = at("content");
  const atEnd = !onHome() && isAtEnd(content);
  const state = bad ? `Not live. Still answering from the last good version (${facts.count} entries).` : `${facts.count} entries, as saved at ${clock(facts.changed_at, { second: "2-digit" })}`;
  at("edit-bar").replaceChildren(h("section", { class: `edit-bar ${bad ? "bad" : "good"}`, role: "status", "aria-label": "Edit mode" },
    h("div.edit-head", {}, h("strong", {}, "Edit mode"), h("span", {}, state), h("span.edit-count", {}, bad ? counted(facts.problems.length, "problem") : "no problems")),
    bad && list(facts.problems),
    facts.warnings.length > 0 && more("warnings", counted(facts.warnings.length, "warning"), list(facts.warnings)),
    facts.unanswered.length > 0 && more("unanswered", `${counted(facts.unanswered.length, "question")} without an answer`,
      h("ul.problems", {}, facts.unanswered.map(({ question, unknown, nearest }) => h("li", {}, h("strong", {}, question),
        unknown.length > 0 && ` · unknown: ${unknown.join(", ")}`, nearest && [" · closest: ", h("code", {}, nearest)]))))));
  if (atEnd) content.scrollTop = content.scrollHeight;
}

function drawTabs() {
  const channel = store.channel(store.here);
  if (channel.kind !== "im") return at("tabs").replaceChildren();
  const tab = (name, label) =>
    h("button.tab", {
      type: "button", role: "tab", id: `tab-${name}`, "aria-selected": String(page.tab === name), "aria-controls": "content", tabindex: page.tab === name ? "0" : "-1",
      onclick: () => openTab(name),
      onkeydown: (event) => {
        if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
        openTab(page.tab === "home" ? "messages" : "home");
        at(`tab-${page.tab}`).focus();
      },
    }, label);
  at("tabs").replaceChildren(h("div.tabs", { role: "tablist", "aria-label": "The app" }, tab("home", "Home"), tab("messages", "Messages")));
}

function openTab(name) {
  page.tab = name;
  page.done(ask({ do: "open_app", channel: store.here, tab: name }));
  drawTabs();
  drawContent();
  at(`tab-${name}`)?.focus();
}

// -- messages --------------------------------------------------------------------------------------

function openChannel(id, focus = true) {
  store.here = id;
  page.thread = null;
  page.tab = "messages";
  page.unread.delete(id);
  remember("channel", id);
  drawAll();
  if (store.channel(id).kind === "im") page.done(ask({ do: "open_app", channel: id, tab: "messages" }));
  if (focus) at("composer-text")?.focus();
}

function drawAll() {
  drawSidebar();
  drawHeader();
  drawEditBar();
  drawTabs();
  drawContent();
  drawThread(false);
}

const onHome = () => store.channel(store.here).kind === "im" && page.tab === "home";

function drawContent(keep = false) {
  const content = at("content");
  const scrolled = content.scrollTop;
  content.classList.toggle("at-home", onHome());
  if (onHome()) {
    content.removeAttribute("role");
    content.setAttribute("aria-label", "Home");
    drawHome(page, content);
    content.scrollTop = 0;
    at("composer").replaceChildren();
    return;
  }
  content.setAttribute("role", "log");
  content.setAttribute("aria-label", "Messages");
  content.replaceChildren(beginning(), ...store.shown(store.here).slice(-DRAWN).map((message) => drawMessage(message, page)));
  if (!keep || !at("composer-text")) {
    at("composer").replaceChildren(composer(page, store.channel(store.here)).form);
  }
  content.scrollTop = keep ? scrolled : content.scrollHeight;
}

/** What an empty conversation begins with: how to ask, and questions that work. */
function beginning() {
  const channel = store.channel(store.here);
  const { command } = store.command;
  const im = channel.kind === "im";
  if (channel.id !== store.world.channels[0].id && !im) return h("div.beginning", {}, h("p.quiet", {}, channel.purpose));
  return h("div.beginning", {},
    h("h2", {}, im ? `Ask ${store.botName}` : `The beginning of #${channel.name}`),
    h("p", {}, im ? "Write as to a colleague. The answer comes here." : [h("code", {}, command), " and a few words: an answer that only you see. ", h("code", {}, `@${store.botName}`), " in a sentence: an answer in a thread."]),
    h("ul.examples", {}, store.world.examples.map((text) => h("li", {}, h("button.example", { type: "button", onclick: () => page.done(ask({ do: "say", channel: channel.id, text: im ? text : `${command} ${text}` })) }, text)))));
}

function drawThread(write) {
  const panel = at("thread");
  const content = at("content");
  const root = page.thread;
  const atEnd = isAtEnd(content);
  panel.hidden = !root;
  at("app").classList.toggle("with-thread", Boolean(root));
  if (atEnd && !onHome()) content.scrollTop = content.scrollHeight;
  if (!root) return panel.replaceChildren();
  at("toasts").replaceChildren(); // one of them may offer to open this thread
  const channel = store.channel(root.channel);
  const close = () => { page.thread = null; drawThread(false); at("composer-text")?.focus(); };
  const field = composer(page, channel, root);
  const list = h("div.thread-messages", { role: "log", "aria-label": "Messages of the thread", tabindex: "0" }, store.shown(root.channel, root.ts).map((message) => drawMessage(message, page, { inThread: true })));
  panel.replaceChildren(
    h("header.thread-head", {}, h("h2", {}, "Thread", h("span.quiet", {}, ` ${channel.kind === "im" ? channel.name : `#${channel.name}`}`)),
      iconButton("close", "Close thread", { onclick: close })),
    list, h("footer.composer-area", {}, field.form));
  panel.onkeydown = (event) => event.key === "Escape" && !event.defaultPrevented && close();
  list.scrollTop = list.scrollHeight;
  if (write) field.focus();
}

/** A message that is new, or has changed. */
function take(message, fresh) {
  const inThread = message.thread_ts && message.thread_ts !== message.ts;
  if (message.channel !== store.here || onHome()) {
    if (fresh && message.user !== store.world.me) {
      page.unread.set(message.channel, (page.unread.get(message.channel) ?? 0) + 1);
      if (message.channel !== store.here) drawSidebar();
    }
    return;
  }
  if (!fresh) return page.redraw(message);
  if (inThread) {
    const root = store.find(message.channel, message.thread_ts);
    if (root) page.redraw(root);
    if (page.thread?.ts === message.thread_ts) append(at("thread").querySelector(".thread-messages"), drawMessage(message, page, { inThread: true }), true);
    else if (root?.user === store.world.me && message.user === store.world.bot && !message.is_ephemeral) showAnswer(root);
    return;
  }
  append(at("content"), drawMessage(message, page), message.user === store.world.me);
}

/** The bot has answered one's own mention: show the thread if there is room and no reply is being written in another. */
function showAnswer(root) {
  const panel = at("thread");
  const busy = page.thread && (panel.contains(document.activeElement) || panel.querySelector("textarea").value);
  if (matchMedia("(min-width: 1000px)").matches && !busy) return page.openThread(root, false);
  toast(`${store.botName} has answered in a thread.`, "", ["Open", () => page.openThread(root)]);
}

const articleOf = (frame, ts) => [...frame.querySelectorAll("article")].find((node) => node.dataset.ts === ts);

function append(list, node, always) {
  const follow = isAtEnd(list) || always;
  list.append(node);
  if (follow) showEnd(list, node);
}

/** Scroll to the last message; a card that is higher than the window is shown from its beginning. */
function showEnd(list, last) {
  list.scrollTop = last.offsetHeight > list.clientHeight - 40 ? last.offsetTop - 20 : list.scrollHeight;
}

store.connect((change) => {
  switch (change.change) {
    case "all": {
      const before = store.here;
      store.here = (store.channel(before ?? recall("channel")) ?? store.world.channels[0]).id;
      document.body.classList.remove("lost");
      drawAll();
      showModal(page);
      if (!before) at("composer-text")?.focus();
      document.documentElement.dataset.ready = "yes";
      break;
    }
    case "message": return take(change.message, change.fresh);
    case "deleted":
      for (const frame of [at("content"), at("thread")]) articleOf(frame, change.ts)?.remove();
      if (change.message?.thread_ts) {
        const root = store.find(change.channel, change.message.thread_ts);
        if (root && change.channel === store.here) page.redraw(root);
      }
      break;
    case "home": return onHome() && drawHome(page, at("content"));
    case "modal": return showModal(page);
    case "facts":
      drawEditBar();
      return drawSidebar();
    case "step":
      if (change.error) return toast(`The workflow step failed: ${change.error}`, "bad");
      return toast(`The workflow step gave: ${Object.entries(change.outputs ?? {}).map(([name, value]) => `${name}: ${value}`).join("; ")}`);
    case "lost": return document.body.classList.add("lost");
  }
});

