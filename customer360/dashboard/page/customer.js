/* One customer: who it is, of which records, why these are one, what the scores are made of, and the orders. */

// Which attribute of the golden record the lineage names, where several columns come from one record.
const LINEAGE = {
  first_name: "name",
  middle_name: "name",
  last_name: "name",
  full_name: "name",
  address_2: "address",
  city: "address",
  postcode: "address",
  region: "address",
  country: "address",
};
const NOT_ATTRIBUTES = ["customer_since", "record_count", "source_count", "entity_kind"];

function recordName(source, id) {
  return h("span", { class: "record" }, h("b", null, source), ` ${id}`);
}

function goldenRecord(view, row) {
  const { customers, golden } = view.tables;
  const key = customers.value("customer_key", row);
  const sources = new Map(
    (view.rowsOf.golden.get(key) ?? []).map((at) => [golden.value("attribute", at), [golden.value("source", at), golden.value("id", at)]]),
  );
  const columns = Object.keys(customers.columns);
  const attributes = columns.slice(1, columns.indexOf("segment")).filter((name) => !NOT_ATTRIBUTES.includes(name));
  const shown = (name) => {
    const value = customers.value(name, row);
    if (name === "country") return countryName(value);
    if (name === "birth_date") return birthDate(view, value);
    if (typeof value === "boolean") return value ? "yes" : "no";
    return value;
  };
  const rows = attributes
    .filter((name) => customers.value(name, row) !== null)
    .map((name) => {
      const from = sources.get(LINEAGE[name] ?? name);
      return [inWords(name), shown(name), from ? recordName(...from) : BLANK];
    });
  return card(
    "Golden record",
    { note: "The best of all records; each attribute with the record that it comes from." },
    plainTable("Golden record", [{ title: "Attribute" }, { title: "Value" }, { title: "From record" }], rows),
  );
}

/** What each record says; a mark stands where the golden record takes it from there. */
function sourceRecords(view, key) {
  const { records, golden } = view.tables;
  const gives = new Set(
    (view.rowsOf.golden.get(key) ?? []).map((at) =>
      JSON.stringify([golden.value("source", at), golden.value("id", at), golden.value("attribute", at)]),
    ),
  );
  const kinds = {
    full_name: ["Name", "name"],
    organisation_name: ["Organisation", "organisation_name"],
    email: ["E-mail", "email"],
    phone: ["Phone", "phone"],
    birth_date: ["Born", "birth_date"],
    address: ["Address", "address"],
    postcode: ["Postcode", "address"],
    city: ["City", "address"],
  };
  const rows = view.rowsOf.records.get(key) ?? [];
  const filled = Object.keys(kinds).filter((name) => records.has(name) && rows.some((at) => records.value(name, at) !== null));
  const cells = rows.map((at) => {
    const [source, id] = [records.value("source", at), records.value("source_customer_id", at)];
    const says = filled.map((name) => {
      const value = records.value(name, at);
      if (value === null) return BLANK;
      const shown = name === "birth_date" ? birthDate(view, value) : value;
      return gives.has(JSON.stringify([source, id, kinds[name][1]]))
        ? h("span", { class: "wins" }, shown, h("span", { class: "unseen" }, " (in the golden record)"))
        : shown;
    });
    return [recordName(source, id), ...says, dayInWords(records.value("changed_on", at))];
  });
  const columns = ["Record", ...filled.map((name) => kinds[name][0]), "Changed"].map((title) => ({ title, tight: ["Born", "Postcode", "Changed"].includes(title) }));
  return card(
    "Source records",
    { wide: "full", note: "What each source says, once cleaned; marked is what the golden record takes." },
    rows.length
      ? plainTable("Source records", columns, cells)
      : h("p", { class: "empty" }, "Only known by orders as a guest, who has no record in any source."),
  );
}

function birthDate(view, day) {
  return view.about.pii === "mask" ? isoDay(day).slice(0, 4) : dayInWords(day);
}

