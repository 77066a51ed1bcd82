// A select that can be typed into: options that are given, or asked for as one types.  One choice or many.

import { floorOf, h, icon, keepPlaced, newId } from "./dom.js";
import { plain } from "./text.js";

const PAUSE = 90; // ms after a keystroke before the bot is asked

export function combobox({ label, name, described, required, invalid, placeholder, options, load, minLength, most, many, chosen, key, onChange }) {
  const id = newId("box");
  const listId = `${id}-list`;
  let picked = [...chosen];
  let shown = []; // the options in the open list, in order
  let at = -1;
  let list = null;
  let release = () => {};
  let asked = 0;
  let timer = 0;

  const words = (option) => plain(option.text.text);
  const input = h("input.field-control.combo-input", {
    id, type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", placeholder, "aria-label": label ? undefined : name,
    "aria-autocomplete": "list", "aria-expanded": "false", "aria-describedby": described,
    "aria-required": required ? "true" : undefined, "aria-invalid": invalid ? "true" : undefined, data: { key },
    value: many || !picked.length ? "" : words(picked[0]),
    oninput: () => ask(input.value),
    onfocus: () => !many && input.select(),
    onclick: () => list ?? ask(many || picked.length ? "" : input.value),
    onblur: () => setTimeout(() => { if (document.activeElement !== input) leave(); }, 120),
    onkeydown: keys,
  });
  const tokens = h("span.tokens", {});
  const frame = h("div.field-frame.combo", {}, label && h("label.field-label", { for: id }, label), h("div.combo-frame", {}, many && tokens, input, icon("down")));
  drawTokens();
  return frame;

  function keys(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!list) return void ask(many || picked.length ? "" : input.value);
      if (shown.length) mark((at + (event.key === "ArrowDown" ? 1 : -1) + shown.length) % shown.length);
    } else if (event.key === "Enter" && list) {
      event.preventDefault();
      if (at >= 0) pick(shown[at]);
    } else if (event.key === "Escape" && list) {
      event.preventDefault();
      event.stopPropagation();
      leave();
    } else if (event.key === "Backspace" && many && !input.value && picked.length) {
      picked.pop();
      changed();
    }
  }

  function ask(typed) {
    clearTimeout(timer);
    if (!load) return show(filtered(typed));
    if (typed.trim().length < minLength) return note(minLength > 1 ? `Type at least ${minLength} letters` : "Type to search");
    const number = ++asked;
    timer = setTimeout(async () => {
      try {
        const found = await load(typed);
        if (number === asked && document.activeElement === input) show(found);
      } catch (error) {
        if (number === asked) note(error.message);
      }
    }, PAUSE);
  }

  function filtered(typed) {
    const wanted = typed.trim().toLowerCase();
    const fits = (option) => words(option).toLowerCase().includes(wanted);
    return options
      .map((entry) => (entry.options ? { ...entry, options: entry.options.filter(fits) } : entry))
      .filter((entry) => (entry.options ? entry.options.length : fits(entry)));
  }

  function open() {
    release();
    list?.remove();
    list = h("div.listbox", { id: listId, role: "listbox", "aria-label": name ?? "Options", "aria-multiselectable": many ? "true" : undefined, onpointerdown: (event) => event.preventDefault() });
    floorOf(input).append(list);
    input.setAttribute("aria-expanded", "true");
    input.setAttribute("aria-controls", listId);
  }

  function show(entries) {
    open();
    shown = [];
    at = -1;
    const draw = (option) => {
      const number = shown.push(option) - 1;
      return h("div.option", { id: `${listId}-${number}`, role: "option", "aria-selected": String(picked.some((p) => p.value === option.value)), onclick: () => pick(option), onpointermove: () => at !== number && mark(number, false) },
        h("span", {}, words(option)), option.description && h("span.option-hint", {}, plain(option.description.text)));
    };
    for (const entry of entries) {
      if (!entry.options) list.append(draw(entry));
      else {
        const heading = newId("group");
        list.append(h("div.option-group", { role: "group", "aria-labelledby": heading }, h("div.option-heading", { id: heading }, entry.label), entry.options.map(draw)));
      }
    }
    if (!shown.length) return note("Nothing fits");
    release = keepPlaced(list, input);
    mark(0);
  }

  function note(text) {
    open();
    shown = [];
    at = -1;
    list.append(h("div.option-note", { role: "option", "aria-disabled": "true", "aria-selected": "false" }, text));
    input.removeAttribute("aria-activedescendant");
    release = keepPlaced(list, input);
  }

  function mark(number, scroll = true) {
    list.querySelector(".marked")?.classList.remove("marked");
    at = number;
    const option = list.querySelector(`#${listId}-${number}`);
    option.classList.add("marked");
    if (scroll) option.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", option.id);
  }

  function pick(option) {
    if (!many) picked = [option];
    else if (picked.some((p) => p.value === option.value)) picked = picked.filter((p) => p.value !== option.value);
    else if (!most || picked.length < most) picked = [...picked, option];
    changed();
    leave();
  }

  function changed() {
    drawTokens();
    onChange([...picked]);
  }

  function leave() {
    clearTimeout(timer);
    asked += 1;
    release();
    list?.remove();
    list = null;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-controls");
    input.removeAttribute("aria-activedescendant");
    input.value = many || !picked.length ? "" : words(picked[0]);
  }

  function drawTokens() {
    if (!many) return;
    tokens.replaceChildren(...picked.map((option) =>
      h("button.token", { type: "button", "aria-label": `Remove ${words(option)}`, onclick: () => { picked = picked.filter((p) => p !== option); changed(); input.focus(); } }, words(option), icon("close"))));
  }
}
