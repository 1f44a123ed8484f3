/* Operations: how the last runs went. About runs, not customers, so nothing here is filtered. */

const OUTCOMES = { succeeded: "Succeeded", failed: "Failed", running: "Under way" };
const STATES = { "never landed": "Never landed", pass: "Fresh", warn: "Warn", error: "Error" };
// Not all of the colours can be told apart by everybody.
const SHAPES = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right", "triangle-left"];

/** "2026-06-30 10:15:00" → "30 Jun 2026 10:15" */
function momentInWords(text) {
  return text === null ? BLANK : `${dayInWords(dayOf(text.slice(0, 10)))} ${text.slice(11, 16)}`;
}

/** What is well is only said; what is not stands out. */
function stateMark(words, isBad) {
  return isBad ? h("span", { class: "chip warn" }, words) : words;
}

function lastRuns(view) {
  const id = "operations_runs";
  const { title } = view.about.visuals[id];
  const { runs } = view.tables;
  const value = (name, row) => runs.value(name, row);
  const rows = Array.from({ length: runs.length }, (_, row) => [
    h("span", { class: "record" }, momentInWords(value("started_at", row))),
    stateMark(OUTCOMES[value("status", row)], value("status", row) === "failed"),
    formatted(value("seconds", row), "#,0.0"),
    ...["landed", "quarantined", "refused", "passed", "warned", "failed"].map((name) => count(value(name, row))),
    value("as_of", row) === null ? BLANK : dayInWords(dayOf(value("as_of", row))),
    value("trigger", row),
    value("run_id", row),
  ]);
  const columns = [
    { title: "Started" },
    { title: "Outcome", tight: true },
    ...["Seconds", "Rows landed", "Quarantined", "Files refused", "Tests passed", "Tests warned", "Tests failed"].map((name) => ({ title: name, number: true })),
    { title: "As of", tight: true },
    { title: "By", tight: true },
    { title: "Run", tight: true },
  ];
  const isOpen = runs.words("status").includes("running");
  const open = isOpen ? " A run under way is the one that wrote this page: how it ended is not known here." : "";
  return card(
    title,
    { id, wide: "full", note: `The newest first. ${BLANK} stands for what was not part of a run.${open}` },
    plainTable(title, columns, rows),
  );
}

function freshness(view) {
  const id = "operations_sources";
  const { title } = view.about.visuals[id];
  const { sources } = view.tables;
  const value = (name, row) => sources.value(name, row);
  const hours = (name, row) => formatted(value(name, row), "#,0.0");
  const rows = Array.from({ length: sources.length }, (_, row) => [
    h("span", { class: "record" }, value("source", row)),
    stateMark(STATES[value("state", row)] ?? BLANK, value("state", row) !== "pass" && value("state", row) !== ""),
    momentInWords(value("landed_at", row)),
    hours("hours", row),
    hours("warn_hours", row),
    hours("error_hours", row),
    count(value("rows", row)),
  ]);
  const columns = [
    { title: "Source" },
    { title: "State", tight: true },
    { title: "Last landed", tight: true },
    { title: "Hours ago", number: true },
    { title: "Warn after", number: true },
    { title: "Error after", number: true },
    { title: "Rows", number: true },
  ];
  const note =
    `Ages are of ${momentInWords(view.about.read_at)}; files that have not changed bring nothing new. Limits are those of` +
    ` dbt source freshness, in hours; ${BLANK} where none is declared.`;
  return card(title, { id, wide: "full", note }, plainTable(title, columns, rows));
}

/** A line for each stage over the runs, the oldest first; stages without any figure are left out. */
function stageTrend(view, id, column, { format, axis, note }) {
  const { runs, stages } = view.tables;
  const all = stages.words("stage");
  const found = new Map();
  for (let row = 0; row < stages.length; row += 1) {
    found.set(`${stages.value("run_id", row)}/${stages.value("stage", row)}`, stages.value(column, row));
  }
  const every = Array.from({ length: runs.length }, (_, row) => ({
    run: runs.value("run_id", row),
    started: momentInWords(runs.value("started_at", row)),
  })).reverse();
  const shown = all.filter((stage) => every.some(({ run }) => found.get(`${run}/${stage}`)));
  const known = every.filter(({ run }) => shown.some((stage) => found.has(`${run}/${stage}`)));
  const points = [];
  const rows = known.map(({ run, started }, place) => [
    started,
    ...shown.map((stage) => {
      const value = found.get(`${run}/${stage}`);
      if (value === undefined) return BLANK;
      const told = formatted(value, format);
      points.push({ run, started, place, stage, value, told });
      return told;
    }),
  ]);
  const ofStages = (looks) => ({ domain: shown, range: shown.map((stage) => looks[all.indexOf(stage) % looks.length]) });
  const labels = JSON.stringify(known.map(({ started }) => started.replace(/ \d{4} /, " ")));
  return chartCard(
    { id, ...view.about.visuals[id], wide: "full", note },
    (width) => ({
      height: 260,
      data: { values: points },
      encoding: {
        x: {
          field: "place",
          type: "ordinal",
          // half a label needs room at either end
          scale: { type: "point", padding: Math.max(0.5, (45 * (known.length - 1)) / Math.max(1, width - 140)) },
          axis: { title: null, labelAngle: 0, labelExpr: `${labels}[datum.value]`, labelOverlap: "greedy" },
        },
        y: { field: "value", type: "quantitative", axis: { title: null, ...axis } },
        color: {
          field: "stage",
          type: "nominal",
          scale: ofStages(seriesColours(all.length)),
          legend: { columns: Math.max(2, Math.floor(width / 130)) },
        },
        tooltip: [
          { field: "stage", title: "stage" },
          { field: "started", title: "run of" },
          { field: "told", title: column },
        ],
      },
      layer: [
        { mark: { type: "line" } },
        {
          mark: { type: "point", size: 50, opacity: 1 },
          encoding: { shape: { field: "stage", type: "nominal", scale: ofStages(SHAPES) } },
        },
      ],
    }),
    { columns: [{ title: "Run of", tight: true }, ...shown.map((title) => ({ title, number: true }))], rows },
  );
}

function operationsPage(view) {
  const gap = "A stage that failed, or was not part of a run, has no point.";
  return [
    lastRuns(view),
    freshness(view),
    stageTrend(view, "operations_rows", "rows", {
      format: "#,0",
      axis: { labelExpr: compactNumber },
      note: `Landed, built or written; stages without rows are left out. ${gap}`,
    }),
    stageTrend(view, "operations_seconds", "seconds", {
      format: "#,0.0",
      axis: { format: ",~f" },
      note: `Of files that land at the same time, the sum. ${gap}`,
    }),
  ];
}