/** "email: the same (+ 17.0); phone: different (- 2.5)" → parts with their bits. */
function evidenceParts(text) {
  return text.split("; ").map((part) => {
    const found = part.match(/^(.*) \(([+-])\s*([\d.]+)\)$/);
    const [what, ...finding] = (found ? found[1] : part).split(": ");
    const words = [inWords(what), ...finding].join(": ");
    return { words, bits: found ? Number(`${found[2]}${found[3]}`) : null };
  });
}

function whyOne(view, key) {
  const { links } = view.tables;
  const value = (name, at) => links.value(name, at);
  const items = (view.rowsOf.links.get(key) ?? []).map((at) => {
    const probability = value("probability", at);
    const rule = value("rule", at);
    const kind = { rule: "by a rule", score: "by how they agree", override: "by a person's decision" }[value("link_kind", at)];
    const evidence = value("evidence", at);
    return h(
      "li",
      null,
      h(
        "p",
        { class: "pair" },
        recordName(value("source_1", at), value("id_1", at)),
        h("span", { class: "joined", "aria-label": "is" }, " ⟷ "),
        recordName(value("source_2", at), value("id_2", at)),
      ),
      h(
        "p",
        { class: "note" },
        `Joined ${kind}${rule ? ` (${inWords(rule).toLowerCase()})` : ""}`,
        probability !== null && `, probability ${formatted(Math.floor(probability * 1e4) / 1e4, "0.00%")}`,
        value("weight_bits", at) !== null && `, ${formatted(value("weight_bits", at), "0.0")} bits`,
      ),
      evidence &&
        h(
          "ul",
          { class: "evidence" },
          evidenceParts(evidence).map(({ words, bits }) =>
            h(
              "li",
              { class: bits !== null && bits < 0 ? "against" : "for" },
              words,
              bits !== null && h("b", null, ` ${bits < 0 ? "−" : "+"}${formatted(Math.abs(bits), "0.0")}`),
            ),
          ),
        ),
    );
  });
  const alone = (view.rowsOf.records.get(key) ?? []).length < 2;
  return card(
    "Why they are one customer",
    { wide: "full", note: items.length ? "What was compared, in bits: each doubles the odds for (+) or against (−)." : null },
    items.length
      ? h("ol", { class: "links" }, items)
      : h("p", { class: "empty" }, alone ? "There is only one record: nothing had to be joined." : "No link is recorded."),
  );
}

function scores(view, row) {
  const { customers } = view.tables;
  const value = (name) => customers.value(name, row);
  const dots = (name) => {
    const score = value(`${name}_score`);
    return h(
      "div",
      { class: "score" },
      h("dt", null, inWords(name)),
      h(
        "dd",
        null,
        h("span", { class: "dots", "aria-hidden": "true" }, [1, 2, 3, 4, 5].map((it) => h("i", { class: it <= score && "on" }))),
        score === null ? BLANK : `${score} of 5`,
      ),
    );
  };
  const bar = (factor) => {
    const name = `${factor.toLowerCase().replace(" ", "_")}_points`;
    const points = value(name);
    const full = view.fullPoints.get(name) || 1;
    return h(
      "div",
      { class: "score" },
      h("dt", null, factor),
      h(
        "dd",
        null,
        h("span", { class: "bar", "aria-hidden": "true" }, h("i", { style: `width: ${Math.round((100 * (points ?? 0)) / full)}%` })),
        formatted(points, "0.0"),
      ),
    );
  };
  return card(
    "What the scores are made of",
    {},
    h("h3", null, `Health ${formatted(value("health_score"), "0.0")} of 100`),
    h("dl", { class: "scores" }, FACTORS.map(bar)),
    h("h3", null, `Segment: ${value("segment")}`),
    h("p", { class: "note" }, view.meanings.get(value("segment")) ?? ""),
    h("dl", { class: "scores" }, ["recency", "frequency", "monetary"].map(dots)),
  );
}

