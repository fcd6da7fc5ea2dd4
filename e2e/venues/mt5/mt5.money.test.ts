import { expect, it } from "vitest";
import { openMt5 } from "../../../workers/brokers/mt5/open-mt5.ts";
import { formatDecimal, parsePrice, parseQuantity } from "../../../workers/core/ledger/decimal-text.ts";
import { emulatedFetch } from "../emulated-fetch.ts";
import { emulatedBridge } from "./emulated-bridge.ts";
import { Mt5Emulator } from "./mt5-emulator.ts";

const BEGIN = Date.UTC(2026, 0, 15, 12);

function terminal(now: number) {
  const venue = new Mt5Emulator({ now: () => now, random: () => 0.5, after: () => undefined });
  const line = emulatedBridge(emulatedFetch(venue), () => undefined);
  return { venue, client: openMt5({ line, now: () => now }).client };
}

it("a terminal that is started again tells no second deposit: the account was opened long before", async () => {
  const since = BEGIN - 3_600_000;
  const asked = { cursor: "", since, instruments: [] };
  expect((await terminal(BEGIN).client.history(asked)).movements).toEqual([]);
  expect((await terminal(BEGIN + 600_000).client.history(asked)).movements).toEqual([]);
  const all = await terminal(BEGIN).client.history({ ...asked, since: 0 });
  expect(all.movements).toMatchObject([{ type: "deposit", id: "money:1" }]);
  expect(await terminal(BEGIN + 600_000).client.history({ ...asked, since: 0 })).toEqual(all);
});

it("a trade costs a fiftieth of a percent of its value, as at a broker who takes little", () => {
  const { venue } = terminal(BEGIN);
  venue.book.trade("EURUSD", parsePrice("1.1", "price"));
  const terms = { clientId: "a", symbol: "EURUSD", side: "buy", kind: "market" } as const;
  venue.book.place({ ...terms, quantity: parseQuantity("10000", "quantity") });
  expect(venue.book.fills.map(({ fee }) => formatDecimal(fee))).toEqual(["2.2"]);
});
