/* Marketing Insights. */

/** Where the customers are and where the money is, segment by segment. */
function segmentShares(view) {
  const id = "marketing_segments";
  const everybody = measure("Customer Count", view.selection, view.about);
  const rows = view.segments.map((segment) => {
    const customers = measure("Customer Count", view.selection.where("segment", [segment]), view.about);
    return { name: segment, value: customers, share: ratio(customers, everybody) ?? 0 };
  });
  const shown = rows.map((row) => ({ ...row, shown: `${count(row.value)} · ${formatted(row.share, "0.0%")}` }));
  return chartCard(
    { id, ...view.about.visuals[id], wide: "third", note: view.note.state },
    (width) => barSpec(view.segments, shown, width),
    {
      columns: [{ title: "Segment" }, { title: "Customer Count", number: true }, { title: "Share", number: true }],
      rows: rows.map((row) => [row.name, count(row.value), formatted(row.share, "0.0%")]),
    },
    ({ name }) => view.toggle("segment", name),
  );
}

/** Revenue of each segment, and beside it what one of its customers brings. */
function segmentValue(view) {
  const id = "marketing_value";
  const values = (name) =>
    view.segments.map((segment) => {
      const value = measure(name, view.selection.where("segment", [segment]), view.about);
      return { name: segment, value: value ?? 0, shown: money(value), short: shortMoney(value) };
    });
  const [revenue, each] = [values("Revenue"), values("Revenue per Customer")];
  return chartCard(
    { id, ...view.about.visuals[id], wide: "third", note: view.note.days },
    (width) => {
      const room = Math.max(160, width - LABEL_ROOM - 20);
      const side = (title, rows, share, labels) => {
        const own = Math.round(room * share);
        const spec = barSpec(view.segments, rows, width < 2 * NARROW ? own : own + LABEL_ROOM);
        if (!labels) spec.encoding.y = { ...spec.encoding.y, axis: null };
        const above = { text: title, anchor: "start", fontSize: 12, fontWeight: 400, color: "var(--muted)", frame: "group" };
        return { ...spec, width: own, title: above };
      };
      return {
        width: undefined,
        autosize: undefined,
        hconcat: [side("Revenue", revenue, 0.56, true), side("Per customer", each, 0.44, false)],
        spacing: 16,
      };
    },
    {
      columns: [{ title: "Segment" }, { title: "Revenue", number: true }, { title: "Revenue per Customer", number: true }],
      rows: revenue.map((row, place) => [row.name, row.shown, each[place].shown]),
    },
    ({ name }) => view.toggle("segment", name),
  );
}

function healthBands(view) {
  const id = "marketing_health";
  const rows = view.bands.map((band) => {
    const inBand = view.selection.where("health_band", [band]);
    const value = measure("Customer Count", inBand, view.about);
    const score = inMeasure(view, "Average Health Score", inBand);
    return { name: band, value, shown: count(value), score };
  });
  return chartCard(
    { id, ...view.about.visuals[id], wide: "third", note: view.note.state },
    {
      height: 285,
      data: { values: rows },
      encoding: {
        x: { field: "name", type: "nominal", sort: view.bands, axis: { title: null, labelAngle: 0, labelColor: "var(--ink)", labelExpr: "split(datum.label, ' ')" } },
        y: { field: "value", type: "quantitative", axis: null },
        tooltip: [
          { field: "name", title: "health" },
          { field: "shown", title: "customers" },
          { field: "score", title: "mean score" },
        ],
      },
      layer: [
        { mark: { type: "bar", width: { band: 0.65 } } },
        { mark: { type: "text", dy: -8, color: "var(--muted)" }, encoding: { text: { field: "shown" } } },
      ],
    },
    {
      columns: [{ title: "Health band" }, { title: "Customer Count", number: true }, { title: "Average Health Score", number: true }],
      rows: rows.map((row) => [row.name, row.shown, row.score]),
    },
    ({ name }) => view.toggle("health_band", name),
  );
}

function atRisk(view) {
  const id = "marketing_at_risk";
  const { customers, at_risk: listed } = view.tables;
  const rows = view.selection
    .rows("at_risk")
    .slice(0, 20)
    .map((place) => {
      const row = view.rowOf.get(listed.value("customer_key", place));
      return [
        customerLink(view, row),
        listed.value("segment", place),
        listed.value("health_band", place),
        countryName(listed.value("country", place)),
        dayInWords(customers.value("last_purchase_date", row)),
        inWords(listed.value("weakest_factor", place) ?? BLANK),
        formatted(customers.value("churn_probability", row), "0.0%"),
        money(customers.value("ltv_actual", row)),
        money(listed.value("value_at_stake", place)),
      ];
    });
  const { title } = view.about.visuals[id];
  const columns = [
    { title: "Customer" },
    { title: "Segment" },
    { title: "Health" },
    { title: "Country" },
    { title: "Last purchase" },
    { title: "Weakest factor" },
    { title: "Churn", number: true },
    { title: "Lifetime value", number: true },
    { title: "Value at stake", number: true },
  ];
  const note = "At stake is the churn probability times the revenue of the last year.";
  return card(
    title,
    { id, wide: "full", note: [note, view.note.state].filter(Boolean).join(" ") },
    rows.length ? plainTable(title, columns, rows) : h("p", { class: "empty" }, "Nobody with these filters."),
  );
}

/** A table whose cells are the darker the larger; half strength at most, so that ink stays readable. */
function heatTable(title, heads, rows) {
  return h(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": title },
    h(
      "table",
      { class: "heatmap" },
      h("caption", { class: "unseen" }, title),
      h("thead", null, h("tr", null, heads.map((head) => h("th", { scope: "col" }, head)))),
      h(
        "tbody",
        null,
        rows.map(([head, ...cells]) =>
          h(
            "tr",
            null,
            h("th", { scope: "row" }, head),
            cells.map((cell) =>
              cell && cell.heat !== undefined
                ? h("td", { class: "heat", style: `--heat: ${Math.round(50 * cell.heat)}%` }, cell.text)
                : h("td", { class: "number" }, cell),
            ),
          ),
        ),
      ),
    ),
  );
}

