/* Every figure of the spec (customer360/powerbi/measures.py), over a selection. Nothing to divide by: null. */

function ratio(part, whole) {
  return part === null || !whole ? null : part / whole;
}

function mean(total, number) {
  return (selection) => ratio(selection.people(total), selection.people(number));
}

/** Over the complete cells of the cohorts looked at. */
function ofCohorts(column) {
  return (selection, about) => cohortMean(column, selection.cohortCells(about.asOf));
}

function cohortMean(column, cells) {
  const whole = cells.filter((cell) => cell.complete);
  const total = whole.reduce((sum, cell) => sum + cell[column], 0);
  return ratio(rounded(total, 2), whole.reduce((sum, cell) => sum + cell.size, 0));
}

const measures = {
  "Customer Count": (s) => s.people("customers") ?? 0,
  "Customers Who Bought": (s) => s.people("buyers") ?? 0,
  "New Customers": (s) => s.firstBought(),
  "Active Customers": (s) => s.active(),
  "Records per Customer": mean("records", "customers"),

  "Revenue": (s) => s.sales("revenue"),
  "Gross Revenue": (s) => s.sales("gross_revenue"),
  "Refunds": (s) => s.sales("refunds"),
  "Refund Rate": (s) => ratio(s.sales("refunds"), s.sales("gross_revenue")),
  "Order Count": (s) => s.sales("orders") ?? 0,
  "Average Order Value": (s) => ratio(s.sales("revenue"), s.sales("orders")),
  "Revenue per Customer": (s) => ratio(s.sales("revenue"), s.people("customers")),

  "Lifetime Value": (s) => s.people("ltv_actual"),
  "Predicted Lifetime Value": (s) => s.people("ltv_predicted"),
  "Average Churn Probability": mean("churn_probability", "churn_known"),
  "High Churn Risk Customers": (s) => s.people("high_risk") ?? 0,
  "Lifetime Value at Risk": (s) => s.people("ltv_at_risk"),
  "Value at Stake": (s) => s.tables.at_risk.sum("value_at_stake", s.rows("at_risk")),
  "Segment Moves": (s) => s.tables.moves.sum("customers", s.rowsOnDays("moves", "month_end")),

  "Average Health Score": mean("health_score", "health_known"),
  "Average Recency Points": mean("recency_points", "health_known"),
  "Average Frequency Points": mean("frequency_points", "health_known"),
  "Average Monetary Points": mean("monetary_points", "health_known"),
  "Average Basket Trend Points": mean("basket_trend_points", "health_known"),
  "Average Engagement Points": mean("engagement_points", "health_known"),

  "Retention Rate": ofCohorts("customers"),
  "Cohort Revenue per Customer": ofCohorts("revenue"),

  "As-of Date": (s, about) => about.asOf,
  "Period Days": (s, about) => about.period_days,

  "Customers in Period": (s) => s.people("known") ?? 0,
  "Customers in Previous Period": (s) => s.people("known_before") ?? 0,
  "Active Customers in Period": (s) => s.people("active") ?? 0,
  "Active Customers in Previous Period": (s) => s.people("active_before") ?? 0,
  "New Customers in Period": (s) => s.people("first_bought") ?? 0,
  "New Customers in Previous Period": (s) => s.people("first_bought_before") ?? 0,
  "Order Count in Period": (s) => s.salesOfPeriod("orders_now") ?? 0,
  "Order Count in Previous Period": (s) => s.salesOfPeriod("orders_before") ?? 0,
  "Revenue in Period": (s) => s.salesOfPeriod("revenue_now"),
  "Revenue in Previous Period": (s) => s.salesOfPeriod("revenue_before"),
  "Average Order Value in Period": (s) => ratio(s.salesOfPeriod("revenue_now"), s.salesOfPeriod("orders_now")),
  "Average Order Value in Previous Period": (s) =>
    ratio(s.salesOfPeriod("revenue_before"), s.salesOfPeriod("orders_before")),
};

/** A figure of the spec; "… Change" compares the period with the one before. */
function measure(name, selection, about) {
  if (name.endsWith(" Change")) {
    const base = name.slice(0, -" Change".length);
    return change(
      measure(`${base} in Period`, selection, about),
      measure(`${base} in Previous Period`, selection, about),
    );
  }
  return measures[name](selection, about);
}

function change(now, before) {
  return now === null || !before ? null : now / before - 1;
}
