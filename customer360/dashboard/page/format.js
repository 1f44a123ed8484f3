/* Figures in words: by the formats of the spec, in English, with the reporting currency. */

const BLANK = "–";
const MINUS = "−";

/** Half away from zero, as SQL rounds decimals; a sum of binary fractions is first brought back to the decimal meant. */
function rounded(value, digits) {
  const factor = 10 ** digits;
  return (Math.sign(value) * Math.round(Number((Math.abs(value) * factor).toPrecision(15)))) / factor;
}

const numberStyles = new Map();

function styled(value, digits, options = {}) {
  const key = JSON.stringify([digits, options]);
  if (!numberStyles.has(key)) {
    const places = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    numberStyles.set(key, new Intl.NumberFormat("en", { ...places, ...options }));
  }
  return numberStyles.get(key).format(value).replace("-", MINUS);
}

/** A figure by a format of the spec: "#,0", "#,0.00" (money), "0.0", "0.0%", "+0.0%;…", "yyyy-mm-dd". */
function formatted(value, format) {
  if (value === null || value === undefined || Number.isNaN(value)) return BLANK;
  if (format === "yyyy-mm-dd") return isoDay(value);
  const [pattern] = format.split(";");
  const digits = (pattern.split(".")[1] ?? "").replace(/\D/g, "").length;
  if (pattern.endsWith("%")) {
    const text = `${styled(rounded(Math.abs(value) * 100, digits), digits)}%`;
    const sign = rounded(value * 100, digits);
    return (sign < 0 ? MINUS : sign > 0 && pattern.startsWith("+") ? "+" : "") + text;
  }
  const shown = rounded(value, digits) || 0;
  if (format === "#,0.00") return money(shown, digits);
  return styled(shown, digits, { useGrouping: pattern.includes(",") });
}

let currency = null;

/** Which currency money is in, for the whole page. */
function useCurrency(code) {
  currency = code;
}

function money(value, digits = 2) {
  if (value === null || value === undefined) return BLANK;
  if (!/^[A-Z]{3}$/.test(currency ?? "")) return styled(rounded(value, digits), digits);
  return styled(rounded(value, digits) || 0, digits, { style: "currency", currency, currencyDisplay: "narrowSymbol" });
}

/** Money in few letters: €1.2M, €243.9K. */
function shortMoney(value) {
  if (value === null || value === undefined) return BLANK;
  const named = /^[A-Z]{3}$/.test(currency ?? "") ? { style: "currency", currency, currencyDisplay: "narrowSymbol" } : {};
  return new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1, signDisplay: "negative", ...named })
    .format(value)
    .replace("-", MINUS);
}

function amount(value, code) {
  if (value === null) return BLANK;
  return /^[A-Z]{3}$/.test(code ?? "") ? styled(value, 2, { style: "currency", currency: code }) : styled(value, 2);
}

function count(value) {
  return value === null || value === undefined ? BLANK : styled(value, 0);
}

/* Days count from 1970. */

function isoDay(day) {
  return new Date(day * 864e5).toISOString().slice(0, 10);
}

function dayOf(text) {
  const milliseconds = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(milliseconds) ? null : Math.round(milliseconds / 864e5);
}

function dateParts(day) {
  const date = new Date(day * 864e5);
  return [date.getUTCFullYear(), date.getUTCMonth()];
}

function firstOfMonth(day, months = 0) {
  const [year, month] = dateParts(day);
  return Date.UTC(year, month + months, 1) / 864e5;
}

function monthsBetween(from, to) {
  const [[year, month], [toYear, toMonth]] = [dateParts(from), dateParts(to)];
  return (toYear - year) * 12 + toMonth - month;
}

const dayStyle = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
const monthStyle = new Intl.DateTimeFormat("en-GB", { month: "short", year: "numeric", timeZone: "UTC" });

function dayInWords(day) {
  return day === null ? BLANK : dayStyle.format(day * 864e5);
}

function monthInWords(day) {
  return monthStyle.format(day * 864e5);
}

const regionNames = new Intl.DisplayNames(["en"], { type: "region", fallback: "code" });

/** The name of a country code; what is no code stays as it is. */
function countryName(code) {
  if (code === null) return "Unknown";
  return /^[A-Z]{2}$/.test(code) ? regionNames.of(code) : code;
}

/** "basket_trend" → "Basket trend" */
function inWords(name) {
  const text = name.replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
