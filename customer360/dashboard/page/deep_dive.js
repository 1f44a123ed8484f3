/* Customer Deep Dive. */

const MOST_POINTS = 5000;
const FACTORS = ["Recency", "Frequency", "Monetary", "Basket Trend", "Engagement"];

function scatter(view) {
  const id = "deep_dive_scatter";
  const { customers } = view.tables;
  const all = view.selection
    .rows("customers")
    .filter((row) => customers.value("engagement_points", row) !== null)
    .sort((one, other) => customers.value("ltv_actual", other) - customers.value("ltv_actual", one));
  const points = all.slice(0, MOST_POINTS).map((row) => ({
    key: customers.value("customer_key", row),
    name: `${customerName(customers, row) ?? "Unknown"} #${customers.value("customer_key", row)}`,
    segment: customers.value("segment", row),
    x: customers.value("engagement_points", row),
    y: customers.value("ltv_actual", row),
    orders: customers.value("orders", row),
    value: money(customers.value("ltv_actual", row)),
    risk: customers.value("high_churn_risk", row) ? "High churn risk" : "Others",
  }));
  const kinds = ["Others", "High churn risk"];
  const isCut = all.length > MOST_POINTS || shownOf(view) !== null;
  const cut = isCut ? ` These are the ${count(points.length)} most valuable.` : "";
  return chartCard(
    { id, ...view.about.visuals[id], note: `A point is a customer who bought; choose one to open it.${cut}` },
    {
      height: 300,
      data: { values: points },
      mark: { type: "point", opacity: 0.55, cursor: "pointer" },
      encoding: {
        x: { field: "x", type: "quantitative", axis: { title: "Engagement points", grid: false }, scale: { nice: false } },
        y: { field: "y", type: "quantitative", axis: { title: "Lifetime value", labelExpr: compactNumber } },
        size: { field: "orders", type: "quantitative", scale: { range: [12, 260] }, legend: null },
        color: { field: "risk", type: "nominal", scale: { domain: kinds, range: ["var(--accent)", "var(--series-6)"] } },
        tooltip: [
          { field: "name", title: " " },
          { field: "segment", title: "segment" },
          { field: "value", title: "lifetime value" },
          { field: "x", title: "engagement points" },
          { field: "orders", title: "orders" },
        ],
      },
    },
    {
      columns: [{ title: "Customer" }, { title: "Segment" }, { title: "Engagement points", number: true }, { title: "Lifetime Value", number: true }, { title: "Orders", number: true }],
      rows: points.slice(0, 100).map((point) => [point.name, point.segment, formatted(point.x, "0.00"), point.value, count(point.orders)]),
    },
    ({ key }) => key && view.open(key),
  );
}

function healthFactors(view) {
  const id = "deep_dive_points";
  const rows = view.segments.map((segment) => {
    const selection = view.selection.where("segment", [segment]);
    return { segment, values: FACTORS.map((factor) => measure(`Average ${factor} Points`, selection, view.about)) };
  });
  const known = rows.filter(({ values }) => values[0] !== null);
  const parts = known.flatMap(({ segment, values }) =>
    values.map((value, place) => ({ name: segment, factor: FACTORS[place], place, value: value ?? 0, shown: formatted(value, "0.0") })),
  );
  return chartCard(
    { id, ...view.about.visuals[id], note: view.note.state },
    {
      height: known.length * BAR_STEP,
      data: { values: parts },
      mark: { type: "bar", cornerRadiusEnd: 0 },
      encoding: {
        y: { field: "name", type: "nominal", sort: view.segments, axis: { title: null, labelColor: "var(--ink)", labelLimit: 150 }, scale: { paddingInner: 0.35, paddingOuter: 0.15 } },
        x: { field: "value", type: "quantitative", axis: { title: null } },
        color: { field: "factor", type: "nominal", sort: FACTORS, scale: { domain: FACTORS, range: seriesColours(5) }, legend: { columns: 3 } },
        order: { field: "place" },
        tooltip: [
          { field: "name", title: "segment" },
          { field: "factor", title: "points for" },
          { field: "shown", title: "mean" },
        ],
      },
    },
    {
      columns: [{ title: "Segment" }, ...FACTORS.map((title) => ({ title, number: true }))],
      rows: (known.length ? rows : []).map(({ segment, values }) => [segment, ...values.map((value) => formatted(value, "0.0"))]),
    },
    ({ name }) => view.toggle("segment", name),
  );
}