/** From which segment to which, all months that are looked at together. */
function segmentMoves(view) {
  const id = "marketing_migration";
  const { title } = view.about.visuals[id];
  const { moves } = view.tables;
  const found = new Map();
  for (const row of view.selection.rowsOnDays("moves", "month_end")) {
    const way = `${moves.value("from_segment", row)}/${moves.value("segment", row)}`;
    found.set(way, (found.get(way) ?? 0) + moves.value("customers", row));
  }
  const most = Math.max(1, ...found.values());
  const from = [...view.segments, ...moves.words("from_segment").filter((it) => !view.segments.includes(it))];
  const rows = from
    .filter((one) => view.segments.some((other) => found.has(`${one}/${other}`)))
    .map((one) => [
      one,
      ...view.segments.map((other) => {
        const customers = found.get(`${one}/${other}`);
        return customers ? { heat: customers / most, text: count(customers) } : "";
      }),
    ]);
  const ends = moves.columns.month_end.v.filter((day) => view.selection.holds(day));
  const span = ends.length
    ? ` ${monthInWords(Math.min(...new Set(ends)))} to ${monthInWords(Math.max(...new Set(ends)))}, all months together.`
    : "";
  return card(
    title,
    { id, wide: "full", note: `Rows: from; columns: to.${span}` },
    rows.length
      ? heatTable(title, ["From", ...view.segments], rows)
      : h("p", { class: "empty" }, "Nobody moved with these filters."),
  );
}

/** The share of each cohort that bought again, month by month; the darker, the more. */
function retentionMap(view) {
  const id = "marketing_retention";
  const { title } = view.about.visuals[id];
  const cells = view.cohortCells.filter((cell) => cell.complete);
  const shown = cells.filter((cell) => cell.since > 0).map((cell) => ratio(cell.customers, cell.size) ?? 0);
  const top = Math.max(0.01, ...shown);
  const cohorts = [...new Set(cells.map((cell) => cell.cohort))];
  const last = Math.max(-1, ...cells.map((cell) => cell.since));
  const months = Array.from({ length: last + 1 }, (_, since) => since);
  const at = new Map(cells.map((cell) => [`${cell.cohort}/${cell.since}`, cell]));
  const rows = cohorts.map((cohort) => [
    monthInWords(cohort),
    count(at.get(`${cohort}/0`).size),
    ...months.map((since) => {
      const cell = at.get(`${cohort}/${since}`);
      if (!cell) return "";
      const share = ratio(cell.customers, cell.size) ?? 0;
      // the month of the first purchase is always whole
      return { heat: since === 0 ? 0 : share / top, text: formatted(share, "0%") };
    }),
  ]);
  return card(
    title,
    { id, wide: "full", note: "Only whole months. Month 0 is that of the first purchase." },
    rows.length
      ? heatTable(title, ["Cohort", "Customers", ...months.map(String)], rows)
      : h("p", { class: "empty" }, "Nothing to show with these filters."),
  );
}

/** A line for each year of first purchases, by months since. */
function cohortLines(view, id, column, format, axis) {
  const cells = view.cohortCells.filter((cell) => cell.complete);
  const yearOf = (cell) => String(dateParts(cell.cohort)[0]);
  const years = [...new Set(cells.map(yearOf))].sort();
  const last = Math.max(-1, ...cells.map((cell) => cell.since));
  const points = [];
  const rows = [];
  for (let since = 0; since <= last; since += 1) {
    const values = years.map((year) =>
      cohortMean(column, cells.filter((cell) => cell.since === since && yearOf(cell) === year)),
    );
    rows.push([String(since), ...values.map((value) => formatted(value, format))]);
    years.forEach((year, place) => {
      if (values[place] !== null && (since > 0 || column === "revenue")) {
        points.push({ year, since, value: values[place], shown: formatted(values[place], format) });
      }
    });
  }
  return chartCard(
    { id, ...view.about.visuals[id] },
    {
      height: 230,
      data: { values: points },
      encoding: {
        x: { field: "since", type: "quantitative", axis: { title: "Months since the first purchase", grid: false, tickMinStep: 1 }, scale: { nice: false } },
        y: { field: "value", type: "quantitative", axis: { title: null, ...axis } },
        color: { field: "year", type: "nominal", scale: { domain: years, range: seriesColours(years.length) } },
        tooltip: [
          { field: "year", title: "first purchase in" },
          { field: "since", title: "months since" },
          { field: "shown", title: "value" },
        ],
      },
      layer: [
        { mark: { type: "line" } },
        { mark: { type: "point", size: 90, opacity: 0 } },
      ],
    },
    { columns: [{ title: "Months since" }, ...years.map((year) => ({ title: year, number: true }))], rows },
  );
}

function marketingPage(view) {
  return [
    figures(
      "Value and risk",
      [
        "High Churn Risk Customers",
        "Value at Stake",
        "Average Churn Probability",
        "Average Health Score",
        "Predicted Lifetime Value",
        "Retention Rate",
      ].map((name) => figure(view, name)),
    ),
    segmentShares(view),
    segmentValue(view),
    healthBands(view),
    cohortLines(view, "marketing_retention_curves", "customers", "0%", { format: ".0%" }),
    cohortLines(view, "marketing_cohort_revenue", "revenue", "#,0.00", { labelExpr: compactNumber }),
    atRisk(view),
    segmentMoves(view),
    retentionMap(view),
  ];
}
