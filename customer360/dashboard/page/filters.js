/* What is looked at: the bar of filters, and the address that remembers it. */

const FILTERED = { segment: "Segment", health_band: "Health", country: "Country" };
const PARAMETERS = { segment: "segment", health_band: "health", country: "country" };

/** Filters as they stand in the address: #/page?segment=…&from=… ; an empty value is "unknown". */
function readAddress(hash) {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?");
  const [page, key = null] = path.split("/");
  const parameters = new URLSearchParams(query);
  const chosen = {};
  for (const [dimension, parameter] of Object.entries(PARAMETERS)) {
    const values = parameters.getAll(parameter);
    if (values.length) chosen[dimension] = values.map((value) => (value === "" ? null : value));
  }
  const day = (name) => (parameters.get(name) ? dayOf(parameters.get(name)) : null);
  return { page, key, filters: { chosen, from: day("from"), to: day("to") } };
}

function address(page, { chosen, from, to }) {
  const parameters = new URLSearchParams();
  for (const [dimension, parameter] of Object.entries(PARAMETERS)) {
    for (const value of chosen[dimension] ?? []) parameters.append(parameter, value ?? "");
  }
  if (from !== null) parameters.set("from", isoDay(from));
  if (to !== null) parameters.set("to", isoDay(to));
  const query = parameters.toString();
  return `#/${page}${query ? `?${query}` : ""}`;
}

/** Every value of a dimension with its customers, in the order in which they are shown. */
function choices(tables, dimension) {
  const all = new Selection(tables);
  const values = {
    segment: tables.segments.words("segment"),
    health_band: tables.health_bands.words("health_band"),
    country: [...tables.customer_cells.words("country")],
  }[dimension];
  const { v } = tables.customer_cells.columns[dimension];
  const options = [...values, ...(v.includes(null) ? [null] : [])].map((value) => ({
    value,
    label: dimension === "country" ? countryName(value) : (value ?? "Unknown"),
    customers: all.where(dimension, [value]).people("customers") ?? 0,
  }));
  if (dimension === "country") options.sort((one, other) => other.customers - one.customers);
  return options;
}

/** A button that opens a list of boxes to tick. */
function picker(dimension, options, change) {
  const name = FILTERED[dimension];
  const said = h("span", { class: "said" });
  const boxes = options.map(({ value, label, customers }) => {
    const box = h("input", { type: "checkbox", onchange: () => changed() });
    const number = h("span", { class: "key" }, count(customers));
    return { value, label, box, line: h("label", null, box, h("span", null, label), number) };
  });
  const clear = h("button", { type: "button", class: "quiet", onclick: () => set([], true) }, "All");
  const details = h(
    "details",
    { class: "picker", "data-filter": dimension },
    h("summary", null, h("span", { class: "label" }, name), said),
    h("fieldset", null, h("legend", { class: "unseen" }, name), boxes.map(({ line }) => line), clear),
  );
  details.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    details.open = false;
    details.querySelector("summary").focus();
  });

  function changed() {
    const values = boxes.filter(({ box }) => box.checked).map(({ value }) => value);
    say();
    change(dimension, values.length === boxes.length ? [] : values);
  }

  function say() {
    const ticked = boxes.filter(({ box }) => box.checked);
    said.textContent = { 0: "All", 1: ticked[0]?.label }[ticked.length] ?? `${ticked.length} chosen`;
    details.classList.toggle("active", ticked.length > 0);
    clear.disabled = ticked.length === 0;
  }

  function set(values, tell = false) {
    for (const { value, box } of boxes) box.checked = values.includes(value);
    if (tell) changed();
    else say();
  }

  return { element: details, set };
}

/** The stretches of days that are offered, up to the as-of date. */
function stretches(about) {
  const { asOf } = about;
  const [year] = dateParts(asOf);
  return [
    { label: "All dates", from: null, to: null },
    { label: `Last ${about.period_days} days`, from: asOf - about.period_days + 1, to: asOf },
    { label: "Last 3 months", from: firstOfMonth(asOf + 1, -3), to: asOf },
    { label: "Last 12 months", from: firstOfMonth(asOf + 1, -12), to: asOf },
    { label: String(year), from: Date.UTC(year, 0, 1) / 864e5, to: asOf },
    { label: String(year - 1), from: Date.UTC(year - 1, 0, 1) / 864e5, to: Date.UTC(year, 0, 1) / 864e5 - 1 },
  ].filter(({ label }) => about.grain === "day" || !label.endsWith("days"));
}

