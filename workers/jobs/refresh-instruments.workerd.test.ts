import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { expect, it } from "vitest";
import { venueConnections } from "../../schema/tables/connection.ts";
import { tradingAccounts } from "../../schema/tables/trading.ts";
import type { AccountState, TradingAccount } from "../../schema/wire/trading.ts";
import { VenueSilence } from "../brokers/request/venue-reply.ts";
import type { VenueInstrument } from "../brokers/venue-client.ts";
import { ALWAYS_OPEN } from "../core/candle/trading-calendar.ts";
import { SIM_INSTRUMENTS } from "../core/sim/sim-instrument.ts";
import { openDatabase } from "../platform/database.ts";
import { newId } from "../platform/ids.ts";
import { newClient, START_MS } from "../testing/test-client.ts";
import { refreshInstruments } from "./refresh-instruments.ts";

const DAY_MS = 86_400_000;
const database = openDatabase(env.DB);

/** An account whose instruments a fake venue lists by the key that it is said to trade with. */
async function newStage() {
  const client = await newClient();
  const account = await client.json<TradingAccount>("POST", "/api/v1/accounts", { name: "mine" }, 201);
  const id = newId("con");
  const facts = { accountNumber: "1", currency: "USD", canTrade: true, canWithdraw: false, addressBound: null };
  await database.insert(venueConnections).values({
    ...{ id, ownerId: client.userId, label: "mine", venue: "BINANCE", environment: "testnet", keyEnd: "abcd" },
    ...{ state: "working", facts: { ...facts, permissions: [], warnings: [] }, instrumentsAt: START_MS },
    ...{ checkedAt: START_MS, createdAt: START_MS, rotatedAt: START_MS },
  });
  await database.update(tradingAccounts).set({ connectionId: id }).where(eq(tradingAccounts.id, account.id));
  const listed = SIM_INSTRUMENTS.map((instrument): VenueInstrument => {
    const rest = { quantityMax: undefined, kinds: [], calendar: ALWAYS_OPEN, status: "trading" } as const;
    return { ...instrument, ...rest, nativeId: instrument.symbol };
  });
  let asked = 0;
  const refresh = (at: number, answer: () => readonly VenueInstrument[]) =>
    refreshInstruments({
      ...{ env, now: () => at },
      open: async (connection) => ({
        instruments: async () => {
          if (connection.id === id) asked++;
          return answer();
        },
      }),
    });
  const alerts = async () =>
    (await client.json<AccountState>("GET", `/api/v1/accounts/${account.id}/state`)).alerts.map(
      ({ message }) => message,
    );
  return { listed, refresh, alerts, asked: () => asked };
}

it("accounts hear once a day what their venue has changed, and once of each change", async () => {
  const { listed, refresh, alerts, asked } = await newStage();
  const [first, ...others] = listed;
  await refresh(START_MS + DAY_MS, () => listed);
  expect(asked()).toBe(0);
  await refresh(START_MS + DAY_MS + 1, () => listed);
  const before = await alerts();
  const changed = [{ ...first, tick: 0.5 }, ...others.slice(1)];
  await refresh(START_MS + 2 * DAY_MS, () => changed);
  expect(asked()).toBe(1);
  for (const days of [3, 5]) await refresh(START_MS + days * DAY_MS, () => changed);
  expect(asked()).toBe(3);
  const told = (await alerts()).filter((message) => !before.includes(message));
  expect(told).toEqual([
    `${others[0].id} is no longer traded at the venue: orders for it are denied here.`,
    `${first.id}: the price step is 0.5 now.`,
  ]);
});

it("a venue that is silent, or lists nothing, changes nothing and is asked again within the hour", async () => {
  const { listed, refresh, alerts, asked } = await newStage();
  const at = START_MS + DAY_MS + 1;
  await refresh(at, () => {
    throw new VenueSilence("the venue is away", { isSent: true });
  });
  await refresh(at + 60_000, () => listed);
  expect(asked()).toBe(1);
  await refresh(at + 3_600_001, () => []);
  expect([asked(), await alerts()]).toEqual([2, []]);
  await refresh(at + 2 * 3_600_002, () => listed);
  expect(asked()).toBe(3);
});
