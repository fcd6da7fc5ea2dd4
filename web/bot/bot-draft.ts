import type { Bot, BotDefinition } from "../../schema/wire/bot.ts";
import type { CapName } from "../../schema/wire/risk.ts";
import type { CreateTradingAccountInput } from "../../schema/wire/trading.ts";
import { type ProtectionRow, protectionsOfRows, rowOfProtection } from "../protection/protection-draft.ts";
import { CAP_WORDS, capOfText, textOfCap } from "../risk/cap-words.ts";
import { type HoursRow, hoursOfStored, hoursOfWindows, windowsOfHours } from "../risk/hours-draft.ts";

/** The form of a bot as it is typed: texts, so that a half-typed number is kept as it stands. Shares are in percent. */
export interface BotDraft {
  readonly name: string;
  /** `library:sma-cross` or `saved:<id>`; `rules` for rules that a bot carries as text; `signals` for none. */
  readonly strategy: string;
  readonly version: number | null;
  readonly rules: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Id of an account; empty for one that is made on the way. */
  readonly account: string;
  readonly newMarket: "sim" | "replay";
  readonly newCash: string;
  /** What a new replay plays, and how many times as fast as it happened. */
  readonly newDataset: string;
  readonly newSpeed: string;
  readonly instruments: readonly string[];
  readonly timeframe: BotDefinition["timeframe"];
  readonly capital: string;
  readonly sizing: BotDefinition["sizing"]["kind"];
  readonly size: string;
  readonly sizePeriod: string;
  readonly direction: BotDefinition["direction"];
  readonly leverage: string;
  readonly caps: Readonly<Partial<Record<CapName, string>>>;
  /** The caps are somebody's own: what last month suggests no longer replaces them. */
  readonly ownCaps: boolean;
  readonly protections: readonly ProtectionRow[];
  /** When orders may be sent; empty for any time. */
  readonly hours: readonly HoursRow[];
  readonly delayMs: string;
  /** Percent of the capital; empty for no bound. */
  readonly shadowBound: string;
}

/** The form as it first opens: a bot that trades often enough to be watched, on money that is made up. */
export const FIRST_BOT: BotDraft = {
  name: "",
  strategy: "library:sma-cross",
  version: null,
  rules: "",
  parameters: {},
  account: "",
  newMarket: "sim",
  newCash: "100000",
  newDataset: "",
  newSpeed: "60",
  instruments: ["SIM:BTC-USD"],
  timeframe: "5m",
  capital: "10000",
  sizing: "percent",
  size: "95",
  sizePeriod: "60",
  direction: "long",
  leverage: "1",
  caps: {},
  ownCaps: false,
  protections: [],
  hours: [],
  delayMs: "1000",
  shadowBound: "5",
};

/** A whole draft of what was stored, which may be of an older form. */
export function mergeBotDraft(stored: unknown, change: Partial<BotDraft>): BotDraft {
  const kept = typeof stored === "object" && stored !== null ? (stored as Partial<BotDraft>) : {};
  const known = Object.entries(FIRST_BOT).map(([name, first]) => {
    const value = kept[name as keyof BotDraft];
    const same = typeof value === typeof first && Array.isArray(value) === Array.isArray(first);
    return [name, same && value !== null ? value : first];
  });
  const hours = hoursOfStored(kept.hours) ?? FIRST_BOT.hours;
  return { ...(Object.fromEntries(known) as BotDraft), hours, version: null, ...change };
}

/** The form filled with a bot's definition. */
export function draftOfBot({ name, accountId, definition }: Pick<Bot, "name" | "accountId" | "definition">): BotDraft {
  const { strategy, sizing, limits } = definition;
  const caps = Object.entries(limits.caps).map(([cap, value]) => [
    cap,
    textOfCap(value, CAP_WORDS[cap as CapName].unit),
  ]);
  return {
    ...FIRST_BOT,
    name,
    account: accountId,
    strategy: "id" in strategy ? `${strategy.kind}:${strategy.id}` : strategy.kind,
    version: strategy.kind === "saved" ? (strategy.version ?? null) : null,
    rules: strategy.kind === "rules" ? strategy.document : "",
    parameters: Object.fromEntries(Object.entries(strategy.parameters).map(([key, value]) => [key, String(value)])),
    instruments: definition.instruments,
    timeframe: definition.timeframe,
    capital: definition.capital,
    sizing: sizing.kind,
    size: sizeText(sizing),
    sizePeriod: sizing.kind === "volatility" ? String(sizing.period) : FIRST_BOT.sizePeriod,
    direction: definition.direction,
    leverage: String(definition.leverage),
    caps: Object.fromEntries(caps),
    ownCaps: true,
    protections: (definition.protections ?? []).map(rowOfProtection),
    hours: hoursOfWindows(limits.windows),
    delayMs: String(definition.delayMs),
    shadowBound: definition.shadowBound === undefined ? "" : percentText(definition.shadowBound),
  };
}