function datePicker(about, change) {
  const offered = stretches(about);
  const own = h("option", { value: "own" }, "Own dates");
  const select = h(
    "select",
    { id: "dates", "aria-label": "Dates" },
    offered.map(({ label }, place) => h("option", { value: place }, label)),
    own,
  );
  const bounds = { min: isoDay(about.firstDay), max: isoDay(about.asOf) };
  const from = h("input", { type: "date", id: "from", ...bounds });
  const to = h("input", { type: "date", id: "to", ...bounds });
  select.addEventListener("change", () => {
    const { from: first, to: last } = offered[select.value] ?? { from: about.firstDay, to: about.asOf };
    change(first, last);
  });
  const typed = () => {
    let [first, last] = [dayOf(from.value), dayOf(to.value)];
    if (about.grain === "month") {
      if (first !== null) first = firstOfMonth(first);
      if (last !== null) last = Math.min(firstOfMonth(last, 1) - 1, about.asOf);
    }
    change(first, last);
  };
  from.addEventListener("change", typed);
  to.addEventListener("change", typed);

  function set(first, last) {
    const place = offered.findIndex((it) => it.from === first && it.to === last);
    select.value = place === -1 ? "own" : String(place);
    from.value = first === null ? "" : isoDay(first);
    to.value = last === null ? "" : isoDay(last);
  }

  const element = h(
    "div",
    { class: "dates" },
    h("label", null, h("span", { class: "label" }, "Dates"), select),
    h("label", null, h("span", { class: "label" }, "from"), from),
    h("label", null, h("span", { class: "label" }, "to"), to),
  );
  return { element, set };
}

/** What is chosen, in a line; it is printed, and read out when it changes. */
function filtersInWords({ chosen, from, to }) {
  const parts = Object.entries(FILTERED)
    .filter(([dimension]) => chosen[dimension])
    .map(([dimension, name]) => {
      const labels = chosen[dimension].map((it) => (dimension === "country" ? countryName(it) : (it ?? "Unknown")));
      return `${name}: ${labels.join(", ")}`;
    });
  if (from !== null || to !== null) {
    parts.push(`Dates: ${from === null ? "the first day" : dayInWords(from)} to ${to === null ? "the last" : dayInWords(to)}`);
  }
  return parts.length ? parts.join(" · ") : "All customers, all dates";
}

/**
 * The bar of filters.
 * @param change called with the new filters
 * @returns element, and show(filters): brings it to what is chosen
 */
function filterBar(tables, about, change) {
  let now = { chosen: {}, from: null, to: null };
  const pickers = Object.fromEntries(
    Object.keys(FILTERED).map((dimension) => [
      dimension,
      picker(dimension, choices(tables, dimension), (name, values) => {
        const chosen = { ...now.chosen, [name]: values };
        if (!values.length) delete chosen[name];
        change({ ...now, chosen });
      }),
    ]),
  );
  const dates = datePicker(about, (from, to) => change({ ...now, from, to }));
  const reset = h(
    "button",
    { type: "button", class: "quiet", onclick: () => change({ chosen: {}, from: null, to: null }) },
    "Reset",
  );
  document.addEventListener("click", (event) => {
    for (const { element } of Object.values(pickers)) if (!element.contains(event.target)) element.open = false;
  });

  function show(filters) {
    now = filters;
    for (const [dimension, it] of Object.entries(pickers)) it.set(filters.chosen[dimension] ?? []);
    dates.set(filters.from, filters.to);
    reset.disabled = !Object.keys(filters.chosen).length && filters.from === null && filters.to === null;
  }

  const form = h(
    "form",
    { class: "filters", "aria-label": "Filters", onsubmit: (event) => event.preventDefault() },
    Object.values(pickers).map((it) => it.element),
    dates.element,
    reset,
  );
  // on a phone they are folded away
  const wide = matchMedia("(min-width: 641px)");
  const element = h("details", { class: "filter-box" }, h("summary", null, "Filters"), form);
  const fold = () => element.toggleAttribute("open", wide.matches);
  wide.addEventListener("change", fold);
  fold();
  return { element, show };
}
