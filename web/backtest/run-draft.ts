import type { BacktestSettings, BacktestSettingsInput, Sizing, Slippage } from "../../schema/wire/backtest.ts";
import { type ProtectionRow, protectionsOfRows, rowOfProtection } from "../protection/protection-draft.ts";

/** The form of a new run as it is typed: texts, so that a half-typed number is kept as it stands. Rates are in percent. */
export interface RunDraft {
  readonly name: string;
  readonly datasetIds: readonly string[];
  readonly timeframe: BacktestSettings["timeframe"];
  /** Days of UTC, "2024-01-31"; empty for the first and last candle. `to` is a day that is still traded. */
  readonly from: string;
  readonly to: string;
  /** `library:sma-cross`, `saved:<id>`, or `rules` for rules that were handed in as text. */
  readonly strategy: string;
  readonly version: number | null;
  readonly rules: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly cash: string;
  readonly sizing: Sizing["kind"];
  readonly size: string;
  readonly sizePeriod: string;
  readonly whenShort: BacktestSettings["whenShort"];
  readonly direction: BacktestSettings["direction"];
  readonly maker: string;
  readonly taker: string;
  readonly perUnit: string;
  readonly minimum: string;
  readonly slippage: Slippage["kind"];
  readonly slip: string;
  readonly fill: BacktestSettings["fill"];
  readonly path: BacktestSettings["path"];
  readonly touch: boolean;
  readonly magnifier: boolean;
  readonly volumeLimit: string;
  readonly remainder: BacktestSettings["remainder"];
  readonly leverage: string;
  readonly maintenance: string;
  readonly fundingRate: string;
  readonly protections: readonly ProtectionRow[];
  readonly end: BacktestSettings["end"];
  readonly riskFree: string;
  readonly seed: string;
  readonly monteCarloPaths: string;
}

const DAY_MS = 86_400_000;

/** The form as it first opens: the defaults of the API. */
export const FIRST_DRAFT: RunDraft = {
  name: "",
  datasetIds: [],
  timeframe: "1h",
  from: "",
  to: "",
  strategy: "library:sma-cross",
  version: null,
  rules: "",
  parameters: {},
  cash: "10000",
  sizing: "all",
  size: "10",
  sizePeriod: "60",
  whenShort: "shrink",
  direction: "both",
  maker: "0.1",
  taker: "0.1",
  perUnit: "0",
  minimum: "0",
  slippage: "bps",
  slip: "2",
  fill: "open",
  path: "nearest",
  touch: false,
  magnifier: true,
  volumeLimit: "",
  remainder: "carry",
  leverage: "1",
  maintenance: "0.5",
  fundingRate: "0",
  protections: [],
  end: "close",
  riskFree: "0",
  seed: "1",
  monteCarloPaths: "1000",
};

/** The form filled with the settings of a run. */
export function draftOfSettings(settings: BacktestSettings, name: string): RunDraft {
  const { strategy, sizing, slippage, fees } = settings;
  return {
    ...FIRST_DRAFT,
    ...settings,
    name,
    from: settings.from === undefined ? "" : dayOf(settings.from),
    to: settings.to === undefined ? "" : dayOf(settings.to - 1),
    strategy: strategy.kind === "rules" ? "rules" : `${strategy.kind}:${strategy.id}`,
    version: strategy.kind === "saved" ? (strategy.version ?? null) : null,
    rules: strategy.kind === "rules" ? strategy.document : "",
    parameters: Object.fromEntries(Object.entries(strategy.parameters).map(([key, value]) => [key, String(value)])),
    sizing: sizing.kind,
    size: sizeText(sizing),
    sizePeriod: sizing.kind === "volatility" ? String(sizing.period) : FIRST_DRAFT.sizePeriod,
    maker: percentText(fees.maker),
    taker: percentText(fees.taker),
    perUnit: String(fees.perUnit),
    minimum: String(fees.minimum),
    slippage: slippage.kind,
    slip: slipText(slippage),
    volumeLimit: settings.volumeLimit === undefined ? "" : percentText(settings.volumeLimit),
    leverage: String(settings.leverage),
    maintenance: percentText(settings.maintenance),
    fundingRate: percentText(settings.fundingRate),
    protections: (settings.protections ?? []).map(rowOfProtection),
    riskFree: percentText(settings.riskFree),
    seed: String(settings.seed),
    monteCarloPaths: String(settings.monteCarloPaths),
  };
}

/** The settings that the form asks for. Texts that are no numbers become NaN, which the schema refuses. */
export function settingsOfDraft(draft: RunDraft): BacktestSettingsInput {
  return {
    datasetIds: [...draft.datasetIds],
    timeframe: draft.timeframe,
    ...(draft.from === "" ? {} : { from: Date.parse(`${draft.from}T00:00:00Z`) }),
    ...(draft.to === "" ? {} : { to: Date.parse(`${draft.to}T00:00:00Z`) + DAY_MS }),
    strategy: strategyOf(draft),
    cash: draft.cash.trim(),
    sizing: sizingOf(draft),
    whenShort: draft.whenShort,
    direction: draft.direction,
    fees: {
      maker: share(draft.maker),
      taker: share(draft.taker),
      perUnit: number(draft.perUnit),
      minimum: number(draft.minimum),
    },
    slippage: slippageOf(draft),
    fill: draft.fill,
    path: draft.path,
    touch: draft.touch,
    magnifier: draft.magnifier,
    ...(draft.volumeLimit.trim() === "" ? {} : { volumeLimit: share(draft.volumeLimit) }),
    remainder: draft.remainder,
    leverage: number(draft.leverage),
    maintenance: share(draft.maintenance),
    fundingRate: share(draft.fundingRate),
    ...protectionsOfRows(draft.protections),
    end: draft.end,
    riskFree: share(draft.riskFree),
    seed: number(draft.seed),
    monteCarloPaths: number(draft.monteCarloPaths),
  };
}

function strategyOf(draft: RunDraft): BacktestSettingsInput["strategy"] {
  const parameters = Object.fromEntries(Object.entries(draft.parameters).map(([name, text]) => [name, number(text)]));
  if (draft.strategy === "rules") return { kind: "rules", document: draft.rules, parameters };
  const at = draft.strategy.indexOf(":");
  const id = draft.strategy.slice(at + 1);
  if (draft.strategy.slice(0, at) === "library") return { kind: "library", id, parameters };
  return { kind: "saved", id, parameters, ...(draft.version === null ? {} : { version: draft.version }) };
}

function sizingOf(draft: RunDraft): Sizing {
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

function slippageOf(draft: RunDraft): Slippage {
  switch (draft.slippage) {
    case "none":
      return { kind: "none" };
    case "bps":
      return { kind: "bps", bps: number(draft.slip) };
    case "ticks":
      return { kind: "ticks", ticks: number(draft.slip) };
    case "volume":
      return { kind: "volume", coefficient: number(draft.slip) };
  }
}

function sizeText(sizing: Sizing): string {
  if (sizing.kind === "all") return FIRST_DRAFT.size;
  if (sizing.kind === "quantity") return String(sizing.quantity);
  return sizing.kind === "quote" ? sizing.amount : String(sizing.percent);
}

function slipText(slippage: Slippage): string {
  if (slippage.kind === "none") return FIRST_DRAFT.slip;
  if (slippage.kind === "bps") return String(slippage.bps);
  return String(slippage.kind === "ticks" ? slippage.ticks : slippage.coefficient);
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

function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}
