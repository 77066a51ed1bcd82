// Searches the entries in the browser: search.json by MiniSearch.
const results = document.getElementById("results");
const count = document.getElementById("count");
const box = document.getElementById("q");
const engine = new MiniSearch({
  fields: ["line", "statement", "asks", "byline"],
  storeFields: ["kind", "line"],
  searchOptions: { prefix: true, fuzzy: 0.2, boost: { line: 3, asks: 2 }, combineWith: "AND" },
});

function show(words) {
  const found = words.trim() ? engine.search(words).slice(0, 50) : [];
  results.replaceChildren(
    ...found.map(({ id, kind, line }) => {
      const row = document.createElement("li");
      const label = Object.assign(document.createElement("span"), { className: "kind", textContent: kind });
      const link = Object.assign(document.createElement("a"), { href: `../facts/${id}/`, textContent: line });
      row.append(label, " ", link);
      return row;
    }),
  );
  count.textContent = words.trim() ? `${found.length === 50 ? "The first 50" : found.length} found` : "";
}

const response = await fetch("../search.json");
engine.addAll(await response.json());
box.value = new URLSearchParams(location.search).get("q") ?? "";
box.addEventListener("input", () => show(box.value));
show(box.value);
