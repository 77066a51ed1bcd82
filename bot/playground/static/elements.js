// Block elements: buttons, menus, fields.  What is chosen goes into the place's form, and to the bot where Slack sends it.

import { anchor, h, icon, menuButton, newId } from "./dom.js";
import { combobox } from "./combobox.js";
import { store } from "./store.js";
import { textObject, undrawn } from "./text.js";

// What Slack calls the value of a field.
const FIELDS = {
  plain_text_input: "value",
  static_select: "selected_option",
  external_select: "selected_option",
  radio_buttons: "selected_option",
  conversations_select: "selected_conversation",
};

/** What is in the fields of one message or view; it outlives a drawing, so that an update keeps what was typed. */
export class Form {
  #values = new Map();

  get(block, element) {
    const current = element.default_to_current_conversation ? store.here : null;
    return this.#values.get(`${block.block_id}/${element.action_id}`) ?? element.initial_value ?? current;
  }

  set(block, element, value) {
    this.#values.set(`${block.block_id}/${element.action_id}`, value);
  }

  /** Slack's `state.values` of the fields among these blocks. */
  state(blocks) {
    const state = {};
    for (const block of blocks)
      for (const element of [block.element, block.accessory, ...(block.type === "actions" ? block.elements : [])])
        if (FIELDS[element?.type])
          (state[block.block_id] ??= {})[element.action_id] = { type: element.type, [FIELDS[element.type]]: this.get(block, element) };
    return state;
  }

  /** The ids of required fields that are empty. */
  missing(blocks) {
    return blocks.filter((block) => block.type === "input" && !block.optional && !this.get(block, block.element)).map((block) => block.block_id);
  }
}

/** One element.  `input` has the label and the notes of an input block. */
export function drawElement(element, block, place, input = null) {
  const node = DRAWN[element.type]?.(element, block, place, input) ?? undrawn(element.type);
  if (node.matches("button")) node.dataset.key = `${block.block_id}/${element.action_id}/${element.value ?? ""}`;
  return node;
}

const DRAWN = {
  button(element, block, place) {
    const words = textObject(element.text);
    const button = h("button", {
      type: "button", class: "button", "aria-label": element.accessibility_label,
      onclick: () => {
        if (element.url) open(element.url);
        busy(button, () => place.act(block, element, {}));
      },
    }, words, element.url && icon("open"));
    return button;
  },
  overflow: (element, block, place) =>
    menuButton({ class: "button overflow", "aria-label": "More actions", title: "More actions" }, icon("more"),
      element.options.map((option) => [
        option.text.text,
        () => {
          if (option.url) open(option.url);
          place.act(block, element, { selected_option: option });
        },
        option.description?.text,
      ])),
  static_select: (element, block, place, input) =>
    select(element, block, place, input, { groups: [{ options: element.options }] }),
  external_select: (element, block, place, input) =>
    select(element, block, place, input, {
      async load(typed) {
        const answer = await place.suggest(block, element, typed);
        if (answer.error) throw new Error(answer.error);
        return answer.option_groups?.map(group) ?? [{ options: answer.options }];
      },
    }),
  conversations_select(element, block, place, input) {
    const options = store.world.channels.map((c) => ({ text: { text: c.kind === "im" ? c.name : `#${c.name}` }, value: c.id }));
    return select(element, block, place, input, {
      groups: [{ options }], find: (id) => options.find((option) => option.value === id), keep: (option) => option.value,
    });
  },
  radio_buttons(element, block, place, input) {
    const chosen = place.form.get(block, element)?.value;
    const name = newId("choice");
    return h("fieldset.field-frame", { "aria-describedby": described(input) }, h("legend.field-label", {}, input?.label ?? "Choices"),
      element.options.map((option) => h("label.choice", {},
        h("input", {
          type: "radio", name, value: option.value, checked: option.value === chosen, data: { key: `${block.block_id}/${element.action_id}/${option.value}` },
          onchange: () => changed(element, block, place, input, option),
        }),
        h("span.prose", {}, textObject(option.text)))),
      input?.notes);
  },
  plain_text_input(element, block, place, input) {
    const type = (send) => changed(element, block, place, input, control.value || null, send);
    const control = h(element.multiline ? "textarea.field-control" : "input.field-control", {
      id: newId("field"), placeholder: element.placeholder?.text, rows: element.multiline ? "4" : undefined,
      maxlength: element.max_length, "aria-label": input ? undefined : element.placeholder?.text,
      value: place.form.get(block, element) ?? "", ...fieldProperties(element, block, input),
      oninput: () => type(false),
      onkeydown: (event) => {
        if (event.key !== "Enter" || event.isComposing || !block.dispatch_action) return;
        event.preventDefault();
        type(true);
      },
    });
    return h("div.field-frame", {}, input && h("label.field-label", { for: control.id }, input.label), control, input?.notes);
  },
};

const group = ({ label, options }) => ({ label: label.text, options });

/** Open a link in a new tab, as Slack does for buttons and menu entries with an address; a file of the playground's own by the page's address. */
function open(url) {
  const { pathname, hash, hostname } = new URL(url);
  const own = hostname === "127.0.0.1" && pathname.startsWith("/blob/HEAD/");
  anchor(own ? `${location.origin}${pathname}${hash}` : url).click();
}

/** Keep what a field holds, and send it to the bot where Slack does: outside inputs, and where an input asks for it. */
function changed(element, block, place, input, value, send = true) {
  place.form.set(block, element, value);
  if (send && (!input || block.dispatch_action)) place.act(block, element, { [FIELDS[element.type]]: value });
}

/** A select of any kind; `find` and `keep` turn what the form holds into an option and back. */
function select(element, block, place, input, { groups, load, find = (option) => option, keep = (option) => option }) {
  const box = combobox({
    label: input?.label, name: input ? undefined : element.placeholder?.text ?? "Select", placeholder: element.placeholder?.text ?? "Select an option",
    properties: fieldProperties(element, block, input), groups, load, minLength: element.min_query_length ?? 3,
    chosen: find(place.form.get(block, element)),
    onChange: (option) => changed(element, block, place, input, keep(option)),
  });
  box.append(...(input?.notes ?? []));
  return box;
}

const fieldProperties = (element, block, input) => ({
  "aria-required": input && !block.optional ? "true" : undefined, "aria-invalid": input?.invalid ? "true" : undefined,
  "aria-describedby": described(input), data: { key: `${block.block_id}/${element.action_id}` },
});

function described(input) {
  for (const note of input?.notes ?? []) note.id ||= newId("note");
  return input?.notes.map((note) => note.id).join(" ") || undefined;
}

/** Keep a button from being pressed twice while the bot works. */
async function busy(button, run) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  await run();
  button.removeAttribute("aria-busy");
}
