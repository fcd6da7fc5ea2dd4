import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { changeVerdict } from "../../../workers/brokers/oanda/errors.ts";
import { holdingsOf } from "../../../workers/brokers/oanda/money.ts";
import { endingOf, fillsOf, markOf, parseBody } from "../../../workers/brokers/oanda/parse.ts";
import {
  accountReply,
  accountsReply,
  candlesReply,
  changeReply,
  heartbeat,
  instrumentsReply,
  oandaPrice,
  orderReply,
  ordersReply,
  pricesReply,
  summaryReply,
  tradeReply,
  tradesReply,
  transactionPagesReply,
  transactionReply,
  transactionsReply,
} from "../../../workers/brokers/oanda/payloads.ts";
import { formatDecimal } from "../../../workers/core/ledger/decimal-text.ts";
import { HAS_RECORDED_PAYLOADS, recordedPayload } from "../recorded-payloads.ts";
import { Spec, uncalledRows } from "../spec.ts";

const DOCUMENT = new URL("../../../docs/venues/oanda.md", import.meta.url);

interface Recording {
  readonly url: string;
  readonly response: unknown;
}

/** What each recorded reply is read as. Those without a schema are of calls that we do not make. */
const SCHEMAS: Readonly<Record<string, Readonly<Record<string, z.ZodType | undefined>>>> = {
  accounts: {
    _v3_accounts: accountsReply,
    _v3_account_by_accountID: accountReply,
    _v3_account_by_accountID_summary: summaryReply,
    _v3_account_by_accountID_instruments: instrumentsReply,
    _v3_accounts_accountID_account_config: undefined,
    _v3_accounts_accountID_account_changes: undefined,
  },
  instruments: {
    _v3_instruments_instrument_orderbook: undefined,
    _v3_instruments_instrument_positionbook: undefined,
    _v3_instruments_instrument_candles: candlesReply,
  },
  orders: {
    _v3_accounts_accountID_orders_create: changeReply,
    _v3_accounts_accountID_orders_pending: ordersReply,
    _v3_accounts_accountID_order_cancel: changeReply,
    _v3_accounts_accountID_orders_list: ordersReply,
    _v3_accounts_accountID_order_details: orderReply,
    _v3_accounts_accountID_order_replace: changeReply,
    _v3_accounts_accountID_order_clientextensions: changeReply,
  },
  positions: {
    _v3_accounts_accountID_positions: undefined,
    _v3_accounts_accountID_openpositions: undefined,
    _v3_accounts_accountID_positiondetails: undefined,
    _v3_accounts_accountID_position_close: undefined,
  },
  pricing: {
    _v3_accounts_accountID_pricing: pricesReply,
    _v3_accounts_accountID_pricing_stream: heartbeat.or(oandaPrice).array(),
  },
  trades: {
    _v3_accounts_accountID_trades: tradesReply,
    _v3_accounts_accountID_opentrades: tradesReply,
    _v3_account_accountID_trades_details: tradeReply,
    _v3_account_accountID_trades_close: changeReply,
    _v3_account_accountID_trades_cltext: undefined,
    _v3_account_accountID_trades_crcdo: undefined,
  },
  transactions: {
    _v3_accounts_accountID_transactions: transactionPagesReply,
    _v3_accounts_transaction_details: transactionReply,
    _v3_accounts_transaction_idrange: transactionsReply,
    _v3_accounts_transaction_sinceid: transactionsReply,
    _v3_accounts_transactions_stream: heartbeat.array(),
  },
};

function recordings(file: string): Record<string, Recording> {
  return recordedPayload(`oanda/fixtures-oandapyV20/${file}.json`);
}

function body(file: string, name: string): string {
  return JSON.stringify(recordings(file)[name].response);
}

describe.skipIf(!HAS_RECORDED_PAYLOADS)("OANDA's recorded replies", () => {
  const rows = Object.entries(SCHEMAS).flatMap(([file, schemas]) =>
    Object.entries(schemas).map(([name, schema]) => ({ file, name, schema })),
  );

  it("are all accounted for", () => {
    const recorded = Object.keys(SCHEMAS).flatMap((file) =>
      Object.keys(recordings(file)).map((name) => `${file} ${name}`),
    );
    expect(rows.map(({ file, name }) => `${file} ${name}`).sort()).toEqual(recorded.sort());
  });

  it("are read, or named with the reason why nothing calls for them", () => {
    const uncalled = rows.filter(({ schema }) => schema === undefined).map(({ name }) => name);
    const documented = uncalledRows(readFileSync(DOCUMENT, "utf8"));
    expect(documented.map(({ what }) => what).sort()).toEqual(uncalled.sort());
    const spec = new Spec("oanda/v20.json");
    for (const { operation } of documented) {
      const [method = "", path = ""] = operation.split(" ");
      expect(spec.has(method, path.replace("/v3", "")) || spec.has(method, path), operation).toBe(true);
    }
  });

  it.each(rows.filter(({ schema }) => schema !== undefined))("are read: $name", ({ file, name, schema }) => {
    expect(() => parseBody(schema as z.ZodType, body(file, name))).not.toThrow();
  });

  it("count cash as the balance less what open trades cost", () => {
    const { account } = parseBody(accountReply, body("accounts", "_v3_account_by_accountID"));
    const { positions, balances } = holdingsOf(account);
    expect([...(positions ?? [])].map(([id, units]) => [id, formatDecimal(units)])).toEqual([
      ["OANDA:DE30_EUR", "-20"],
    ]);
    // 48695.6580 + 20 x 9984.7: both are in euro.
    expect([...(balances ?? [])].map(([name, money]) => [name, formatDecimal(money)])).toEqual([["EUR", "248389.658"]]);
  });

  it("tell a replaced order's end apart from a canceled one's", () => {
    const replaced = parseBody(changeReply, body("orders", "_v3_accounts_accountID_order_replace"));
    expect(replaced.orderCancelTransaction?.replacedByOrderID).toBe(replaced.orderCreateTransaction?.id);
    const canceled = parseBody(changeReply, body("orders", "_v3_accounts_accountID_order_cancel"));
    expect(endingOf(canceled.orderCancelTransaction ?? fail(), { reduceOnly: false })).toEqual({
      status: "canceled",
      reason: "CLIENT_REQUEST",
    });
  });

  it("say what a closed trade filled", () => {
    const verdict = changeVerdict({ status: 201, body: body("trades", "_v3_account_accountID_trades_close") });
    if (verdict.verdict !== "done") return fail();
    const [fill] = fillsOf(verdict.change.orderFillTransaction ?? fail(), "EUR");
    expect({ ...fill, quantity: formatDecimal(fill.quantity), price: formatDecimal(fill.price) }).toMatchObject({
      tradeId: "2317",
      venueOrderId: "2316",
      instrument: "OANDA:EUR_USD",
      quote: "USD",
      side: "sell",
      quantity: "100",
      price: "1.09289",
      at: Date.parse("2016-10-28T15:11:58.023Z"),
    });
  });

  it("give a price in the middle between bid and ask", () => {
    const { prices } = parseBody(pricesReply, body("pricing", "_v3_accounts_accountID_pricing"));
    const marks = prices.map((price) => markOf(price, 5, 1_000));
    expect(marks.map((mark) => mark && formatDecimal(mark.price))).toEqual(["1.121635", "115.3375"]);
  });
});

function fail(): never {
  throw new Error("the recording must have it");
}
