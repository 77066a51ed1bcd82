// Where a person types: history with the arrow keys, completion of commands, reserved words and mentions.

import { h, icon, iconButton, menuButton, newId } from "./dom.js";
import { Listbox } from "./listbox.js";
import { ask, recall, remember, store } from "./store.js";
import { askForInputs } from "./views.js";

const KEPT = 100;

const said = () => JSON.parse(recall("said") ?? "[]");

/** A composer for `channel`, or for one of its threads. */
export function composer(page, channel, thread = null) {
  const { world } = store;
  const { command, usage_hint } = store.command;
  let back = -1; // how far back in the history
  let draft = "";

  const label = thread ? "Reply in this thread" : `Message ${channel.kind === "im" ? channel.name : `#${channel.name}`}`;
  const hint = thread ? `@${store.botName} asks the bot; commands do not run in threads`
    : channel.kind === "im" ? "Ask in plain words"
    : `${command} answers you alone, @${store.botName} answers in a thread`;
  const area = h("textarea.composer-text", {
    id: thread ? newId("composer") : "composer-text", rows: "1", "aria-label": label, placeholder: label, "aria-autocomplete": "list",
    oninput: () => { back = -1; grow(); complete(); }, onkeydown: keys, onblur: () => setTimeout(() => list.close(), 120),
  });
  const start = [
    ...store.shortcuts("global").map((s) => [s.name, () => page.done(ask({ do: "shortcut", callback_id: s.callback_id })), s.description]),
    ...Object.entries(world.manifest.functions).map(([id, step]) => [`Workflow step: ${step.title}`, () => askForInputs(page, id, step), step.description]),
  ];
  const form = h("div.composer", { role: "group", "aria-label": thread ? "Reply" : "New message" }, area,
    h("div.composer-foot", {},
      !thread && menuButton({ class: "icon-button", "aria-label": "Shortcuts", title: "Shortcuts" }, icon("bolt"), start),
      h("span.composer-hint.quiet", {}, hint), iconButton("send", "Send", { class: "send", title: "Send (Enter)", onclick: submit })));
  const list = new Listbox(area, { label: "Completions", pick: take, owner: form, kind: "completion" });
  return { form, focus: () => area.focus() };

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
    list.close();
    remember("said", JSON.stringify([text, ...said().filter((other) => other !== text)].slice(0, KEPT)));
    back = -1;
    fill("");
    const answer = await page.done(ask({ do: "say", channel: channel.id, text, ...(thread && { thread_ts: thread.ts }) }));
    if (answer.error && !area.value) fill(text);
  }

  function keys(event) {
    if (event.isComposing || list.takes(event)) return;
    const completes = event.key === "Tab" || (event.key === "Enter" && list.marked?.insert.trim() !== area.value.trim());
    if (list.marked && completes && !event.shiftKey) take(list.marked);
    else if (event.key === "Enter" && !event.shiftKey) submit();
    else if (event.key === "ArrowUp" && !area.value.slice(0, area.selectionStart).includes("\n") && back + 1 < said().length) {
      if (back < 0) draft = area.value;
      fill(said()[++back]);
    } else if (event.key === "ArrowDown" && back >= 0) {
      back -= 1;
      fill(back < 0 ? draft : said()[back]);
    } else return;
    event.preventDefault();
  }

  /** What could follow at the cursor: a command and its reserved words at the beginning, a mention anywhere. */
  function complete() {
    const before = area.value.slice(0, area.selectionStart);
    const mention = /(?:^|\s)@(\w*)$/.exec(before);
    let options = [];
    if (!thread && before.startsWith(`${command} `)) {
      const begun = before.slice(command.length + 1).toLowerCase();
      options = world.words.filter((word) => word.startsWith(begun) && word !== begun).map((word) => ({ insert: `${command} ${word}`, text: word }));
      if (!begun) options.push(...world.examples.map((text) => ({ insert: `${command} ${text}`, text, hint: "a question that works" })));
    } else if (!thread && before && command.startsWith(before))
      options = [{ insert: `${command} `, text: command, hint: usage_hint }];
    else if (mention)
      options = Object.values(world.users).filter((name) => name.toLowerCase().startsWith(mention[1].toLowerCase()))
        .map((name) => ({ insert: `${before.slice(0, before.length - mention[1].length)}${name} `, rest: true, text: `@${name}`, hint: name === store.botName ? "the bot" : "" }));
    if (options.length) list.show([{ options }]);
    else list.close();
  }

  function take({ insert, rest }) {
    fill(insert + (rest ? area.value.slice(area.selectionEnd) : ""));
    list.close();
    if (insert === `${command} `) complete();
  }
}
