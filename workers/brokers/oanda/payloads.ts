import { z } from "zod";

/**
 * What of OANDA's payloads is read. Every number comes as text, whether the venue writes it as a number or as a text. Fields
 * that are not named here are dropped; recordings of 2016 and the specification of 2018 both fit.
 */

/** Longest text that is read: ids, reasons and names are far shorter. */
const text = z.string().max(256);
const decimal = z.string().max(40);
const id = z.string().regex(/^\d{1,20}$/, "must be a number of at most 20 digits");
const extensions = z.object({ id: text.optional() });

/** The most that an account may have of orders or of trades, and of transactions that one reply brings. */
const ROWS_MAX = 5_000;

const leg = z.object({
  price: decimal.optional(),
  distance: decimal.optional(),
  clientExtensions: extensions.optional(),
});
export type OandaLeg = z.infer<typeof leg>;

export const oandaOrder = z.object({
  id,
  type: text,
  state: z.enum(["PENDING", "FILLED", "TRIGGERED", "CANCELLED"]),
  instrument: text.optional(),
  units: decimal.optional(),
  price: decimal.optional(),
  distance: decimal.optional(),
  tradeID: id.optional(),
  positionFill: text.optional(),
  timeInForce: text.optional(),
  clientExtensions: extensions.optional(),
  takeProfitOnFill: leg.optional(),
  stopLossOnFill: leg.optional(),
  trailingStopLossOnFill: leg.optional(),
  fillingTransactionID: id.optional(),
  cancellingTransactionID: id.optional(),
  replacedByOrderID: id.optional(),
});
export type OandaOrder = z.infer<typeof oandaOrder>;

const tradePart = z.object({
  tradeID: id,
  units: decimal,
  price: decimal.optional(),
  realizedPL: decimal.optional(),
  financing: decimal.optional(),
});
export type OandaTradePart = z.infer<typeof tradePart>;

/** Any transaction; which of the fields it has depends on its type. */
export const oandaTransaction = z.object({
  id,
  time: text,
  type: text,
  batchID: id.optional(),
  reason: text.optional(),
  rejectReason: text.optional(),
  instrument: text.optional(),
  units: decimal.optional(),
  price: decimal.optional(),
  distance: decimal.optional(),
  tradeID: id.optional(),
  orderID: id.optional(),
  clientOrderID: text.optional(),
  replacedByOrderID: id.optional(),
  replacesOrderID: id.optional(),
  intendedReplacesOrderID: id.optional(),
  positionFill: text.optional(),
  clientExtensions: extensions.optional(),
  takeProfitOnFill: leg.optional(),
  stopLossOnFill: leg.optional(),
  trailingStopLossOnFill: leg.optional(),
  accountBalance: decimal.optional(),
  pl: decimal.optional(),
  financing: decimal.optional(),
  commission: decimal.optional(),
  guaranteedExecutionFee: decimal.optional(),
  tradeOpened: tradePart.optional(),
  tradesClosed: z.array(tradePart).max(ROWS_MAX).optional(),
  tradeReduced: tradePart.optional(),
  amount: decimal.optional(),
  fundingReason: text.optional(),
  positionFinancings: z
    .array(z.object({ instrument: text, financing: decimal }))
    .max(ROWS_MAX)
    .optional(),
});
export type OandaTransaction = z.infer<typeof oandaTransaction>;

const trade = z.object({
  id,
  instrument: text,
  price: decimal,
  state: text,
  initialUnits: decimal,
  currentUnits: decimal,
});
export type OandaTrade = z.infer<typeof trade>;

const side = z.object({ units: decimal });
const position = z.object({ instrument: text, long: side, short: side });

const summary = z.object({
  id: text,
  alias: text.optional(),
  currency: z.string().regex(/^[A-Z]{3}$/, "must be a currency of three letters"),
  balance: decimal,
  hedgingEnabled: z.boolean(),
});

export const accountReply = z.object({
  account: summary.extend({
    orders: z.array(oandaOrder).max(ROWS_MAX),
    trades: z.array(trade).max(ROWS_MAX),
    positions: z.array(position).max(ROWS_MAX),
  }),
  lastTransactionID: id,
});
export type OandaAccount = z.infer<typeof accountReply>["account"];

export const summaryReply = z.object({ account: summary, lastTransactionID: id });

export const accountsReply = z.object({
  accounts: z
    .array(z.object({ id: text, mt4AccountID: text.optional(), tags: z.array(text).max(100).optional() }))
    .max(ROWS_MAX),
});

const instrument = z.object({
  name: z.string().regex(/^[A-Z0-9]{1,20}_[A-Z0-9]{1,10}$/, "must be two codes with _ between"),
  type: text,
  displayPrecision: z.string().regex(/^\d{1,2}$/),
  tradeUnitsPrecision: z.string().regex(/^\d{1,2}$/),
  minimumTradeSize: decimal,
  maximumOrderUnits: decimal,
});
export type OandaInstrument = z.infer<typeof instrument>;
export const instrumentsReply = z.object({ instruments: z.array(instrument).max(ROWS_MAX) });

export const orderReply = z.object({ order: oandaOrder });
export const ordersReply = z.object({ orders: z.array(oandaOrder).max(ROWS_MAX), lastTransactionID: id });
export const tradesReply = z.object({ trades: z.array(trade).max(ROWS_MAX) });
export const tradeReply = z.object({ trade });
export const transactionReply = z.object({ transaction: oandaTransaction });
export const transactionsReply = z.object({
  transactions: z.array(oandaTransaction).max(ROWS_MAX),
  lastTransactionID: id,
});
export const transactionPagesReply = z.object({
  pages: z.array(z.string().max(1_000)).max(100_000),
  lastTransactionID: id,
});

/** The reply to an order that is placed, canceled or replaced, and to one that is refused. */
export const changeReply = z.object({
  orderCreateTransaction: oandaTransaction.optional(),
  orderFillTransaction: oandaTransaction.optional(),
  orderCancelTransaction: oandaTransaction.optional(),
  replacingOrderCancelTransaction: oandaTransaction.optional(),
  orderReissueTransaction: oandaTransaction.optional(),
  orderRejectTransaction: oandaTransaction.optional(),
  orderCancelRejectTransaction: oandaTransaction.optional(),
  errorCode: text.optional(),
  errorMessage: z.string().max(2_000).optional(),
});
export type OandaChange = z.infer<typeof changeReply>;

const prices = z.array(z.object({ price: decimal })).max(1_000);
export const oandaPrice = z.object({
  instrument: text,
  time: text,
  tradeable: z.boolean().optional(),
  status: text.optional(),
  bids: prices,
  asks: prices,
});
export type OandaPrice = z.infer<typeof oandaPrice>;
export const pricesReply = z.object({ prices: z.array(oandaPrice).max(ROWS_MAX) });

const ohlc = z.object({ o: decimal, h: decimal, l: decimal, c: decimal });
export const candlesReply = z.object({
  candles: z.array(z.object({ time: text, volume: decimal, complete: z.boolean(), mid: ohlc })).max(ROWS_MAX),
});

/** A line of a stream that is no transaction and no price. */
export const heartbeat = z.object({ type: z.literal("HEARTBEAT"), time: text, lastTransactionID: id.optional() });
