// Views: the open modal, and the app's Home.

import { h, iconButton, newId } from "./dom.js";
import { drawBlocks } from "./blocks.js";
import { payload, placeOf } from "./message.js";
import { ask, store } from "./store.js";
import { textObject } from "./text.js";

const errors = new Map();
let payloadOpen = false;

/** Run `draw` and put the focus back on the same field, with the cursor where it was. */
function keepingFocus(frame, draw) {
  const field = frame.contains(document.activeElement) ? document.activeElement : null;
  const key = field?.dataset.key;
  const range = field && "selectionStart" in field ? [field.selectionStart, field.selectionEnd] : null;
  draw();
  if (!key) return false;
  const fields = [...frame.querySelectorAll("[data-key]")];
  const unblocked = (other) => other.slice(other.indexOf("/")); // the same block of an updated view may have another id
  const again = fields.find((other) => other.dataset.key === key) ?? fields.find((other) => unblocked(other.dataset.key) === unblocked(key));
  again?.focus();
  if (again && range && range[0] !== null) again.setSelectionRange(...range);
  return Boolean(again);
}

let dialog = null;

/** Show the open modal, or none. */
export function showModal(page) {
  const view = store.modal;
  if (!view) return dialog?.close();
  if (!dialog) {
    dialog = h("dialog.modal", {
      oncancel: (event) => { event.preventDefault(); close(page); },
      onclose: () => { dialog.remove(); dialog = null; payloadOpen = false; document.getElementById("composer-text")?.focus(); },
    });
    document.body.append(dialog);
    dialog.showModal();
  }
  const fresh = dialog.dataset.view !== view.id;
  dialog.dataset.view = view.id;
  const kept = keepingFocus(dialog, () => drawModal(page, view));
  if (fresh || !kept) (dialog.querySelector(".modal-body :is(input, textarea, select, button)") ?? dialog.querySelector(".modal-head button"))?.focus();
}

const payloadButton = (redraw) =>
  iconButton("code", "Payload", {
    title: "Payload: what the bot sent", "aria-pressed": String(payloadOpen), onclick: () => { payloadOpen = !payloadOpen; redraw(); },
  });

function drawModal(page, view) {
  const title = newId("title");
  dialog.setAttribute("aria-labelledby", title);
  const place = placeOf(page, { view: view.id }, view.blocks, errors.get(view.id));
  const scrolled = dialog.querySelector(".modal-body")?.scrollTop ?? 0;
  const body = h("div.modal-body", {}, drawBlocks(view.blocks, place), payloadOpen && view.sent && payload(view));
  const submit = view.submit && h("button.button.primary", { type: "button", onclick: () => submitView(page, view, place, submit) }, textObject(view.submit));
  dialog.replaceChildren(
    h("div.modal-head", {},
      h("h2", { id: title }, textObject(view.title)),
      view.sent && payloadButton(() => drawModal(page, view)), iconButton("close", "Close", { onclick: () => close(page) })),
    body,
    h("div.modal-foot", {}, h("button.button", { type: "button", onclick: () => close(page) }, textObject(view.close ?? { text: "Close" })), submit));
  body.scrollTop = scrolled;
}

async function submitView(page, view, place, button) {
  const missing = place.form.missing(view.blocks);
  if (missing.length) {
    errors.set(view.id, Object.fromEntries(missing.map((id) => [id, "Please fill in this field."])));
    return showErrors(page, view);
  }
  button.setAttribute("aria-busy", "true");
  const state = place.form.state(view.blocks);
  if (view.run) {
    page.done(view.run(state));
    return close(page);
  }
  const answer = await page.done(ask({ do: "submit", view: view.id, state }));
  button.removeAttribute("aria-busy");
  if (answer.errors) {
    errors.set(view.id, answer.errors);
    showErrors(page, view);
  } else errors.delete(view.id);
}

function showErrors(page, view) {
  drawModal(page, view);
  dialog.querySelector(".invalid :is(input, textarea)")?.focus();
}

function close(page) {
  if (!store.modal?.run) return page.done(ask({ do: "close" }));
  store.modal = null;
  showModal(page);
}

/** Draw the app's Home into `frame`. */
export function drawHome(page, frame) {
  const view = store.homes[store.world.me];
  keepingFocus(frame, () => {
    if (!view) frame.replaceChildren(h("p.quiet.waiting", {}, "The bot has not published its Home yet."));
    else frame.replaceChildren(h("div.home", {},
      h("div.home-tools", {}, payloadButton(() => drawHome(page, frame))),
      drawBlocks(view.blocks, placeOf(page, { view: view.id }, view.blocks)), payloadOpen && payload(view)));
  });
}

/** A modal of the page's own with the inputs of a workflow step, as Workflow Builder would ask for them. */
export function askForInputs(page, callback_id, step) {
  const blocks = Object.entries(step.input_parameters ?? {}).map(([name, about]) => ({
    type: "input", block_id: name, label: { text: about.title ?? name }, hint: about.description && { text: about.description },
    optional: !about.is_required, element: { type: "plain_text_input", action_id: name },
  }));
  const run = (state) => ask({
    do: "run_step", callback_id, inputs: Object.fromEntries(Object.entries(state).map(([name, field]) => [name, field[name].value])),
  });
  store.modal = { id: newId("step"), title: { text: step.title }, submit: { text: "Run" }, blocks, run };
  showModal(page);
}
