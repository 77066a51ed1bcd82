// Block elements: buttons, menus, fields; what is chosen goes into the place's form, and to the bot where Slack would tell it.

import { h, icon, menuButton, newId } from "./dom.js";
import { combobox } from "./combobox.js";
import { plain, textObject, undrawn } from "./text.js";

/** What stands in the fields of one message or view; it outlives a drawing, so that an update keeps what was typed. */
export class Form {
  #values = new Map();

  #key = (block, element) => `${block.block_id}\u0000${element.action_id}`;

  get(block, element) {
    return this.#values.get(this.#key(block, element));
  }

  set(block, element, value) {
    this.#values.set(this.#key(block, element), value);
  }

  /** Slack's `state.values` of the fields among these blocks. */
  state(blocks) {
    const state = {};
    for (const [block, element] of fields(blocks)) {
      const value = this.get(block, element) ?? initial(element);
      (state[block.block_id] ??= {})[element.action_id] = { type: element.type, ...value };
    }
    return state;
  }

  /** The ids of required fields that are empty. */
  missing(blocks) {
    const state = this.state(blocks);
    return blocks
      .filter((block) => block.type === "input" && !block.optional)
      .filter((block) => {
        const { type, ...value } = state[block.block_id][block.element.action_id];
        return Object.values(value).every((v) => v === null || v === "" || (Array.isArray(v) && !v.length));
      })
      .map((block) => block.block_id);
  }
}

const BUTTONS = new Set(["button", "overflow", "feedback_buttons", "icon_button", "workflow_button", "image"]);

function fields(blocks) {
  const found = [];
  const visit = (block, owner) => {
    for (const element of [block.element, block.accessory, ...(block.type === "actions" ? block.elements : [])])
      if (element?.action_id && !BUTTONS.has(element.type)) found.push([owner, element]);
    for (const child of block.child_blocks ?? []) visit(child, { ...child, block_id: child.block_id ?? block.block_id });
  };
  for (const block of blocks) visit(block, block);
  return found;
}

/** What a field holds before anybody touches it. */
function initial(element) {
  switch (element.type) {
    case "plain_text_input": case "number_input": case "email_text_input": case "url_text_input":
      return { value: element.initial_value ?? null };
    case "rich_text_input":
      return { rich_text_value: element.initial_value ?? null };
    case "static_select": case "external_select": case "radio_buttons":
      return { selected_option: element.initial_option ?? null };
    case "checkboxes": case "multi_static_select": case "multi_external_select":
      return { selected_options: element.initial_options ?? [] };
    case "users_select":
      return { selected_user: element.initial_user ?? null };
    case "multi_users_select":
      return { selected_users: element.initial_users ?? [] };
    case "conversations_select":
      return { selected_conversation: element.initial_conversation ?? (element.default_to_current_conversation ? current() : null) };
    case "multi_conversations_select":
      return { selected_conversations: element.initial_conversations ?? [] };
    case "channels_select":
      return { selected_channel: element.initial_channel ?? null };
    case "multi_channels_select":
      return { selected_channels: element.initial_channels ?? [] };
    case "datepicker":
      return { selected_date: element.initial_date ?? null };
    case "timepicker":
      return { selected_time: element.initial_time ?? null };
    case "datetimepicker":
      return { selected_date_time: element.initial_date_time ?? null };
    default:
      return {};
  }
}

let world = { people: () => [], channels: () => [], current: () => null };
const current = () => world.current();

/** Who and what can be chosen in selects of people and conversations; set once the page knows them. */
export function useWorld(known) {
  world = known;
}

/** One element.  `input` has the label and the notes of an input block. */
export function drawElement(element, block, place, input = null) {
  const draw = DRAWN[element.type];
  if (!draw) return undrawn(element.type);
  const node = draw(element, block, place, input);
  node.dataset.action = element.action_id ?? "";
  node.dataset.element = element.type;
  if (node.matches("button")) node.dataset.key = `${block.block_id}/${element.action_id}/${element.value ?? ""}`;
  return node;
}

