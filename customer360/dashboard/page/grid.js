/* A table that can be sorted by each column, searched, and paged. */

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

function compared(one, other) {
  if (one === other) return 0;
  if (one === null || one === undefined) return 1;
  if (other === null || other === undefined) return -1;
  return typeof one === "string" ? collator.compare(one, other) : one - other;
}

/**
 * @param caption what the table holds
 * @param columns {key, title, value(row), cell(row), number}; value sorts, cell is shown
 * @param rows anything
 * @param options state {sort, descending, page, text}, kept by the caller; search(row): the text that is searched, in
 *   small letters; pageSize
 */
function grid(caption, columns, rows, { state, search = null, pageSize = 25, placeholder = "Search" }) {
  const status = h("p", { class: "status", role: "status" });
  const body = h("tbody");
  const heads = columns.map((column) => {
    const button = h("button", { type: "button", onclick: () => sortBy(column) }, column.title);
    return h("th", { scope: "col", class: column.number && "number" }, button);
  });
  const pager = h("div", { class: "pager" });
  const step = (text, label, by) =>
    h("button", { type: "button", "aria-label": label, onclick: () => turnTo(state.page + by) }, text);
  const [back, on] = [step("‹ Back", "Previous page", -1), step("Next ›", "Next page", 1)];
  pager.append(back, status, on);

  let shown = rows;

  function turnTo(page) {
    state.page = page;
    fill();
  }

  function sortBy(column) {
    state.descending = state.sort === column.key ? !state.descending : Boolean(column.number);
    state.sort = column.key;
    state.page = 0;
    order();
  }

  function find() {
    const words = (state.text ?? "").trim().toLowerCase().split(/\s+/).filter(Boolean);
    shown = words.length ? rows.filter((row) => words.every((word) => search(row).includes(word))) : [...rows];
    order();
  }

  function order() {
    const column = columns.find((it) => it.key === state.sort) ?? columns[0];
    const keyed = shown.map((row) => [column.value(row), row]);
    const turn = state.descending ? -1 : 1;
    const isNull = (value) => value === null || value === undefined;
    keyed.sort(([one], [other]) => compared(one, other) * (isNull(one) || isNull(other) ? 1 : turn));
    shown = keyed.map(([, row]) => row);
    columns.forEach((it, place) => {
      if (it === column) heads[place].setAttribute("aria-sort", state.descending ? "descending" : "ascending");
      else heads[place].removeAttribute("aria-sort");
    });
    fill();
  }

  function fill() {
    const pages = Math.max(1, Math.ceil(shown.length / pageSize));
    state.page = Math.min(Math.max(0, state.page), pages - 1);
    const first = state.page * pageSize;
    const page = shown.slice(first, first + pageSize);
    body.replaceChildren(
      ...page.map((row) =>
        h(
          "tr",
          null,
          columns.map((column, place) =>
            place === 0
              ? h("th", { scope: "row" }, column.cell(row))
              : h("td", { class: column.number && "number" }, column.cell(row)),
          ),
        ),
      ),
    );
    const range = shown.length ? `${count(first + 1)}–${count(first + page.length)} of ${count(shown.length)}` : "None";
    status.textContent = range;
    back.disabled = state.page === 0;
    on.disabled = state.page === pages - 1;
    pager.hidden = rows.length <= pageSize && !search;
  }

  const box = search && h("input", { type: "search", placeholder, "aria-label": placeholder, value: state.text ?? "" });
  box?.addEventListener("input", () => {
    state.text = box.value;
    state.page = 0;
    find();
  });
  find();
  return h(
    "div",
    { class: "grid" },
    h("div", { class: "tools" }, box, pager),
    h(
      "div",
      { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
      h("table", null, h("caption", { class: "unseen" }, caption), h("thead", null, h("tr", null, heads)), body),
    ),
  );
}
