/* Charts: Vega-Lite specs drawn into the page as SVG. Colours are CSS variables, so light, dark and paper need no
   redrawing; every chart has its figures in a table below it. */

const chartLook = {
  background: "transparent",
  font: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
  padding: { left: 0, right: 0, top: 2, bottom: 4 },
  aria: false,
  view: { stroke: null },
  axis: {
    domain: false,
    ticks: false,
    grid: false,
    labelColor: "var(--muted)",
    labelFontSize: 12,
    labelPadding: 6,
    titleColor: "var(--muted)",
    titleFontSize: 12,
    titleFontWeight: 400,
    gridColor: "var(--line)",
  },
  axisQuantitative: { grid: true, tickCount: 4 },
  legend: {
    labelColor: "var(--muted)",
    labelFontSize: 12,
    title: null,
    orient: "top",
    direction: "horizontal",
    symbolType: "square",
    symbolSize: 90,
    padding: 0,
    offset: 10,
    columnPadding: 16,
  },
  bar: { color: "var(--accent)", cornerRadiusEnd: 2 },
  line: { color: "var(--accent)", strokeWidth: 2 },
  point: { color: "var(--accent)", filled: true },
  text: { color: "var(--ink)", fontSize: 12 },
  style: { cell: { stroke: null } },
};

const BAR_STEP = 25;
const NARROW = 420;
const LABEL_ROOM = 118;

const compactNumber = "datum.value == 0 ? '0' : format(datum.value, '.2~s')";

const libraryReady = new Promise((resolve) => {
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", resolve);
  else resolve();
});

const fit = { type: "fit-x", contains: "padding" };
const drawn = new WeakMap();

/** Draws, and draws again when the room changes. */
function keepDrawn(place, specFor, onClick) {
  const draw = async () => {
    await libraryReady;
    const width = Math.floor(place.clientWidth);
    if (!width || !place.isConnected || drawn.get(place)?.width === width) return;
    const before = drawn.get(place);
    drawn.set(place, { width });
    before?.view?.finalize();
    const options = { actions: false, ast: true, renderer: "svg", config: chartLook, tooltip: { theme: "c360" } };
    const spec = { $schema: "https://vega.github.io/schema/vega-lite/v6.json", width, autosize: fit, ...specFor(width) };
    const { view } = await window.vegaEmbed(place, spec, options);
    drawn.set(place, { width, view });
    if (onClick) view.addEventListener("click", (_, item) => item?.datum && onClick(item.datum));
  };
  let waiting = null;
  new ResizeObserver(() => {
    clearTimeout(waiting);
    waiting = setTimeout(draw, drawn.has(place) ? 150 : 0);
  }).observe(place);
}

/**
 * A block with a chart and the same figures as a table.
 * @param about {id, title, alt, note, wide}
 * @param spec Vega-Lite without its width, or a function from the width to it
 * @param table {columns, rows}
 */
function chartCard({ id, title, alt, note = null, wide = "half" }, spec, table, onClick = null) {
  if (!table.rows.length) {
    return card(title, { id, wide, note }, h("p", { class: "empty" }, "Nothing to show with these filters."));
  }
  const place = h("div", { class: onClick ? "plot clickable" : "plot", "aria-hidden": "true" });
  keepDrawn(place, typeof spec === "function" ? spec : () => spec, onClick);
  return card(
    title,
    { id, wide, note },
    h("div", { role: "img", "aria-label": alt }, place),
    h(
      "details",
      { class: "figures" },
      h("summary", null, "Show the figures"),
      plainTable(title, table.columns, table.rows),
    ),
  );
}

/**
 * Bars from left to right, one a name, each with its figure at its end.
 * @param names of all rows, in their order
 * @param rows {name, value, shown, short}; the short text is for narrow places
 * @param width of the whole chart, in pixels
 */
function barSpec(names, rows, width) {
  const narrow = width < NARROW;
  const labelled = rows.map((row) => ({ ...row, label: (narrow && row.short) || row.shown }));
  // the figure behind the longest bar needs room
  const room = Math.max(60, width - LABEL_ROOM);
  const label = Math.min(room / 2, 12 + 6.9 * Math.max(0, ...labelled.map((row) => row.label.length)));
  const widest = Math.max(0, ...rows.map((row) => row.value));
  return {
    height: names.length * BAR_STEP,
    data: { values: labelled },
    encoding: {
      y: {
        field: "name",
        type: "nominal",
        sort: names,
        axis: { title: null, labelColor: "var(--ink)", labelLimit: LABEL_ROOM },
        scale: { paddingInner: 0.35, paddingOuter: 0.15 },
      },
      x: {
        field: "value",
        type: "quantitative",
        axis: null,
        scale: { domainMax: (widest * room) / (room - label) || 1, nice: false },
      },
      tooltip: [
        { field: "name", title: " " },
        { field: "shown", title: "value" },
      ],
    },
    layer: [
      { mark: { type: "bar" } },
      {
        mark: { type: "text", align: "left", dx: 5, color: "var(--muted)" },
        encoding: { text: { field: "label" } },
      },
    ],
  };
}

const monthAxis = { title: null, format: "%b %Y", labelOverlap: "greedy", tickCount: { interval: "month", step: 6 } };

function monthScale(rows, width) {
  const months = new Set(rows.map((row) => row.month)).size;
  const step = Math.max(1, Math.ceil(months / Math.max(2, Math.floor(width / 90))));
  return { ...monthAxis, tickCount: { interval: "month", step: [1, 2, 3, 6, 12].find((it) => it >= step) ?? 12 } };
}

/** Columns, or an area, by month. */
function monthSpec(rows, kind, { money: isMoney = false, series = null } = {}) {
  return (width) => ({
    height: 220,
    data: { values: rows.map((row) => ({ ...row, date: row.month * 864e5 })) },
    encoding: {
      x: {
        field: "date",
        type: "temporal",
        ...(kind === "area" ? {} : { timeUnit: "utcyearmonth" }),
        scale: { type: "utc" },
        axis: monthScale(rows, width),
      },
      y: {
        field: "value",
        type: "quantitative",
        axis: { title: null, ...(isMoney ? { labelExpr: compactNumber } : { format: "~s" }) },
      },
      tooltip: [
        { field: "label", title: "month" },
        ...(series ? [{ field: "series", title: " " }] : []),
        { field: "shown", title: "value" },
      ],
      ...(series
        ? {
            color: { field: "series", sort: series, scale: { domain: series, range: seriesColours(series.length) } },
            order: { field: "place" },
          }
        : {}),
    },
    ...(kind === "area"
      ? {
          layer: [
            { mark: { type: "area", color: "var(--accent)", opacity: 0.14 } },
            { mark: { type: "line" } },
            { mark: { type: "point", size: 90, opacity: 0 } },
          ],
        }
      : { mark: { type: "bar", cornerRadiusEnd: series ? 0 : 2 } }),
  });
}

function seriesColours(number) {
  return Array.from({ length: number }, (_, place) => `var(--series-${(place % 12) + 1})`);
}
