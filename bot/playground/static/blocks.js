// Block Kit: the blocks that the bot sends, as nodes.  A type that it does not send says that it cannot be drawn.
//
// A `place` is where the blocks are: { form, errors, act(block, element, picked), suggest(block, element, value) }.

import { h } from "./dom.js";
import { drawElement } from "./elements.js";
import { richText, textObject, undrawn } from "./text.js";

const DRAWN = {
  section: (block, place) =>
    h("div.section", {},
      h("div.section-body.prose", {}, textObject(block.text)),
      block.accessory && h("div.accessory", {}, drawElement(block.accessory, block, place))),
  header: (block) => h("h3.block-header", {}, textObject(block.text)),
  divider: () => h("hr.divider", {}),
  context: (block) => h("div.context", {}, block.elements.map((element) => h("div.prose", {}, textObject(element)))),
  actions: (block, place) => h("div.actions", {}, block.elements.map((element) => drawElement(element, block, place))),
  rich_text: (block) => h("div.rich-text.prose", {}, richText(block)),
  input(block, place) {
    const error = place.errors?.[block.block_id];
    const label = [block.label.text, block.optional && h("span.quiet", {}, " (optional)")];
    const notes = [block.hint && h("p.hint", {}, textObject(block.hint)), error && h("p.error", { role: "alert" }, error)].filter(Boolean);
    return h("div", { class: error ? "input invalid" : "input" }, drawElement(block.element, block, place, { label, notes, invalid: Boolean(error) }));
  },
  table(block) {
    const cells = (row, tag) =>
      row.map((cell, column) => h(tag, {
        scope: tag === "th" ? "col" : undefined,
        class: `align-${block.column_settings?.[column]?.align ?? "left"}${block.column_settings?.[column]?.is_wrapped ? " wrapped" : ""}`,
      }, richText(cell)));
    const [head, ...body] = block.rows;
    return h("div.table-frame", { tabindex: "0", role: "group", "aria-label": "Table" },
      h("table", {}, h("thead", {}, h("tr", {}, cells(head, "th"))), h("tbody", {}, body.map((row) => h("tr", {}, cells(row, "td"))))));
  },
};

/** Each block with its type, so that a test can find it again. */
export const drawBlocks = (blocks, place) =>
  blocks.map((block) => {
    const node = DRAWN[block.type]?.(block, place) ?? undrawn(block.type);
    node.dataset.type = block.type;
    return node;
  });
