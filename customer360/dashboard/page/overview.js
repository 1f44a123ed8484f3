/* Executive Overview. */

const KPIS = ["Customers", "Active Customers", "New Customers", "Order Count", "Revenue", "Average Order Value"];
// What stands for the figure of the period when other days are chosen.
const ON_DAYS = { Customers: (s, about) => s.knownOn(s.days.to ?? about.asOf) };

function kpiCard(view, base) {
  const { about, selection } = view;
  const label = base === "Order Count" ? "Orders" : base;
  const period = `${base} in Period`;
  if (selection.days.from === null && selection.days.to === null) {
    const value = measure(`${base} Change`, selection, about);
    const below = changeMark(value, `vs ${about.period_days} days before`, {
      "data-measure": `${base} Change`,
    });
    return figure(view, period, { label, below });
  }
  const { definition, format } = about.measures.find((it) => it.name === period);
  const of = ON_DAYS[base] ?? ((s) => measure(base, s, about));
  const now = of(selection, about);
  const before = view.daysBefore && of(selection.on(view.daysBefore.from, view.daysBefore.to), about);
  return h(
    "div",
    { class: "figure" },
    h("dt", { title: definition.replace("Of the days up to the as-of date.", "Of the chosen days.") }, label),
    h(
      "dd",
      null,
      h("span", { class: "value", "data-kpi": base }, formatted(now, format)),
      view.daysBefore
        ? changeMark(change(now, before), `vs ${view.daysBefore.words} before`, { "data-kpi-change": base })
        : h("span", { class: "change" }, "in the chosen dates"),
    ),
  );
}

function overviewPage(view) {
  const when =
    view.selection.days.from === null && view.selection.days.to === null
      ? `The ${view.about.period_days} days up to ${dayInWords(view.about.asOf)}`
      : "The chosen dates";
  return [
    h(
      "section",
      { class: "kpis", "aria-label": when, "data-visual": "overview_kpis" },
      h("h2", { class: "section-title" }, when),
      figures(when, KPIS.map((base) => kpiCard(view, base))),
    ),
    bySegment(view, "overview_customers_by_segment", "Customer Count", { note: view.note.state }),
    bySegment(view, "overview_revenue_by_segment", "Revenue", { note: view.note.days }),
    byMonth(view, "overview_revenue_by_month", "Revenue", "area"),
    byMonth(view, "overview_new_customers_by_month", "New Customers", "bar"),
  ];
}
