/* The page's data: tables as columns, packed by customer360/dashboard/columns.py. */

async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

class Table {
  constructor(packed) {
    this.length = packed.rows;
    this.columns = packed.columns;
  }

  has(name) {
    return name in this.columns;
  }

  /** The value in a row: text, number, day, true or false, or null. */
  value(name, row) {
    const column = this.columns[name];
    const raw = column.v[row];
    if (raw === null) return null;
    if (column.words) return column.words[raw];
    if (column.scale) return raw / 10 ** column.scale;
    return column.yes ? raw === 1 : raw;
  }

  /** The sum of a column over some rows, exact up to 2^53 of its smallest unit; null without any value. */
  sum(name, rows) {
    const { v, scale = 0 } = this.columns[name];
    let total = 0;
    let some = false;
    for (const row of rows) {
      if (v[row] !== null) {
        total += v[row];
        some = true;
      }
    }
    return some ? total / 10 ** scale : null;
  }

  /** Every value of a text column that occurs, without null. */
  words(name) {
    return this.columns[name].words ?? [];
  }

  /** Rows by the key in a column, for columns that are sorted by it. */
  rowsByKey(name) {
    const found = new Map();
    this.columns[name].v.forEach((key, row) => {
      if (!found.has(key)) found.set(key, []);
      found.get(key).push(row);
    });
    return found;
  }
}
