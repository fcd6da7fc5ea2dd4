import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { MarketState } from "../../../schema/wire/live.ts";
import { MarketRelays } from "./market-relays.ts";

const STATE: MarketState = { instrument: "SIM:X", at: 1, price: "1", stale: false, running: null, closed: null };
let markets = 0;

/** Relays that say what the test lets them: how many watch, or nothing at all. */
function newMarket() {
  const object = env.FEED.getByName(`SIM:relay test ${markets++}`);
  const watching: Record<string, number | "broken"> = {};
  const told: string[] = [];
  const relay = (name: string) => ({
    async publish() {
      told.push(name);
      const count = watching[name] ?? 0;
      if (count === "broken") throw new Error("the relay fell over");
      return count;
    },
  });
  const run = <T>(work: (relays: MarketRelays) => Promise<T>) =>
    runInDurableObject(object, (_instance, { storage }) =>
      work(new MarketRelays({ kv: storage.kv, market: "SIM:X", relay, socketsMax: 1_000 })),
    );
  return { watching, told, run };
}

describe("the relays of a market", () => {
  it("are filled one after the other, each told a value before anybody comes", async () => {
    const { watching, told, run } = newMarket();
    expect(await run((relays) => relays.withRoom(STATE))).toBe("SIM:X#0");
    expect(told).toEqual(["SIM:X#0"]);
    watching["SIM:X#0"] = 950;
    expect(await run((relays) => relays.withRoom(STATE))).toBe("SIM:X#1");
    watching["SIM:X#0"] = 10;
    expect(await run((relays) => relays.withRoom(STATE))).toBe("SIM:X#0");
  });

  it("are all told every value, whichever of them fails, also after a restart", async () => {
    const { watching, told, run } = newMarket();
    watching["SIM:X#0"] = 950;
    await run((relays) => relays.withRoom(STATE));
    watching["SIM:X#0"] = "broken";
    watching["SIM:X#1"] = 5;
    told.length = 0;
    await run((relays) => relays.tell(STATE));
    expect(told).toEqual(["SIM:X#0", "SIM:X#1"]);
  });

  it("are given up when nobody has watched for a minute, and not before", async () => {
    const { watching, run } = newMarket();
    await run((relays) => relays.withRoom(STATE));
    await run(async (relays) => {
      for (let second = 0; second < 59; second++) await relays.tell(STATE);
      watching["SIM:X#0"] = 1;
      await relays.tell(STATE);
      watching["SIM:X#0"] = 0;
      for (let second = 0; second < 59; second++) await relays.tell(STATE);
      expect(relays.count).toBe(1);
      await relays.tell(STATE);
      expect(relays.count).toBe(0);
    });
  });
});
