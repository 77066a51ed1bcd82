// Block Kit: each type of block to nodes.  What is drawn is what the bot sent; a type without a drawing says so.
//
// A `place` is where the blocks stand: { where, form, surface, errors, act(block, element, picked), suggest(block, element, value) }.

import { anchor, h } from "./dom.js";
import { drawElement } from "./elements.js";
import { markdown, plain, richText, textObject, undrawn } from "./text.js";

const DRAWN = {
  section(block, place) {
    const body = h("div.section-body", {});
    if (block.text) body.append(h("div.prose", {}, textObject(block.text)));
    if (block.fields) body.append(h("div.fields", {}, block.fields.map((field) => h("div.field.prose", {}, textObject(field)))));
    return h("div.section", {}, body, block.accessory && h("div.accessory", {}, drawElement(block.accessory, block, place)));
  },
  header: (block) => h("h3.block-header", {}, textObject(block.text)),
  divider: () => h("hr.divider", {}),
  context: (block) =>
    h("div.context", {}, block.elements.map((element) =>
      element.type === "image" ? picture(element) : h("div.context-text.prose", {}, textObject(element)))),
  context_actions: (block, place) =>
    h("div.context-actions", {}, block.elements.map((element) => drawElement(element, block, place))),
  actions: (block, place) => h("div.actions", {}, block.elements.map((element) => drawElement(element, block, place))),
  image: (block) => h("figure.image", {}, picture(block), block.title && h("figcaption", {}, textObject(block.title))),
  rich_text: (block) => h("div.rich-text.prose", {}, richText(block)),
  markdown: (block) => h("div.rich-text.prose", {}, markdown(block.text)),
  input(block, place) {
    const error = place.errors?.[block.block_id];
    const label = [plain(block.label.text), block.optional && h("span.quiet", {}, " (optional)")];
    const notes = [];
    if (block.hint) notes.push(h("p.hint", {}, textObject(block.hint)));
    if (error) notes.push(h("p.error", { role: "alert" }, error));
    return h("div.input", { class: error ? "input invalid" : "input" },
      drawElement(block.element, block, place, { label, notes, invalid: Boolean(error) }));
  },
  table: (block) => table(block.rows, block.column_settings, "Table"),
  data_table: (block) => table(block.rows, block.column_settings, block.caption?.text ?? "Table"),
  card(block, place) {
    return h("div.card", {},
      block.hero_image && picture(block.hero_image),
      h("div.card-head", {}, block.icon && picture(block.icon),
        h("div", {}, block.title && h("div.card-title", {}, textObject(block.title)),
          block.subtitle && h("div.card-subtitle", {}, textObject(block.subtitle)))),
      block.body && h("div.prose", {}, textObject(block.body)),
      block.actions && h("div.actions", {}, block.actions.map((element) => drawElement(element, block, place))));
  },
  carousel: (block, place) =>
    h("div.carousel", { tabindex: "0", role: "group", "aria-label": "Cards side by side" },
      block.elements.map((card) => DRAWN.card({ ...card, block_id: card.block_id ?? block.block_id }, place))),
  container(block, place) {
    const children = (block.child_blocks ?? block.blocks ?? block.elements ?? [])
      .map((child) => drawBlock({ ...child, block_id: child.block_id ?? block.block_id }, place));
    const title = block.title && h("span.container-title", {}, textObject(block.title));
    const subtitle = block.subtitle && h("span.container-subtitle", {}, textObject(block.subtitle));
    if (block.is_collapsible)
      return h("details.container", { open: !block.default_collapsed }, h("summary", {}, title ?? "More", subtitle), children);
    return h("div.container", {}, (title || subtitle) && h("div.container-head", {}, title, subtitle), children);
  },
  alert: (block) => h("div.alert", { class: `alert ${block.level ?? "default"}`, role: "note" }, textObject(block.text)),
};

/** A block with its id, so that a test and a shifted focus can find it again. */
export function drawBlock(block, place) {
  const draw = DRAWN[block.type];
  const node = draw ? draw(block, place) : undrawn(block.type);
  node.dataset.block = block.block_id ?? "";
  node.dataset.type = block.type;
  return node;
}

export const drawBlocks = (blocks, place) => blocks.map((block) => drawBlock(block, place));

// Pictures from elsewhere are not loaded: the page loads nothing from elsewhere.
function picture(image) {
  const url = image.image_url ?? image.slack_file?.url;
  const words = h("span.picture", { role: "img", "aria-label": image.alt_text }, image.alt_text);
  return url ? anchor(url, words) : words;
}

function table(rows, settings = [], label) {
  const cells = (row, tag) =>
    row.map((cell, column) => h(tag, {
      scope: tag === "th" ? "col" : undefined,
      class: `align-${settings?.[column]?.align ?? "left"}${settings?.[column]?.is_wrapped ? " wrapped" : ""}`,
    }, tableCell(cell)));
  const [head, ...body] = rows;
  return h("div.table-frame", { tabindex: "0", role: "group", "aria-label": label },
    h("table", {}, h("thead", {}, h("tr", {}, cells(head, "th"))), h("tbody", {}, body.map((row) => h("tr", {}, cells(row, "td"))))));
}

function tableCell(cell) {
  if (cell.type === "raw_text") return cell.text;
  if (cell.type === "raw_number") return cell.text ?? String(cell.value ?? cell.number);
  if (cell.type === "rich_text") return richText(cell);
  return undrawn(cell.type);
}
