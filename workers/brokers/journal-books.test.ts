import { expect, it } from "vitest";
import { type Decimal, type Money, negate } from "../core/ledger/decimal.ts";
import { bookEvent, emptyLedger } from "../core/ledger/ledger.ts";
import { fillBooked } from "../core/ledger/venue-report.ts";
import { quantity } from "../core/testing/orders.ts";
import { venueFillOf } from "../core/testing/venue-reports.ts";
import { JournalBooks } from "./journal-books.ts";
import { MemoryJournal } from "./memory-journal.ts";

/** The ledger and what the journal holds after a purchase of one coin whose fee was so many of them. */
function boughtFor(fee: string) {
  const journal = new MemoryJournal();
  const books = new JournalBooks(
    journal,
    () => 0,
    () => "BTC",
  );
  const told = { ...venueFillOf("t1", "1"), fee: quantity(fee) as Decimal as Money, feeCurrency: "BTC" };
  books.take([{ type: "fill", fill: told }]);
  const entry = journal.entry(journal.lastEntry());
  if (!("fill" in entry)) throw new Error("it must be a fill");
  const { ledger } = bookEvent(emptyLedger("fifo"), fillBooked(entry.fill, undefined));
  return { held: books.flows.held().get(told.instrument), cash: books.flows.cash().get("BTC"), ledger };
}

it("a fee in coins is taken from those that were bought, and from money where it is no smaller than they are", () => {
  expect(boughtFor("0.001")).toMatchObject({ held: quantity("0.999") });
  for (const fee of ["1", "2"]) {
    expect(boughtFor(fee)).toMatchObject({ held: quantity("1"), cash: negate(quantity(fee) as Decimal) });
  }
});
