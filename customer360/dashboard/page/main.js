/* Brings it together: reads the data, follows the address, and shows the page that it names. */

const PAGES = { overview: overviewPage, marketing: marketingPage, deep_dive: deepDivePage, operations: operationsPage };

function viewMaker(tables, about) {
  const { customers } = tables;
  const keys = customers.columns.customer_key.v;
  const places = (words) => new Map(words.map((word, place) => [word, place]));
  const [segments, bands] = [tables.segments.words("segment"), tables.health_bands.words("health_band")];
  const rowsOf = Object.fromEntries(
    ["orders", "records", "golden", "links"].map((name) => [name, tables[name].rowsByKey("customer_key")]),
  );
  const texts = ["full_name", "organisation_name", "email", "phone", "city"].filter((name) => customers.has(name));
  const searched = new Map();
  const searchText = (row) => {
    if (!searched.has(row)) {
      const ids = (rowsOf.records.get(keys[row]) ?? []).map((at) => `${tables.records.value("source", at)} ${tables.records.value("source_customer_id", at)}`);
      searched.set(row, [keys[row], ...texts.map((name) => customers.value(name, row)), ...ids].join(" ").toLowerCase());
    }
    return searched.get(row);
  };
  const factors = ["recency", "frequency", "monetary", "basket_trend", "engagement"].map((it) => `${it}_points`);
  const fixed = {
    tables,
    about,
    segments,
    bands,
    rowsOf,
    searchText,
    segmentPlace: places(segments),
    bandPlace: places(bands),
    meanings: new Map(segments.map((word, row) => [word, tables.segments.value("meaning", row)])),
    rowOf: new Map(keys.map((key, row) => [key, row])),
    fullPoints: new Map(factors.map((name) => [name, customers.columns[name].v.reduce((most, it) => Math.max(most, it ?? 0), 0) / 10 ** (customers.columns[name].scale ?? 0)])),
  };

  return (filters, toggle, open) => {
    let selection = new Selection(tables, {}, { from: filters.from, to: filters.to });
    for (const [dimension, values] of Object.entries(filters.chosen)) selection = selection.where(dimension, values);
    const onDays = filters.from !== null || filters.to !== null;
    return {
      ...fixed,
      filters,
      selection,
      toggle,
      open,
      daysBefore: daysBefore(about, filters),
      cohortCells: selection.cohortCells(about.asOf),
      note: {
        state: onDays ? `As of ${dayInWords(about.asOf)}, whatever dates are chosen.` : null,
        days: onDays ? "In the chosen dates." : null,
      },
      links: { customer: (key) => address(`customer/${key}`, filters), deep_dive: address("deep_dive", filters) },
    };
  };
}

/** As many days, or months, before those chosen; none where the data does not reach back so far. */
function daysBefore(about, { from, to }) {
  if (from === null) return null;
  const last = to ?? about.asOf;
  if (about.grain === "month" || (from === firstOfMonth(from) && (last + 1 === firstOfMonth(last + 1) || last === about.asOf))) {
    const months = monthsBetween(from, last) + 1;
    const first = firstOfMonth(from, -months);
    if (last + 1 === firstOfMonth(last + 1)) {
      return first >= firstOfMonth(about.firstDay) ? { from: first, to: from - 1, words: months === 1 ? "month" : `${months} months` } : null;
    }
  }
  const days = last - from + 1;
  return from - days >= about.firstDay ? { from: from - days, to: from - 1, words: days === 1 ? "day" : `${days} days` } : null;
}

function theme() {
  const names = ["auto", "light", "dark"];
  const button = document.getElementById("theme");
  const stored = () => {
    try {
      return localStorage.getItem("customer360-theme");
    } catch {
      return null; // pages from disk may not be allowed to remember
    }
  };
  const set = (name) => {
    document.documentElement.dataset.theme = name;
    button.textContent = { auto: "Look: auto", light: "Look: light", dark: "Look: dark" }[name];
    try {
      localStorage.setItem("customer360-theme", name);
    } catch {
      /* as above */
    }
  };
  button.addEventListener("click", () => set(names[(names.indexOf(document.documentElement.dataset.theme) + 1) % 3]));
  set(names.includes(stored()) ? stored() : "auto");
}