function revenueByChannel(view) {
  const id = "deep_dive_revenue";
  const known = [...view.tables.sales.words("channel"), ...(view.tables.sales.columns.channel.v.includes(null) ? [null] : [])];
  const channels = known
    .map((channel) => ({ channel, total: view.selection.where("channel", [channel]).sales("revenue") }))
    .filter(({ total }) => total !== null)
    .sort((one, other) => other.total - one.total)
    .map(({ channel }) => channel);
  const names = channels.map((channel) => channel ?? "unknown");
  const months = monthsOf(view);
  const values = channels.map((channel) => {
    const selection = view.selection.where("channel", [channel]);
    return months.map((month) => selection.within(month, firstOfMonth(month, 1) - 1).sales("revenue"));
  });
  const points = months.flatMap((month, at) =>
    names.map((series, place) => ({
      month,
      label: monthInWords(month),
      series,
      place,
      value: values[place][at] ?? 0,
      shown: money(values[place][at]),
    })),
  );
  return chartCard(
    { id, ...view.about.visuals[id], wide: "full" },
    monthSpec(points, "bar", { money: true, series: names }),
    {
      columns: [{ title: "Month" }, ...names.map((title) => ({ title, number: true }))],
      rows: months.map((month, at) => [monthInWords(month), ...values.map((it) => money(it[at]))]),
    },
  );
}

const customerList = { sort: "ltv_actual", descending: true, page: 0, text: "" };

function customerGrid(view) {
  const { customers } = view.tables;
  const value = (name) => (row) => customers.value(name, row);
  const column = (key, title, shown = (it) => it ?? BLANK, number = false) => ({
    key,
    title,
    number,
    value: value(key),
    cell: (row) => shown(value(key)(row)),
  });
  const columns = [
    { key: "name", title: "Customer", value: (row) => customerName(customers, row), cell: (row) => customerLink(view, row) },
    column("city", "City"),
    { ...column("country", "Country", countryName), value: (row) => countryName(value("country")(row)) },
    { ...column("segment", "Segment"), value: (row) => view.segmentPlace.get(value("segment")(row)) },
    { ...column("health_band", "Health"), value: (row) => view.bandPlace.get(value("health_band")(row)) },
    column("last_purchase_date", "Last purchase", dayInWords, true),
    column("orders", "Orders", count, true),
    column("health_score", "Health score", (it) => formatted(it, "0.0"), true),
    column("churn_probability", "Churn", (it) => formatted(it, "0.0%"), true),
    column("ltv_actual", "Lifetime value", (it) => money(it), true),
  ];
  const title = "Customers";
  return card(
    title,
    { id: "deep_dive_customers", wide: "full", note: shownOf(view) ?? "Choose one to see their records, and why these are one customer." },
    grid(title, columns, view.selection.rows("customers"), {
      state: customerList,
      search: view.searchText,
      placeholder: "Search name, e-mail, city, key or record",
    }),
  );
}

function deepDivePage(view) {
  return [
    figures(
      "Customers and sales",
      [
        "Customer Count",
        "Customers Who Bought",
        "Records per Customer",
        "Lifetime Value",
        "Revenue per Customer",
        "Average Order Value",
      ].map((name) => figure(view, name)),
    ),
    scatter(view),
    healthFactors(view),
    customerGrid(view),
    revenueByChannel(view),
  ];
}
