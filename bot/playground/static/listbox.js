// The list of options under a text field, for completion and for selects.

import { float, h, newId } from "./dom.js";

/** `pick(option)` is called with the chosen one of the options that `show` was given: { text, hint, selected }. */
export class Listbox {
  options = [];
  #at = -1;
  #list = null;
  #release = () => {};

  constructor(input, { label, pick, owner = input, kind = "" }) {
    Object.assign(this, { input, label, pick, owner, kind, id: newId("list") });
  }

  get isOpen() {
    return Boolean(this.#list);
  }

  get marked() {
    return this.options[this.#at];
  }

  /** Show groups of options: [{ label, options }]; a group without a label has no heading. */
  show(groups) {
    this.#open();
    for (const { label, options } of groups) {
      const nodes = options.map((option) => this.#draw(option, this.options.push(option) - 1));
      const heading = label && h("div.option-heading", { id: newId("group") }, label);
      this.#list.append(...(heading ? [h("div", { role: "group", "aria-labelledby": heading.id }, heading, nodes)] : nodes));
    }
    this.#release = float(this.#list, this.owner);
    this.#mark(0);
  }

  /** Show a line that cannot be chosen. */
  note(text) {
    this.#open();
    this.#list.append(h("div.option-note", { role: "option", "aria-disabled": "true", "aria-selected": "false" }, text));
    this.#release = float(this.#list, this.owner);
  }

  close() {
    this.#release();
    this.#list = null;
    this.options = [];
    this.#at = -1;
    if (this.input.hasAttribute("aria-expanded")) this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-controls");
    this.input.removeAttribute("aria-activedescendant");
  }

  /** Take the keys that move through an open list; true if this was one. */
  takes(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!this.isOpen || (!step && event.key !== "Escape")) return false;
    event.preventDefault();
    event.stopPropagation();
    if (!step) this.close();
    else if (this.options.length) this.#mark((this.#at + step + this.options.length) % this.options.length);
    return true;
  }

  #open() {
    this.close();
    this.#list = h("div", {
      id: this.id, class: `listbox ${this.kind}`, role: "listbox", tabindex: "0", "aria-label": this.label,
      onpointerdown: (event) => event.preventDefault(),
    });
    if (this.input.hasAttribute("aria-expanded")) this.input.setAttribute("aria-expanded", "true");
    this.input.setAttribute("aria-controls", this.id);
  }

  #draw = (option, number) =>
    h("div.option", {
      id: `${this.id}-${number}`, role: "option", "aria-selected": String(Boolean(option.selected)), onclick: () => this.pick(option),
    }, h("span", {}, option.text), option.hint && h("span.option-hint", {}, option.hint));

  #mark(number) {
    this.#list.querySelector(".marked")?.classList.remove("marked");
    this.#at = number;
    const node = this.#list.querySelector(`#${this.id}-${number}`);
    node.classList.add("marked");
    node.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", node.id);
  }
}
