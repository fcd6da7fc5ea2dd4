import type { Fees } from "../../../schema/wire/backtest.ts";
import { type ConnectionFacts, isLiveMoney } from "../../../schema/wire/connection.ts";
import type {
  AccountMarket,
  AccountMode,
  CreateTradingAccount,
  MarketChoice,
  TradingAccount,
} from "../../../schema/wire/trading.ts";
import { storedInstrument } from "../../brokers/stored-instrument.ts";
import type { VenueInstrument } from "../../brokers/venue-client.ts";
import type { Instrument } from "../../core/candle/instrument.ts";
import { ZERO } from "../../core/ledger/decimal.ts";
import { formatDecimal } from "../../core/ledger/decimal-text.ts";
import { SIM_INSTRUMENTS } from "../../core/sim/sim-instrument.ts";
import { replayFeed } from "../../feed/live/market-feed.ts";
import { invalid } from "../../platform/problem-error.ts";
import { candleSources } from "../candle-sources.ts";
import { answeredByVenue } from "../connections/answered-by-venue.ts";
import { openConnection } from "../connections/connection-client.ts";
import { findConnection } from "../connections/connections.ts";
import { venueInstruments } from "../connections/venue-instruments.ts";
import { type DatasetRow, findDatasets } from "../dataset.ts";
import type { ServiceContext } from "../service-context.ts";

/** What a new account is to trade, and with what money. */
export interface MarketPlan {
  readonly market: AccountMarket;
  readonly mode: AccountMode;
  readonly connectionId: string | null;
  readonly currency: string;
  /** Decimal. */
  readonly cash: string;
  readonly instruments: readonly Instrument[];
  /** What the venue says that the account pays; undefined where it does not say. */
  readonly fees?: Fees;
  /** Makes what the market needs before the account is there. */
  begin(account: TradingAccount): Promise<void>;
}

/** Works out the market of a new account. Throws 422 where it does not fit, 503 where a venue does not answer. */
export async function planMarket(ctx: ServiceContext, input: CreateTradingAccount): Promise<MarketPlan> {
  const { market, currency, cash } = input;
  if (market.kind === "venue") return planVenue(ctx, market, currency);
  const simulated = { market, currency, cash, mode: "simulated", connectionId: null } as const;
  if (market.kind === "sim") {
    requireQuoted(SIM_INSTRUMENTS, currency);
    return { ...simulated, instruments: SIM_INSTRUMENTS, begin: async () => undefined };
  }
  const replay = await replayOf(ctx, market);
  const instruments = replay.rows.map((row) => row.instrument);
  requireQuoted(instruments, currency);
  return { ...simulated, instruments, begin: (account) => beginReplay(ctx, account, replay) };
}

function requireQuoted(instruments: readonly Instrument[], currency: string): void {
  if (instruments.some((instrument) => instrument.quote === currency)) return;
  throw invalid("currency", "must be what an instrument of the market is quoted in", currency);
}

async function planVenue(
  ctx: ServiceContext,
  choice: Extract<MarketChoice, { kind: "venue" }>,
  currency: string,
): Promise<MarketPlan> {
  const { id, venue, environment, facts, state } = await findConnection(ctx, choice.connectionId);
  if (state === "refused") throw invalid("market.connectionId", "must be a key that the venue accepts", id);
  if (!facts.canTrade) throw invalid("market.connectionId", "must be a key that may trade", id);
  const offered = new Map((await venueInstruments(ctx, id)).map((instrument) => [instrument.id, instrument]));
  const instruments = choice.instruments.map((name, index) => {
    const field = `market.instruments[${index}]`;
    const instrument = offered.get(name);
    if (instrument === undefined) throw invalid(field, "must be traded at the venue", name);
    if (instrument.status !== "trading") throw invalid(field, `must be trading, is ${instrument.status}`, name);
    if (instrument.quote !== currency) throw invalid(field, `must be quoted in ${currency}`, name);
    return instrument;
  });
  requireOnce(instruments);
  return {
    market: { ...choice, venue, environment },
    mode: isLiveMoney({ venue, environment }) ? "live" : "paper",
    connectionId: id,
    currency,
    cash: await cashAtVenue(ctx, id, currency),
    instruments: instruments.map(storedInstrument),
    ...(facts.fees === undefined ? {} : { fees: feesOf(facts.fees) }),
    begin: async () => undefined,
  };
}

function feesOf({ maker, taker }: NonNullable<ConnectionFacts["fees"]>): Fees {
  return { maker: Number(maker), taker: Number(taker), perUnit: 0, minimum: 0 };
}

function requireOnce(instruments: readonly VenueInstrument[]): void {
  const ids = instruments.map(({ id }) => id);
  const twice = ids.findIndex((id, index) => ids.indexOf(id) !== index);
  if (twice >= 0) throw invalid(`market.instruments[${twice}]`, "must name each instrument once", ids[twice]);
}

/** What the account has of its currency now: the first caps are shares of it. */
async function cashAtVenue(ctx: ServiceContext, connectionId: string, currency: string): Promise<string> {
  const client = await openConnection(ctx, connectionId);
  const { balances } = await answeredByVenue(() => client.holdings());
  return formatDecimal(balances?.get(currency) ?? ZERO);
}

interface ReplayPlan {
  readonly rows: readonly DatasetRow[];
  readonly from: number;
  readonly to: number;
}

async function replayOf(ctx: ServiceContext, market: Extract<MarketChoice, { kind: "replay" }>): Promise<ReplayPlan> {
  const rows = await findDatasets(ctx, market.datasetIds);
  const found = new Set(rows.map((row) => row.id));
  const missing = market.datasetIds.findIndex((id) => !found.has(id));
  if (missing >= 0)
    throw invalid(`market.datasetIds[${missing}]`, "must be one of your datasets", market.datasetIds[missing]);
  const instruments = rows.map((row) => row.instrument.id);
  const twice = instruments.findIndex((id, index) => instruments.indexOf(id) !== index);
  if (twice >= 0) throw invalid(`market.datasetIds[${twice}]`, "must name each instrument once", instruments[twice]);
  const spans = await Promise.all(
    rows.map(async (row) => {
      const [source] = await candleSources(ctx, row);
      if (source === undefined) throw invalid("market.datasetIds", "must hold candles", row.name);
      return source;
    }),
  );
  const begin = Math.min(...spans.map((source) => source.from));
  const to = Math.max(...spans.map((source) => source.to));
  const from = Math.max(begin, market.from ?? begin);
  if (from >= to) throw invalid("market.from", "must be before the end of the data", market.from);
  return { rows, from, to };
}

async function beginReplay(
  ctx: ServiceContext,
  account: TradingAccount,
  { rows, from, to }: ReplayPlan,
): Promise<void> {
  if (account.market.kind !== "replay") return;
  const { object } = await replayFeed(ctx.env, { ownerId: ctx.ownerId, accountId: account.id });
  await object.begin({
    ...{ ownerId: ctx.ownerId, accountId: account.id, from, to, speed: account.market.speed },
    datasetIds: rows.map((row) => row.id),
    instruments: rows.map((row) => row.instrument.id),
  });
}
