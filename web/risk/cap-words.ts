import type { CapName, CapUse } from "../../schema/wire/risk.ts";
import { formatMoney, formatNumber, formatPercent, formatQuantity } from "../format/format.ts";
import { formatDuration } from "../format/time.ts";

interface CapWords {
  readonly label: string;
  /** What it bounds, in one sentence. */
  readonly hint: string;
  readonly unit: CapUse["unit"];
}

/** Every cap in words, in the order that forms show them. */
export const CAP_WORDS: Readonly<Record<CapName, CapWords>> = {
  orderNotional: { label: "Largest order", hint: "What one order may be worth.", unit: "account" },
  positionNotional: {
    label: "Largest position",
    hint: "What a position in one market may be worth once every open order of its side has filled.",
    unit: "account",
  },
  openOrders: { label: "Open orders", hint: "Orders whose end is not certain at one time.", unit: "count" },
  dailyLoss: {
    label: "Loss in a day",
    hint: "How far equity may fall from the start of the UTC day, open positions included, before everything halts.",
    unit: "account",
  },
  drawdown: {
    label: "Fall from the peak",
    hint: "How far equity may fall from its highest, open positions included, before everything halts.",
    unit: "share",
  },
  grossExposure: { label: "Gross exposure", hint: "All positions together, long and short added.", unit: "account" },
  netExposure: { label: "Net exposure", hint: "Long positions less short ones.", unit: "account" },
  leverage: { label: "Leverage", hint: "Gross exposure over equity.", unit: "ratio" },
  orderQuantity: { label: "Quantity of an order", hint: "Units of the market in one order.", unit: "base" },
  positionQuantity: { label: "Quantity of a position", hint: "Units of the market held at one time.", unit: "base" },
  openOrderNotional: { label: "Worth of open orders", hint: "What open orders may still trade.", unit: "account" },
  ordersPerSecond: { label: "Orders a second", hint: "A brake on a strategy that runs wild.", unit: "count" },
  ordersPerMinute: { label: "Orders a minute", hint: "A brake on a strategy that runs wild.", unit: "count" },
  priceCollar: {
    label: "Distance from the market",
    hint: "How much worse than the market's price a limit may be.",
    unit: "share",
  },
  priceAge: { label: "Age of the price", hint: "An order is refused on a price older than this.", unit: "ms" },
  duplicateWindow: {
    label: "Repeat of an order",
    hint: "An equal order of the same signal within this time is refused.",
    unit: "ms",
  },
  executions: { label: "Trades in ten minutes", hint: "Orders that traded within ten minutes.", unit: "count" },
  rejectsInARow: {
    label: "Rejects in a row",
    hint: "Orders that the venue rejected one after the other.",
    unit: "count",
  },
};

/** Caps without which a bot does not start. */
export const REQUIRED_CAPS = [
  "orderNotional",
  "positionNotional",
  "openOrders",
  "dailyLoss",
] as const satisfies CapName[];

/** A value of a cap with its unit: money in `currency`, shares in percent. */
export function formatCap(text: string | null, unit: CapUse["unit"], currency: string): string {
  const value = text === null ? null : Number(text);
  switch (unit) {
    case "account":
      return formatMoney(value, currency);
    case "base":
      return formatQuantity(value);
    case "share":
      return formatPercent(value);
    case "ratio":
      return value === null ? "—" : `${formatNumber(value)}×`;
    case "count":
      return formatQuantity(value);
    case "ms":
      return formatDuration(value);
  }
}

/** What stands behind the box that a cap is typed into. */
export function capUnitWord(unit: CapUse["unit"], currency: string): string {
  return { account: currency, base: "units", share: "%", ratio: "×", count: "", ms: "ms" }[unit];
}

/** The decimal of a cap as it is typed: percent of shares. Null for an empty box. */
export function capOfText(text: string, unit: CapUse["unit"]): string | null {
  const plain = text.trim();
  if (plain === "") return null;
  const value = Number(plain);
  // What is no number goes on as it is, and the schema refuses it by name.
  if (unit !== "share" || Number.isNaN(value)) return plain;
  return String(Number((value / 100).toPrecision(12)));
}

/** A stored cap as it is typed. */
export function textOfCap(value: string, unit: CapUse["unit"]): string {
  return unit === "share" ? String(Number((Number(value) * 100).toPrecision(12))) : value;
}