const DRAWN = {
  button(element, block, place) {
    const press = async () => {
      if (!(await confirmed(element.confirm))) return;
      if (element.url) window.open(element.url, "_blank", "noopener,noreferrer");
      busy(button, () => place.act(block, element, {}));
    };
    const words = textObject(element.text);
    const button = h("button", {
      type: "button", class: `button ${element.style ?? ""}`, "aria-label": element.accessibility_label,
      title: element.accessibility_label && `${words}`, onclick: press,
    }, words, element.url && icon("open"));
    return button;
  },
  icon_button(element, block, place) {
    const label = element.accessibility_label ?? element.text.text;
    const button = h("button.icon-button", {
      type: "button", "aria-label": label, title: label,
      onclick: async () => (await confirmed(element.confirm)) && busy(button, () => place.act(block, element, {})),
    }, icon(element.icon === "trash" ? "trash" : "more"));
    return button;
  },
  feedback_buttons(element, block, place) {
    const group = h("span.feedback", { role: "group", "aria-label": "Feedback" });
    const half = (side, drawing) => {
      const label = side.accessibility_label ?? side.text.text;
      const button = h("button.icon-button", {
        type: "button", "aria-label": label, title: side.text.text, "aria-pressed": "false",
        onclick: () => {
          for (const other of group.children) other.setAttribute("aria-pressed", String(other === button));
          busy(button, () => place.act(block, element, { value: side.value }));
        },
      }, icon(drawing));
      return button;
    };
    group.append(half(element.positive_button, "up"), half(element.negative_button, "thumbdown"));
    return group;
  },
  overflow: (element, block, place) =>
    menuButton({ class: "button overflow", "aria-label": "More actions", title: "More actions" }, icon("more"), () =>
      element.options.map((option) => [
        plain(option.text.text),
        async () => {
          if (!(await confirmed(element.confirm))) return;
          if (option.url) window.open(option.url, "_blank", "noopener,noreferrer");
          place.act(block, element, { selected_option: option });
        },
        option.description?.text,
      ])),
  image: (element) => h("span.picture", { role: "img", "aria-label": element.alt_text }, element.alt_text),
  static_select: (element, block, place, input) =>
    choose(element, block, place, input, { options: listed(element), one: "selected_option" }),
  multi_static_select: (element, block, place, input) =>
    choose(element, block, place, input, { options: listed(element), many: "selected_options" }),
  external_select: (element, block, place, input) =>
    choose(element, block, place, input, { load: asked(element, block, place), one: "selected_option" }),
  multi_external_select: (element, block, place, input) =>
    choose(element, block, place, input, { load: asked(element, block, place), many: "selected_options" }),
  users_select: (element, block, place, input) =>
    choose(element, block, place, input, { options: () => named(world.people()), one: "selected_user", ids: true }),
  multi_users_select: (element, block, place, input) =>
    choose(element, block, place, input, { options: () => named(world.people()), many: "selected_users", ids: true }),
  conversations_select: (element, block, place, input) =>
    choose(element, block, place, input, { options: () => named(world.channels()), one: "selected_conversation", ids: true }),
  multi_conversations_select: (element, block, place, input) =>
    choose(element, block, place, input, { options: () => named(world.channels()), many: "selected_conversations", ids: true }),
  channels_select: (element, block, place, input) =>
    choose(element, block, place, input, { options: () => named(world.channels(true)), one: "selected_channel", ids: true }),
  multi_channels_select: (element, block, place, input) =>
    choose(element, block, place, input, { options: () => named(world.channels(true)), many: "selected_channels", ids: true }),
  radio_buttons: (element, block, place, input) => choices(element, block, place, input, "radio"),
  checkboxes: (element, block, place, input) => choices(element, block, place, input, "checkbox"),
  datepicker: (element, block, place, input) => native(element, block, place, input, "date", "selected_date"),
  timepicker: (element, block, place, input) => native(element, block, place, input, "time", "selected_time"),
  datetimepicker: (element, block, place, input) =>
    native(element, block, place, input, "datetime-local", "selected_date_time", {
      read: (text) => (text ? Math.floor(new Date(text).getTime() / 1000) : null),
      show: (seconds) => (seconds ? new Date(seconds * 1000 - new Date().getTimezoneOffset() * 60000).toISOString().slice(0, 16) : ""),
    }),
  plain_text_input: (element, block, place, input) => native(element, block, place, input, "text", "value"),
  number_input: (element, block, place, input) => native(element, block, place, input, "number", "value"),
  email_text_input: (element, block, place, input) => native(element, block, place, input, "email", "value"),
  url_text_input: (element, block, place, input) => native(element, block, place, input, "url", "value"),
  rich_text_input: (element, block, place, input) =>
    native({ ...element, multiline: true }, block, place, input, "text", "rich_text_value", {
      read: (text) => text ? { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text }] }] } : null,
      show: (value) => value ? value.elements.flatMap((e) => e.elements).map((e) => e.text ?? "").join("") : "",
    }),
};

/** A field of the browser's own, with its label. */
function native(element, block, place, input, type, key, { read = (text) => text || null, show = (value) => value ?? "" } = {}) {
  const id = newId("field");
  const told = input?.notes ?? [];
  const value = (place.form.get(block, element) ?? initial(element))[key];
  const when = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const typed = type === "text" || type === "number" || type === "email" || type === "url";
  const dispatches = !input || block.dispatch_action;
  const send = () => dispatches && place.act(block, element, { [key]: read(control.value) });
  const control = h(element.multiline ? "textarea.field-control" : "input.field-control", {
    id, type: element.multiline ? undefined : type, placeholder: element.placeholder?.text, rows: element.multiline ? "4" : undefined,
    minlength: element.min_length, maxlength: element.max_length, min: element.min_value, max: element.max_value,
    step: type === "number" ? (element.is_decimal_allowed ? "any" : "1") : undefined,
    "aria-required": input && !block.optional ? "true" : undefined, "aria-invalid": input?.invalid ? "true" : undefined,
    "aria-describedby": described(told), "aria-label": input ? undefined : element.placeholder?.text ?? element.action_id, value: show(value),
    data: { key: `${block.block_id}/${element.action_id}` },
    oninput: () => {
      place.form.set(block, element, { [key]: read(control.value) });
      if (dispatches && typed && when.includes("on_character_entered")) send();
    },
    onchange: () => !typed && send(),
    onkeydown: (event) => {
      if (event.key === "Enter" && !event.isComposing && typed && (!element.multiline || event.ctrlKey || event.metaKey) && dispatches && when.includes("on_enter_pressed")) {
        event.preventDefault();
        send();
      }
    },
  });
  if (element.focus_on_load) control.dataset.focus = "";
  return h("div.field-frame", {}, input && h("label.field-label", { for: id }, input.label), control, told);
}