/** The definition that the form asks for. Texts that are no numbers become NaN, which the schema refuses. */
export function definitionOfDraft(draft: BotDraft): BotDefinition {
  const windows = windowsOfHours(draft.hours);
  const caps = Object.entries(draft.caps).flatMap(([cap, text]) => {
    const value = capOfText(text, CAP_WORDS[cap as CapName].unit);
    return value === null ? [] : [[cap, value] as const];
  });
  return {
    strategy: strategyOf(draft),
    instruments: [...draft.instruments],
    timeframe: draft.timeframe,
    capital: draft.capital.trim(),
    sizing: sizingOf(draft),
    direction: draft.direction,
    leverage: number(draft.leverage),
    ...protectionsOfRows(draft.protections),
    limits: {
      caps: Object.fromEntries(caps),
      // A bot trades what it was made for and nothing else.
      instruments: [...draft.instruments],
      ...(windows === undefined ? {} : { windows }),
    },
    delayMs: number(draft.delayMs),
    // Without rules there is no backtest that it could fall behind.
    ...(draft.shadowBound.trim() === "" || isDriven(draft) ? {} : { shadowBound: share(draft.shadowBound) }),
  };
}

/** The account that is made on the way; `datasetName` and `currency` are of the data that it replays. */
export function accountOfDraft(
  draft: BotDraft,
  dataset: { readonly name: string; readonly currency: string } | undefined,
): CreateTradingAccountInput {
  const cash = draft.newCash.trim();
  if (draft.newMarket === "sim" || dataset === undefined) return { name: "Practice", market: { kind: "sim" }, cash };
  return {
    name: `Replay of ${dataset.name}`.slice(0, 80),
    market: { kind: "replay", datasetIds: [draft.newDataset], speed: number(draft.newSpeed) },
    cash,
    currency: dataset.currency,
  };
}

/** Whether signals from outside drive the bot. */
export function isDriven({ strategy }: Pick<BotDraft, "strategy">): boolean {
  return strategy === "signals";
}

function strategyOf(draft: BotDraft): BotDefinition["strategy"] {
  const parameters = Object.fromEntries(Object.entries(draft.parameters).map(([name, text]) => [name, number(text)]));
  if (isDriven(draft)) return { kind: "signals", parameters: {} };
  if (draft.strategy === "rules") return { kind: "rules", document: draft.rules, parameters };
  const at = draft.strategy.indexOf(":");
  const id = draft.strategy.slice(at + 1);
  if (draft.strategy.slice(0, at) === "library") return { kind: "library", id, parameters };
  return { kind: "saved", id, parameters, ...(draft.version === null ? {} : { version: draft.version }) };
}

function sizingOf(draft: BotDraft): BotDefinition["sizing"] {
  switch (draft.sizing) {
    case "all":
      return { kind: "all" };
    case "quantity":
      return { kind: "quantity", quantity: number(draft.size) };
    case "quote":
      return { kind: "quote", amount: draft.size.trim() };
    case "percent":
    case "risk":
      return { kind: draft.sizing, percent: number(draft.size) };
    case "volatility":
      return { kind: "volatility", percent: number(draft.size), period: number(draft.sizePeriod) };
  }
}

function sizeText(sizing: BotDefinition["sizing"]): string {
  if (sizing.kind === "all") return FIRST_BOT.size;
  if (sizing.kind === "quantity") return String(sizing.quantity);
  return sizing.kind === "quote" ? sizing.amount : String(sizing.percent);
}

function number(text: string): number {
  const plain = text.trim();
  return plain === "" ? Number.NaN : Number(plain);
}

/** Percent as typed to a share; the rounding keeps 0.1 % at 0.001 and not a digit beside it. */
function share(text: string): number {
  return Number((number(text) / 100).toPrecision(12));
}

function percentText(value: number): string {
  return String(Number((value * 100).toPrecision(12)));
}
