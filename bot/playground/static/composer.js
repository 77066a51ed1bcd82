// Where a person types: history with the arrow keys, completion of commands, reserved words and mentions.

import { floorOf, h, icon, keepPlaced, menuButton, newId } from "./dom.js";
import { ask } from "./store.js";

const KEPT = 100;

function remembered() {
  try {
    return JSON.parse(localStorage.getItem("said") ?? "[]");
  } catch {
    return [];
  }
}

/** A composer for `channel`, or for one of its threads. */
export function composer(page, channel, thread = null) {
  const { world } = page.store;
  const listId = newId("completion");
  let list = null;
  let release = () => {};
  let offered = [];
  let at = 0;
  let back = -1; // how far back in the history we are
  let draft = "";

  const where = channel.kind === "im" ? channel.name : `#${channel.name}`;
  const label = thread ? "Reply in this thread" : `Message ${where}`;
  const area = h("textarea.composer-text", {
    id: thread ? newId("composer") : "composer-text", rows: "1", "aria-label": label, placeholder: label, "aria-autocomplete": "list",
    oninput: () => { back = -1; grow(); complete(); }, onkeydown: keys, onblur: () => setTimeout(closeList, 120),
  });
  const send = h("button.send", { type: "button", "aria-label": "Send", title: "Send (Enter)", onclick: submit }, icon("send"));
  const start = [
    ...world.shortcuts.map((s) => [s.name, () => page.done(ask({ do: "shortcut", callback_id: s.callback_id })), s.description]),
    ...world.steps.map((s) => [`Workflow step: ${s.title}`, () => page.runStep(s), s.description]),
  ];
  const form = h("div.composer", { role: "group", "aria-label": thread ? "Reply" : "New message" }, area,
    h("div.composer-foot", {},
      !thread && start.length > 0 && menuButton({ class: "icon-button", "aria-label": "Shortcuts", title: "Shortcuts" }, icon("bolt"), () => start),
      h("span.composer-hint.quiet", {}, hint()), send));
  return { form, focus: () => area.focus(), fill };

  function hint() {
    const command = world.commands[0]?.command;
    if (thread) return `@${world.bot.name} asks the bot; commands do not run in threads`;
    return channel.kind === "im" ? "Ask in plain words" : `${command} answers you alone, @${world.bot.name} answers in a thread`;
  }

  function fill(text) {
    area.value = text;
    grow();
    area.focus();
    area.setSelectionRange(text.length, text.length);
  }

  function grow() {
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight, 180)}px`;
  }

  async function submit() {
    const text = area.value.trim();
    if (!text) return area.focus();
    closeList();
    const said = [text, ...remembered().filter((other) => other !== text)].slice(0, KEPT);
    localStorage.setItem("said", JSON.stringify(said));
    back = -1;
    area.value = "";
    grow();
    area.focus();
    const answer = await page.done(ask({ do: "say", channel: channel.id, text, thread_ts: thread?.ts }));
    if (answer.error && !area.value) fill(text);
  }

  function keys(event) {
    if (event.isComposing) return;
    if (list) {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        return mark((at + (event.key === "ArrowDown" ? 1 : -1) + offered.length) % offered.length);
      }
      if (event.key === "Tab" && !event.shiftKey) {
        event.preventDefault();
        return take(offered[at]);
      }
      if (event.key === "Enter" && !event.shiftKey && offered[at].insert.trim() !== area.value.trim()) {
        event.preventDefault();
        return take(offered[at]);
      }
      if (event.key === "Escape") {
        event.preventDefault();
        return closeList();
      }
    }
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      submit();
    } else if (event.key === "ArrowUp" && !area.value.slice(0, area.selectionStart).includes("\n")) {
      const past = remembered();
      if (back + 1 >= past.length) return;
      if (back < 0) draft = area.value;
      event.preventDefault();
      fill(past[++back]);
    } else if (event.key === "ArrowDown" && back >= 0) {
      event.preventDefault();
      back -= 1;
      fill(back < 0 ? draft : remembered()[back]);
    }
  }

  /** What could stand where the cursor is: a command or its reserved words at the beginning, a mention anywhere. */
  function complete() {
    const before = area.value.slice(0, area.selectionStart);
    const command = world.commands.find((c) => before.startsWith(`${c.command} `));
    const mention = /(?:^|\s)@(\w*)$/.exec(before);
    if (!thread && /^\/\S*$/.test(before))
      offered = world.commands.filter((c) => c.command.startsWith(before)).map((c) => ({ insert: `${c.command} `, show: c.command, hint: c.usage_hint ?? c.description }));
    else if (!thread && command) {
      const begun = before.slice(command.command.length + 1).toLowerCase();
      offered = world.words.filter(({ word }) => word.startsWith(begun) && word !== begun).map(({ word, hint }) => ({ insert: `${command.command} ${word}`, show: word, hint }));
      if (!begun) offered = [...offered, ...world.examples.map((text) => ({ insert: `${command.command} ${text}`, show: text, hint: "a question that works" }))];
    } else if (mention)
      offered = [world.bot, ...world.people.filter((p) => p.id !== world.me)]
        .filter((who) => who.name.toLowerCase().startsWith(mention[1].toLowerCase()))
        .map((who) => ({ insert: `${before.slice(0, before.length - mention[1].length)}${who.name} `, show: `@${who.name}`, hint: who === world.bot ? "the bot" : "" }));
    else offered = [];
    if (!offered.length) return closeList();
    list?.remove();
    list = h("div.listbox.completion", { id: listId, role: "listbox", tabindex: "0", "aria-label": "Completions", onpointerdown: (event) => event.preventDefault() },
      offered.map((entry, number) => h("div.option", { id: `${listId}-${number}`, role: "option", "aria-selected": "false", onclick: () => take(entry) },
        h("span", {}, entry.show), entry.hint && h("span.option-hint", {}, entry.hint))));
    floorOf(area).append(list);
    release();
    release = keepPlaced(list, form);
    area.setAttribute("aria-controls", listId);
    mark(0);
  }

  function mark(number) {
    at = number;
    [...list.children].forEach((option, index) => {
      option.classList.toggle("marked", index === at);
      option.setAttribute("aria-selected", String(index === at));
    });
    list.children[at].scrollIntoView({ block: "nearest" });
    area.setAttribute("aria-activedescendant", list.children[at].id);
  }

  function take(entry) {
    fill(entry.insert + (entry.show.startsWith("@") ? area.value.slice(area.selectionEnd) : ""));
    closeList();
    if (entry.insert.endsWith(" ") && !entry.show.startsWith("@")) complete();
  }

  function closeList() {
    release();
    list?.remove();
    list = null;
    area.removeAttribute("aria-controls");
    area.removeAttribute("aria-activedescendant");
  }
}