function ordersOf(view, key) {
  const { orders } = view.tables;
  const rows = view.rowsOf.orders.get(key) ?? [];
  const value = (name) => (row) => orders.value(name, row);
  const columns = [
    { key: "day", title: "Day", value: value("day"), cell: (row) => dayInWords(value("day")(row)) },
    { key: "order_id", title: "Order", value: value("order_id"), cell: (row) => recordName(value("source")(row), value("order_id")(row)) },
    { key: "status", title: "Status", value: value("status"), cell: (row) => value("status")(row) ?? BLANK },
    { key: "channel", title: "Channel", value: value("channel"), cell: (row) => value("channel")(row) ?? BLANK },
    { key: "amount", title: "Amount", number: true, value: value("amount"), cell: (row) => amount(value("amount")(row), value("currency")(row)) },
    { key: "revenue", title: "Revenue", number: true, value: value("revenue"), cell: (row) => money(value("revenue")(row)) },
  ];
  const full = rows.length === view.about.orders_each;
  return card(
    "Orders",
    { wide: "full", note: full ? `The newest ${count(rows.length)}.` : null },
    rows.length
      ? grid("Orders", columns, rows, { state: { sort: "day", descending: true, page: 0 }, pageSize: 15 })
      : h("p", { class: "empty" }, "No orders."),
  );
}

function customerPage(view, key) {
  const { customers } = view.tables;
  const row = view.rowOf.get(key);
  if (row === undefined) {
    const text = shownOf(view) ?? "No customer has this key; it may have been given up in a merge.";
    return [card(`Customer ${key}`, { wide: "full" }, h("p", null, text), h("p", null, h("a", { href: view.links.deep_dive }, "All customers")))];
  }
  const value = (name) => customers.value(name, row);
  const fact = (label, text) => h("div", { class: "figure" }, h("dt", null, label), h("dd", null, h("span", { class: "value" }, text)));
  const place = [value("city"), countryName(value("country"))].filter((it) => it && it !== "Unknown").join(", ");
  return [
    h(
      "div",
      { class: "customer-head" },
      h("p", null, h("a", { href: view.links.deep_dive }, "‹ All customers")),
      h(
        "p",
        { class: "chips" },
        h("span", { class: "chip" }, value("segment")),
        h("span", { class: "chip" }, `Health: ${value("health_band")}`),
        value("high_churn_risk") && h("span", { class: "chip warn" }, "High churn risk"),
        h("span", { class: "key" }, `#${key}${place ? ` · ${place}` : ""} · customer since ${dayInWords(value("customer_since"))}`),
      ),
    ),
    h(
      "dl",
      { class: "figures-row", "aria-label": "In figures" },
      fact("Lifetime value", money(value("ltv_actual"))),
      fact("With what is expected", money(value("ltv_predicted"))),
      fact("Orders", count(value("orders"))),
      fact("Average basket", money(value("average_basket"))),
      fact("Last purchase", dayInWords(value("last_purchase_date"))),
      fact("Churn probability", formatted(value("churn_probability"), "0.0%")),
    ),
    goldenRecord(view, row),
    h("div", { class: "column" }, scores(view, row), nextPurchase(view, row)),
    sourceRecords(view, key),
    whyOne(view, key),
    ordersOf(view, key),
  ];
}

function nextPurchase(view, row) {
  const value = (name) => view.tables.customers.value(name, row);
  if (value("first_purchase_date") === null) {
    return card("Rhythm", {}, h("p", { class: "empty" }, "No purchase so far."));
  }
  const rows = [
    ["First purchase", dayInWords(value("first_purchase_date"))],
    ["Last purchase", `${dayInWords(value("last_purchase_date"))} (${count(value("recency_days"))} days before the as-of date)`],
    ["Usual gap between purchases", `${formatted(value("usual_gap_days"), "0.0")} days`],
    ["Next purchase, by that gap", dayInWords(value("predicted_next_order_date"))],
  ];
  return card("Rhythm", {}, plainTable("Rhythm", [{ title: "What" }, { title: "When" }], rows));
}
