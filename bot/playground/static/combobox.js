// A select that can be typed into: options that are given, or asked for as one types.

import { h, icon, newId } from "./dom.js";
import { Listbox } from "./listbox.js";

const PAUSE = 90; // ms after a keystroke before the bot is asked

/** `groups` are given, or `load(typed)` gets them from the bot: [{ label, options }] of Block Kit's options. */
export function combobox({ label, name, properties, placeholder, groups, load, minLength, chosen, onChange }) {
  let picked = chosen;
  let asked = 0;
  let timer = 0;
  const words = (option) => option?.text.text ?? "";
  const input = h("input.field-control.combo-input", {
    id: newId("box"), type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", placeholder, "aria-label": label ? undefined : name,
    "aria-autocomplete": "list", "aria-expanded": "false", ...properties, value: words(picked),
    oninput: () => ask(input.value),
    onfocus: () => input.select(),
    onclick: () => list.isOpen || ask(picked ? "" : input.value),
    onblur: () => setTimeout(() => document.activeElement !== input && leave(), 120),
    onkeydown: keys,
  });
  const list = new Listbox(input, { label: name ?? "Options", pick });
  return h("div.field-frame", {}, label && h("label.field-label", { for: input.id }, label), h("div.combo-frame", {}, input, icon("down")));

  function keys(event) {
    if (event.key === "Escape" && list.isOpen) {
      event.preventDefault();
      event.stopPropagation();
      leave();
    } else if (!list.takes(event)) {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") ask(picked ? "" : input.value);
      else if (event.key === "Enter" && list.marked) pick(list.marked);
      else return;
      event.preventDefault();
    }
  }

  function ask(typed) {
    clearTimeout(timer);
    if (!load) return show(groups, typed.trim().toLowerCase());
    if (typed.trim().length < minLength) return list.note("Type to search");
    const number = ++asked;
    timer = setTimeout(async () => {
      try {
        const found = await load(typed);
        if (number === asked && document.activeElement === input) show(found);
      } catch (error) {
        if (number === asked) list.note(error.message);
      }
    }, PAUSE);
  }

  function show(found, typed = "") {
    const entry = (option) => ({ text: words(option), hint: option.description?.text, selected: option.value === picked?.value, option });
    const shown = found
      .map((group) => ({ ...group, options: group.options.filter((option) => words(option).toLowerCase().includes(typed)).map(entry) }))
      .filter((group) => group.options.length);
    if (shown.length) list.show(shown);
    else list.note("No match");
  }

  function pick({ option }) {
    picked = option;
    leave();
    onChange(option);
  }

  function leave() {
    clearTimeout(timer);
    asked += 1;
    list.close();
    input.value = words(picked);
  }
}
