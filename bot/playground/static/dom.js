// Making elements, and lists that float over the page.  Text goes in as text nodes: nothing reads a string as HTML.

/** An element: `tag` may carry classes ("p.quiet.small"); properties that begin with "on" are listeners. */
export function h(tag, properties, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name);
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "data") Object.assign(element.dataset, value);
    else if (key === "value") element.value = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

let lastId = 0;

/** An id for labels and lists that point at each other. */
export const newId = (what) => `${what}-${++lastId}`;

/** The time of day of a timestamp in seconds. */
export const clock = (seconds, more) => new Date(seconds * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...more });

export const counted = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** A link that opens in a new tab; anything but web and mail addresses stays text. */
export function anchor(url, ...children) {
  if (!/^(https?|mailto):/i.test(url)) return h("span", {}, ...children);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

const ICONS = {
  thread: "M4 5h16v10H10l-4 4v-4H4z",
  code: "M9 8l-4 4 4 4M15 8l4 4-4 4",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  close: "M6 6l12 12M18 6L6 18",
  send: "M4 12l16-8-6 16-3-7z",
  bolt: "M13 3L5 14h6l-1 7 8-11h-6z",
  eye: "M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12zM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z",
  down: "M6 9l6 6 6-6",
  open: "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
};

/** A drawing beside words that say the same; screen readers skip it. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

export const iconButton = (name, label, properties = {}) =>
  h("button.icon-button", { type: "button", "aria-label": label, title: label, ...properties }, icon(name));

/** Float a list beside its owner while anything scrolls; returns what takes it away.  In a dialog, only what it holds can be reached. */
export function float(list, owner) {
  (owner.closest("dialog") ?? document.getElementById("floating")).append(list);
  const again = (event) => event.target !== list && place(list, owner);
  place(list, owner);
  document.addEventListener("scroll", again, true);
  return () => {
    document.removeEventListener("scroll", again, true);
    list.remove();
  };
}

/** Put a list under its owner, or over it where there is no room below. */
function place(list, owner) {
  const box = owner.getBoundingClientRect();
  const room = window.innerHeight - box.bottom - 12;
  const above = room < Math.min(list.scrollHeight, 320) && box.top > room;
  list.style.minWidth = `${Math.min(box.width, 480)}px`;
  list.style.maxHeight = `${Math.max(80, Math.min(320, above ? box.top - 12 : room))}px`;
  list.style.left = `${Math.max(8, Math.min(box.left, window.innerWidth - list.offsetWidth - 8))}px`;
  list.style.bottom = above ? `${window.innerHeight - box.top + 4}px` : "auto";
  list.style.top = above ? "auto" : `${box.bottom + 4}px`;
}

let closeMenu = () => {};

/** A button that opens a menu of [label, run, hint]; arrow keys, Escape and Tab work as in any menu. */
export function menuButton(properties, content, items) {
  const button = h("button", { type: "button", "aria-haspopup": "menu", "aria-expanded": "false", ...properties }, content);
  button.onclick = () => {
    const wasOpen = button.getAttribute("aria-expanded") === "true";
    closeMenu();
    if (wasOpen) return;
    const entries = items.map(([label, run, hint]) =>
      h("button.menu-item", { type: "button", role: "menuitem", tabindex: "-1", onclick: () => { closeMenu(); button.focus(); run(); } },
        label, hint && h("span.menu-hint", {}, hint)));
    const list = h("div.menu", { role: "menu", onkeydown: keys }, entries);
    const release = float(list, button);
    const outside = (event) => !list.contains(event.target) && !button.contains(event.target) && closeMenu();
    document.addEventListener("pointerdown", outside);
    button.setAttribute("aria-expanded", "true");
    closeMenu = () => {
      release();
      document.removeEventListener("pointerdown", outside);
      button.setAttribute("aria-expanded", "false");
      closeMenu = () => {};
    };
    entries[0]?.focus();

    function keys(event) {
      const at = entries.indexOf(document.activeElement);
      const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
      if (next !== undefined) entries.at(next % entries.length).focus();
      else if (event.key === "Escape" || event.key === "Tab") {
        closeMenu();
        button.focus();
      }
      if (next === undefined && event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
    }
  };
  return button;
}

window.addEventListener("resize", () => closeMenu());

/** Whether a list is scrolled so near to its end (80 px) that the end stays in view when it grows. */
export const isAtEnd = (list) => list.scrollHeight - list.scrollTop - list.clientHeight < 80;
