/* What is looked at: customers by segment, health band and country, sales also by channel, and a stretch of days.
   A selection does not change; narrower ones are made from it, one for each bar of a chart. */

class Selection {
  /**
   * @param tables every table, by name
   * @param chosen sets of values by dimension; a value may be null; a dimension that is missing takes all
   * @param days {from, to}, both included; null where open
   */
  constructor(tables, chosen = {}, days = { from: null, to: null }) {
    this.tables = tables;
    this.chosen = chosen;
    this.days = days;
    this.found = new Map();
  }

  /** Only what has one of these values. */
  where(dimension, values) {
    const allowed = new Set(values);
    const before = this.chosen[dimension];
    const both = before ? new Set([...allowed].filter((value) => before.has(value))) : allowed;
    return new Selection(this.tables, { ...this.chosen, [dimension]: both }, this.days);
  }

  /** Other days, within nothing: what was chosen before is forgotten. */
  on(from, to) {
    return new Selection(this.tables, this.chosen, { from, to });
  }

  /** Days within those already chosen. */
  within(from, to) {
    const { from: first, to: last } = this.days;
    return this.on(first === null ? from : Math.max(from, first), last === null ? to : Math.min(to, last));
  }

  /** Whether a day, or a month by its first day, is looked at. */
  holds(day) {
    const { from, to } = this.days;
    return (from === null || day >= from) && (to === null || day <= to);
  }

  /** The rows of a table whose customers are looked at, whatever the days. */
  rows(name) {
    if (!this.found.has(name)) {
      const table = this.tables[name];
      const tests = Object.entries(this.chosen)
        .filter(([dimension]) => table.has(dimension))
        .map(([dimension, allowed]) => {
          const { words = [], v } = table.columns[dimension];
          const fits = words.map((word) => allowed.has(word));
          const nullFits = allowed.has(null);
          return (row) => (v[row] === null ? nullFits : fits[v[row]]);
        });
      const rows = [];
      for (let row = 0; row < table.length; row += 1) if (tests.every((test) => test(row))) rows.push(row);
      this.found.set(name, rows);
    }
    return this.found.get(name);
  }

  /** These rows, only of the days that are looked at. */
  rowsOnDays(name, column = "day") {
    const { v } = this.tables[name].columns[column];
    return this.rows(name).filter((row) => v[row] !== null && this.holds(v[row]));
  }

  people(column) {
    return this.tables.customer_cells.sum(column, this.rows("customer_cells"));
  }

  sales(column) {
    return this.tables.sales.sum(column, this.rowsOnDays("sales"));
  }

  /** Of the period up to the as-of date, or the one before, whatever days are chosen. */
  salesOfPeriod(column) {
    return this.tables.sales.sum(column, this.rows("sales"));
  }

  /** Customers with a purchase on these days, each counted once. */
  active() {
    const { from } = this.days;
    const previous = this.tables.activity.columns.previous_day.v;
    const rows = this.rowsOnDays("activity").filter(
      (row) => previous[row] === null || (from !== null && previous[row] < from),
    );
    return this.tables.activity.sum("customers", rows) ?? 0;
  }

  /** Customers with their first purchase on these days. */
  firstBought() {
    const previous = this.tables.activity.columns.previous_day.v;
    const rows = this.rowsOnDays("activity").filter((row) => previous[row] === null);
    return this.tables.activity.sum("customers", rows) ?? 0;
  }

  /** Customers who were known on a day; who has no day of birth as a customer was always there. */
  knownOn(day) {
    const { v } = this.tables.arrivals.columns.day;
    const rows = this.rows("arrivals").filter((row) => v[row] === null || v[row] <= day);
    return this.tables.arrivals.sum("customers", rows) ?? 0;
  }

  /**
   * Cohorts whose month is looked at, followed month by month up to the as-of date.
   * @returns cells {cohort, since, size, customers, revenue, complete}, zeros included
   */
  cohortCells(asOf) {
    const table = this.tables.cohorts;
    const cohorts = new Map();
    for (const row of this.rowsOnDays("cohorts", "cohort_month")) {
      const month = table.columns.cohort_month.v[row];
      if (!cohorts.has(month)) cohorts.set(month, new Map());
      const since = table.columns.months_since.v[row];
      const cell = cohorts.get(month).get(since) ?? { customers: 0, rows: [] };
      cell.customers += table.columns.customers.v[row];
      cell.rows.push(row);
      cohorts.get(month).set(since, cell);
    }
    const monthEnds = firstOfMonth(asOf, 1) - 1 === asOf;
    return [...cohorts.keys()]
      .sort((one, other) => one - other)
      .flatMap((cohort) => {
        const last = monthsBetween(cohort, asOf);
        const size = cohorts.get(cohort).get(0)?.customers ?? 0;
        return Array.from({ length: last + 1 }, (_, since) => {
          const cell = cohorts.get(cohort).get(since);
          return {
            cohort,
            since,
            size,
            customers: cell?.customers ?? 0,
            revenue: (cell && table.sum("revenue", cell.rows)) ?? 0,
            complete: since < last || monthEnds,
          };
        });
      });
  }
}
