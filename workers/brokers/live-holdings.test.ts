import { expect, it } from "vitest";
import { negate } from "../core/ledger/decimal.ts";
import type { VenueFill } from "../core/ledger/venue-report.ts";
import { fillOf, money, quantity } from "../core/testing/orders.ts";
import { JournalBooks } from "./journal-books.ts";
import { heldNow, openHoldings } from "./live-holdings.ts";
import { MemoryJournal } from "./memory-journal.ts";

const [USDT, EUR] = ["BINANCE:BTCUSDT", "BINANCE:BTCEUR"];

/** Coins that were bought for one of two instruments, of which some are gone. */
it("an account of coins holds what was taken over where it was, whichever instrument of the coin is listed first", () => {
  const books = new JournalBooks(new MemoryJournal(), () => 0);
  const listed = [
    { id: USDT, base: "BTC", quote: "USDT" },
    { id: EUR, base: "BTC", quote: "EUR" },
  ];
  const balances = new Map([["BTC", money("7")]]);
  const positionsOf = (instruments: typeof listed) => {
    const parts = { books, holds: "assets", currency: "USDT", instruments } as const;
    return Object.fromEntries(heldNow(parts, { balances, positions: undefined }).positions ?? []);
  };
  openHoldings(
    { books, holds: "assets", currency: "USDT", instruments: listed },
    { balances: new Map(), positions: undefined },
    0,
  );
  const fill: VenueFill = {
    ...{ ...fillOf("bought", "10"), clientOrderId: undefined, venueOrderId: "v-bought" },
    ...{ instrument: USDT, quote: "USDT", side: "buy", fee: money("0") },
  };
  books.flows.fill(fill, "trend");
  expect(positionsOf(listed)).toEqual({ [USDT]: quantity("7") });
  books.flows.changeShare({ bot: "trend", instrument: USDT, by: negate(quantity("3")) });
  expect(positionsOf(listed)).toEqual({ [USDT]: quantity("7") });
  expect(positionsOf([...listed].reverse())).toEqual({ [USDT]: quantity("7") });
});