/** Radio buttons or checkboxes. */
function choices(element, block, place, input, type) {
  const told = input?.notes ?? [];
  const name = newId("choice");
  const held = place.form.get(block, element) ?? initial(element);
  const chosen = new Set((type === "radio" ? [held.selected_option] : held.selected_options).filter(Boolean).map((o) => o.value));
  const boxes = element.options.map((option) => {
    const box = h("input", {
      type, name, value: option.value, checked: chosen.has(option.value), data: { key: `${block.block_id}/${element.action_id}/${option.value}` },
      onchange: () => {
        const now = element.options.filter((_, number) => boxes[number].firstChild.checked);
        const picked = type === "radio" ? { selected_option: now[0] ?? null } : { selected_options: now };
        place.form.set(block, element, picked);
        if (!input || block.dispatch_action) place.act(block, element, picked);
      },
    });
    return h("label.choice", {}, box, h("span", {}, h("span.prose", {}, textObject(option.text)),
      option.description && h("span.quiet", {}, textObject(option.description))));
  });
  return h("fieldset.field-frame", { "aria-describedby": described(told), "aria-invalid": null },
    h("legend", { class: input ? "field-label" : "hidden" }, input?.label ?? "Choices"), boxes, told);
}

/** A select of any kind: one or many, of given options or of those that the bot offers. */
function choose(element, block, place, input, { options, load, one, many, ids = false }) {
  const told = input?.notes ?? [];
  const held = (place.form.get(block, element) ?? initial(element))[one ?? many];
  const all = options?.() ?? [];
  const option = (id) => all.flatMap((o) => o.options ?? [o]).find((o) => o.value === id);
  const full = (value) => (ids ? option(value) : value);
  const box = combobox({
    label: input?.label, described: described(told), required: Boolean(input) && !block.optional, invalid: input?.invalid,
    name: input ? undefined : element.placeholder?.text ?? "Select", placeholder: element.placeholder?.text ?? "Select an option",
    options: all, load, minLength: element.min_query_length ?? (load ? 3 : 0), most: element.max_selected_items,
    many: Boolean(many), chosen: (many ? held : [held]).filter(Boolean).map(full).filter(Boolean),
    key: `${block.block_id}/${element.action_id}`,
    onChange: async (chosen) => {
      const values = ids ? chosen.map((o) => o.value) : chosen;
      const picked = many ? { [many]: values } : { [one]: values[0] ?? null };
      place.form.set(block, element, picked);
      if ((!input || block.dispatch_action) && (await confirmed(element.confirm))) place.act(block, element, picked);
    },
  });
  if (element.focus_on_load) box.dataset.focus = "";
  box.append(...told);
  return box;
}

const listed = (element) => () =>
  element.option_groups?.map((group) => ({ label: plain(group.label.text), options: group.options })) ?? element.options ?? [];

const named = (things) => things.map(({ id, name }) => ({ text: { type: "plain_text", text: name }, value: id }));

const asked = (element, block, place) => async (typed) => {
  const answer = await place.suggest(block, element, typed);
  if (answer.error) throw new Error(answer.error);
  return answer.option_groups?.map((group) => ({ label: plain(group.label.text), options: group.options })) ?? answer.options ?? [];
};

function described(notes) {
  for (const note of notes) note.id ||= newId("note");
  return notes.map((note) => note.id).join(" ") || undefined;
}

/** Keep a button from being pressed twice while the bot is told. */
async function busy(button, run) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  try {
    await run();
  } finally {
    button.removeAttribute("aria-busy");
  }
}

/** Slack's confirmation dialog, where an element has one. */
function confirmed(object) {
  if (!object) return Promise.resolve(true);
  return new Promise((resolve) => {
    const title = newId("title");
    const dialog = h("dialog.modal.confirm", { "aria-labelledby": title, onclose: () => { dialog.remove(); resolve(dialog.returnValue === "yes"); } },
      h("h2", { id: title }, textObject(object.title)), h("div.prose", {}, textObject(object.text)),
      h("div.modal-foot", {},
        h("button.button", { type: "button", onclick: () => dialog.close("no") }, textObject(object.deny ?? { text: "Cancel" })),
        h("button", { type: "button", class: `button ${object.style ?? "primary"}`, onclick: () => dialog.close("yes") }, textObject(object.confirm ?? { text: "Yes" }))));
    document.body.append(dialog);
    dialog.showModal();
  });
}