async function start() {
  theme();
  document.getElementById("print").addEventListener("click", () => window.print());
  const { about, tables: packed } = await unpacked(document.getElementById("data").textContent.trim());
  const tables = Object.fromEntries(Object.entries(packed).map(([name, table]) => [name, new Table(table)]));
  about.asOf = dayOf(about.as_of);
  about.firstDay = tables.sales.columns.day.v.reduce((first, day) => Math.min(first, day), about.asOf);
  useCurrency(about.currency);
  const makeView = viewMaker(tables, about);
  const [heading, board] = [document.getElementById("title"), document.getElementById("board")];
  let now = null;

  const go = (page, filters, replace) => {
    const to = address(page, filters);
    if (to === location.hash) return;
    if (replace) history.replaceState(null, "", to);
    else history.pushState(null, "", to);
    show();
  };
  const pageName = () => (now.page === "customer" ? "deep_dive" : now.page);
  const change = (filters) => {
    go(pageName(), filters, true);
    announce(filtersInWords(filters));
  };
  const toggle = (dimension, value) => {
    const before = now.filters.chosen[dimension] ?? [];
    const values = before.includes(value) ? before.filter((it) => it !== value) : [...before, value];
    const chosen = { ...now.filters.chosen, [dimension]: values };
    if (!values.length) delete chosen[dimension];
    change({ ...now.filters, chosen });
  };
  const bar = filterBar(tables, about, change);
  document.getElementById("filters").replaceChildren(bar.element);

  function show() {
    const before = now;
    now = readAddress(location.hash);
    if (!(now.page in PAGES) && now.page !== "customer") now.page = "overview";
    const view = makeView(now.filters, toggle, (key) => go(`customer/${key}`, now.filters, false));
    const isCustomer = now.page === "customer";
    const isFiltered = !isCustomer && now.page !== "operations";
    const key = Number(now.key);
    const row = view.rowOf.get(key);
    const title = isCustomer
      ? ((row !== undefined && customerName(tables.customers, row)) || `Customer ${key}`)
      : about.pages.find((it) => it.key === now.page).name;
    heading.textContent = title;
    document.title = `${title} · Customer 360: ${about.folder}`;
    document.getElementById("chosen").textContent = isFiltered
      ? filtersInWords(now.filters)
      : `As of ${momentInWords(about.read_at)}; times are in UTC, and filters do not apply.`;
    document.getElementById("chosen").hidden = isCustomer;
    document.getElementById("filters").hidden = !isFiltered;
    bar.show(now.filters);
    for (const link of document.querySelectorAll("nav a")) {
      const page = link.dataset.page;
      link.href = address(page, now.filters);
      if (page === pageName()) {
        link.setAttribute("aria-current", "page");
        link.parentElement.scrollLeft = link.offsetLeft - link.parentElement.offsetLeft - 40; // on a phone not all are in sight
      } else link.removeAttribute("aria-current");
    }
    board.replaceChildren(
      ...(isCustomer ? customerPage(view, key) : PAGES[now.page](view)),
      ...(isFiltered ? [glossary(view)] : []),
    );
    document.documentElement.dataset.shown = location.hash;
    if (before && (before.page !== now.page || before.key !== now.key)) {
      window.scrollTo(0, 0);
      heading.focus({ preventScroll: true });
    }
  }

  const where = `${about.folder}, as of ${dayInWords(about.asOf)}`;
  document.getElementById("about").textContent =
    about.pii === "keep" ? where : `${where} · personal data ${about.pii === "mask" ? "masked" : "left out"}`;
  window.addEventListener("popstate", show);
  window.addEventListener("hashchange", () => location.hash !== document.documentElement.dataset.shown && show());
  show();
}

start().catch((error) => {
  const told = document.getElementById("board");
  told.replaceChildren(h("p", { class: "card full" }, `This page cannot be shown: ${error.message}. It needs a browser of 2023 or newer.`));
  throw error;
});
