/* Blocks that several pages have. A page is made from a view: {tables, about, selection, allOf, filters, links}. */

/** The value of a measure in a view, in words. */
function inMeasure(view, name, selection = view.selection) {
  const { format } = view.about.measures.find((it) => it.name === name);
  return formatted(measure(name, selection, view.about), format);
}

/** A figure by itself: its name, and what it means for who asks. */
function figure(view, name, { label = name, below = null } = {}) {
  const { definition } = view.about.measures.find((it) => it.name === name);
  return h(
    "div",
    { class: "figure" },
    h("dt", { title: definition }, label),
    h("dd", null, h("span", { class: "value", "data-measure": name }, inMeasure(view, name)), below),
  );
}

function figures(label, ...items) {
  return h("dl", { class: "figures-row", "aria-label": label }, items);
}

/** "▲ +3.2%" and what it is compared with; named says which figure it is. */
function changeMark(value, compared, named) {
  const text = formatted(value, "+0.0%;-0.0%;0.0%");
  if (value === null) return h("span", { class: "change" }, h("span", named, text), ` ${compared}`);
  const direction = text.startsWith("+") ? "up" : text.startsWith(MINUS) ? "down" : "same";
  const arrow = { up: "▲", down: "▼", same: "■" }[direction];
  return h(
    "span",
    { class: "change" },
    h(
      "span",
      { class: direction },
      h("span", { "aria-hidden": "true" }, `${arrow} `),
      h("span", named, text),
    ),
    ` ${compared}`,
  );
}

/** Bars by segment in the order of the segments, of a measure; choosing one filters by it. */
function bySegment(view, id, name, { wide = "half", note = null } = {}) {
  const { format } = view.about.measures.find((it) => it.name === name);
  const rows = view.segments
    .map((segment) => ({ name: segment, value: measure(name, view.selection.where("segment", [segment]), view.about) }))
    .map((row) => ({ ...row, shown: formatted(row.value, format), short: format === "#,0.00" && shortMoney(row.value) }));
  const bars = rows.map((row) => ({ ...row, value: row.value ?? 0 }));
  return chartCard(
    { id, ...view.about.visuals[id], wide, note },
    (width) => barSpec(view.segments, bars, width),
    { columns: [{ title: "Segment" }, { title: name, number: true }], rows: rows.map((row) => [row.name, row.shown]) },
    ({ name: segment }) => view.toggle("segment", segment),
  );
}

/** The first days of the months that are looked at. */
function monthsOf(view) {
  const { v } = view.tables.sales.columns.day;
  const days = v.filter((day) => view.selection.holds(day));
  if (!days.length) return [];
  const [first, last] = days.reduce(([low, high], day) => [Math.min(low, day), Math.max(high, day)], [Infinity, -Infinity]);
  const months = [];
  for (let month = firstOfMonth(first); month <= last; month = firstOfMonth(month, 1)) months.push(month);
  return months;
}

function byMonth(view, id, name, kind) {
  const { format } = view.about.measures.find((it) => it.name === name);
  const rows = monthsOf(view).map((month) => {
    const value = measure(name, view.selection.within(month, firstOfMonth(month, 1) - 1), view.about);
    return { month, label: monthInWords(month), value: value ?? 0, shown: formatted(value, format) };
  });
  return chartCard({ id, ...view.about.visuals[id] }, monthSpec(rows, kind, { money: format === "#,0.00" }), {
    columns: [{ title: "Month" }, { title: name, number: true }],
    rows: rows.map((row) => [row.label, row.shown]),
  });
}

/** Where the view of a customer is; a name that cannot be shown is its key. */
function customerLink(view, row) {
  const table = view.tables.customers;
  const key = table.value("customer_key", row);
  const name = customerName(table, row);
  return h(
    "a",
    { href: view.links.customer(key), class: "who" },
    name ?? "Unknown",
    h("span", { class: "key" }, ` #${key}`),
  );
}

function customerName(table, row) {
  const full = table.has("full_name") ? table.value("full_name", row) : null;
  return full ?? table.value("organisation_name", row);
}

/** How many customers the file holds one by one, where these are not all. */
function shownOf(view) {
  const shown = view.tables.customers.length;
  if (shown === view.about.customers) return null;
  return (
    `This file holds the ${count(shown)} customers that matter most of ${count(view.about.customers)}: the most` +
    " valuable, and the most valuable at high churn risk of each kind. Totals are over all."
  );
}

/** Every figure of the spec with its meaning, and its value for what is looked at. */
function glossary(view) {
  const rows = view.about.measures.map(({ name, definition }) => [
    name,
    h("span", { "data-glossary": name }, inMeasure(view, name)),
    definition,
  ]);
  return h(
    "details",
    { class: "card full glossary" },
    h("summary", null, "All figures and what they mean"),
    plainTable("All figures and what they mean", [{ title: "Figure" }, { title: "Value", number: true }, { title: "Meaning" }], rows),
  );
}
