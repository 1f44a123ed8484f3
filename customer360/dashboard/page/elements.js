/* Parts of the page. Text only ever becomes text: nothing of the data is read as HTML. */

/** An element; attributes named on… listen, null and false are left out. */
function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

let ids = 0;

function newId(stem) {
  ids += 1;
  return `${stem}-${ids}`;
}

/** A plain table: columns are {title, number, tight} (figures, and what stays on a line), rows arrays of texts or elements; the first cell heads its row. */
function plainTable(caption, columns, rows, { hideCaption = true } = {}) {
  const cell = (content, place) =>
    place === 0
      ? h("th", { scope: "row" }, content)
      : h("td", { class: (columns[place].number && "number") || (columns[place].tight && "tight") }, content);
  return h(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    h(
      "table",
      null,
      h("caption", { class: hideCaption && "unseen" }, caption),
      h(
        "thead",
        null,
        h("tr", null, columns.map((column) => h("th", { scope: "col", class: column.number && "number" }, column.title))),
      ),
      h("tbody", null, rows.map((row) => h("tr", null, row.map(cell)))),
    ),
  );
}

/** A block of the page with its heading. */
function card(title, { note = null, wide = "half", id = null } = {}, ...children) {
  const heading = newId("heading");
  return h(
    "section",
    { class: `card ${wide}`, "aria-labelledby": heading, "data-visual": id },
    h("header", null, h("h2", { id: heading }, title), note && h("p", { class: "note" }, note)),
    children,
  );
}

/** Says something to who does not see the page. */
function announce(text) {
  document.getElementById("announcements").textContent = text;
}
