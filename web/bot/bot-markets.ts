import type { Dataset } from "../../schema/wire/dataset.ts";
import { SIM_MARKETS } from "../../schema/wire/sim-market.ts";
import type { TradingAccount } from "../../schema/wire/trading.ts";
import { TIMEFRAME_NAMES, type TimeframeName, timeframeLengthMs, timeframesFrom } from "../format/timeframe.ts";
import type { BotDraft } from "./bot-draft.ts";

export interface BotMarket {
  readonly instrument: string;
  readonly symbol: string;
}

interface Lists {
  readonly accounts: readonly TradingAccount[];
  readonly datasets: readonly Dataset[];
}

type Chosen = Pick<BotDraft, "account" | "newMarket" | "newDataset">;

/** Currency of the account that is chosen, or of the one that will be made. */
export function currencyOf(draft: Chosen, { accounts, datasets }: Lists): string {
  const account = accounts.find(({ id }) => id === draft.account);
  if (account !== undefined) return account.currency;
  const dataset = datasets.find(({ id }) => id === draft.newDataset);
  return draft.newMarket === "replay" && dataset !== undefined ? dataset.instrument.quote : "USD";
}

/** What can be traded on the account, quoted in its currency. */
export function marketsOf(draft: Chosen, lists: Lists): readonly BotMarket[] {
  const account = lists.accounts.find(({ id }) => id === draft.account);
  // Of a venue an account trades what it was made for.
  if (account?.market.kind === "venue") {
    return account.market.instruments.map((id) => ({ instrument: id, symbol: id.slice(id.indexOf(":") + 1) }));
  }
  const played = playedDatasets(draft, lists);
  const currency = currencyOf(draft, lists);
  if (played !== undefined) {
    return played
      .filter(({ instrument }) => instrument.quote === currency)
      .map(({ instrument }) => ({ instrument: instrument.id, symbol: instrument.symbol }));
  }
  return SIM_MARKETS.filter(({ quote }) => quote === currency).map(({ id, symbol }) => ({ instrument: id, symbol }));
}

/** The timeframes that the account's market has candles of: of a replay those that its data can be built into. */
export function botTimeframes(draft: Chosen, lists: Lists): readonly TimeframeName[] {
  const bases = (playedDatasets(draft, lists) ?? []).map(({ timeframe }) => timeframe);
  return TIMEFRAME_NAMES.filter((name) => bases.every((base) => timeframesFrom(base).includes(name)));
}

/** The form with another account: instruments and timeframe stay where the new account has them. */
export function withAccount(draft: BotDraft, change: Partial<Chosen>, lists: Lists): Partial<BotDraft> {
  const next = { ...draft, ...change };
  const markets = marketsOf(next, lists).map(({ instrument }) => instrument);
  const kept = draft.instruments.filter((instrument) => markets.includes(instrument));
  const timeframes = botTimeframes(next, lists);
  const [finest] = [...timeframes].sort((a, b) => timeframeLengthMs(a) - timeframeLengthMs(b));
  return {
    ...change,
    instruments: kept.length > 0 ? kept : markets.slice(0, 1),
    timeframe: timeframes.includes(draft.timeframe) ? draft.timeframe : (finest ?? draft.timeframe),
  };
}

/** The data that the account plays; undefined where it trades the simulated market or a venue. */
function playedDatasets(draft: Chosen, { accounts, datasets }: Lists): readonly Dataset[] | undefined {
  const account = accounts.find(({ id }) => id === draft.account);
  if (account === undefined) {
    return draft.newMarket === "replay" ? datasets.filter(({ id }) => id === draft.newDataset) : undefined;
  }
  if (account.market.kind !== "replay") return undefined;
  const ids = account.market.datasetIds;
  return datasets.filter(({ id }) => ids.includes(id));
}
