import { abortAllDurableObjects, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { tradingAccounts } from "../../schema/tables/trading.ts";
import type { Hook, Signal, SignalReceipt } from "../../schema/wire/signal.ts";
import { dashboardOf } from "../live/dashboard.ts";
import { openDatabase } from "../platform/database.ts";
import { SECTION_START } from "../privacy/export-section.ts";
import { SIGNAL_SECTION } from "../privacy/object-sections.ts";
import { botObject } from "../services/trading/account-object-of.ts";
import {
  BTC,
  CAPS,
  newDriven,
  ordersAtDesk,
  priceOf,
  receiptOf,
  ringUntilSettled,
  signalsOf,
  stateOf,
} from "../testing/driven-bot.ts";
import { START_MS } from "../testing/test-client.ts";

describe("a bot that signals drive", () => {
  it("turns a signal into one order of its own size with its protection, past the desk", async () => {
    const driven = await newDriven();
    const { mark } = await priceOf(driven);
    const message = {
      ...{ symbol: "COINBASE:BTCUSD", action: "buy", position: "long", price: String(mark) },
      ...{ stop: String(Math.round(mark * 0.9)), target: String(Math.round(mark * 1.1)), time: START_MS },
    };
    const receipt = await receiptOf(await driven.send(message));
    expect(receipt).toMatchObject({ state: "received", reason: null });
    const [signal] = await ringUntilSettled(driven);
    expect(signal).toMatchObject({ id: receipt.id, state: "acted", wish: "long", instrument: BTC });
    expect(signal.orderIds).toHaveLength(3);
    const orders = await ordersAtDesk(driven);
    expect(orders.map(({ id }) => id).sort()).toEqual([...signal.orderIds].sort());
    const entry = orders.find(({ role }) => role === "entry");
    expect(entry).toMatchObject({
      side: "buy",
      kind: "market",
      signal: `enter long by ${receipt.id}`,
    });
    expect(Number(entry?.quantity) * mark).toBeGreaterThan(4_000);
    expect(Number(entry?.quantity) * mark).toBeLessThan(5_100);
    expect(await stateOf(driven)).toMatchObject({
      shadow: null,
      signals: { waiting: 0, latest: [{ id: receipt.id }] },
    });
  });
});

describe("a burst of messages", () => {
  it("is written down whole, and each is acted on once at most, through evictions and lost processes", async () => {
    const driven = await newDriven({ direction: "both", delayMs: 0 });
    const { object } = await botObject({ env, ownerId: driven.client.userId }, driven.bot.id);
    const minute = 60_000;
    const base = Math.floor(START_MS / minute) * minute - 20 * minute;
    const messages = Array.from({ length: 12 }, (_, index) => {
      const position = ["long", "short", "flat"][index % 3];
      const action = position === "long" ? "buy" : "sell";
      return { action, position: action === "sell" && index === 0 ? "flat" : position, bar: base + index * minute };
    });
    // Each twice, some swapped with the one before, some long out of date.
    const sent = messages.flatMap((message, index) => [
      { ...message, time: START_MS },
      ...(index % 4 === 3 ? [{ ...messages[index - 2], time: START_MS }] : []),
      { ...message, time: START_MS },
      ...(index % 5 === 0 ? [{ ...message, time: START_MS - 600_000 }] : []),
    ]);
    const receipts: SignalReceipt[] = [];
    for (const [index, message] of sent.entries()) {
      const ringing = index % 6 === 2 ? runDurableObjectAlarm(object).catch(() => false) : Promise.resolve(false);
      receipts.push(await receiptOf(await driven.send(message)));
      if (index % 7 === 3) await evictDurableObject(object).catch(() => undefined);
      if (index === 11) await abortAllDurableObjects();
      await ringing;
    }
    const rows = await ringUntilSettled(driven);
    expect(rows).toHaveLength(sent.length);
    expect(new Set(rows.map(({ id }) => id))).toEqual(new Set(receipts.map(({ id }) => id)));
    const counts = new Map<string, number>();
    for (const { state } of receipts) counts.set(state, (counts.get(state) ?? 0) + 1);
    expect(counts.get("received")).toBe(12);
    expect(counts.get("stale")).toBe(3);
    expect((counts.get("duplicate") ?? 0) + (counts.get("out-of-order") ?? 0)).toBe(sent.length - 15);
    const final = new Set(["acted", "unneeded", "superseded"]);
    const taken = rows.filter(({ id }) =>
      receipts.some((receipt) => receipt.id === id && receipt.state === "received"),
    );
    expect(taken.filter(({ state }) => !final.has(state))).toEqual([]);
    expect(taken.some(({ state }) => state === "acted")).toBe(true);
    // The desk knows each order once, by the name that follows from its signal.
    const ids = rows.flatMap(({ orderIds }) => orderIds);
    expect(new Set(ids).size).toBe(ids.length);
    const known = await ordersAtDesk(driven);
    expect(
      known
        .filter(({ role }) => role === "entry" || role === "exit")
        .map(({ id }) => id)
        .sort(),
    ).toEqual(ids.sort());
    expect(new Set(known.map(({ signal, role }) => `${signal} ${role}`)).size).toBe(known.length);
  });

  it("tells a repeat from the first where both come at the same moment", async () => {
    const { send } = await newDriven();
    const message = { action: "buy", bar: START_MS - 60_000, time: START_MS };
    const receipts = await Promise.all(Array.from({ length: 20 }, async () => receiptOf(await send(message))));
    expect(receipts.filter(({ state }) => state === "received")).toHaveLength(1);
    expect(receipts.filter(({ state }) => state === "duplicate")).toHaveLength(19);
  });
});

describe("what a bot does not act on", () => {
  it("is an entry while it is paused, anything while it is stopped, and says so", async () => {
    const driven = await newDriven();
    const { client, bot, send } = driven;
    await receiptOf(await send("buy"));
    await ringUntilSettled(driven);
    await client.json("POST", `/api/v1/bots/${bot.id}/pause`);
    expect(await receiptOf(await send({ action: "short" }))).toMatchObject({
      state: "denied",
      reason: expect.stringContaining("paused"),
    });
    expect(await receiptOf(await send("close"))).toMatchObject({ state: "received" });
    await client.json("POST", `/api/v1/bots/${bot.id}/stop`, { positions: "keep" });
    expect(await receiptOf(await send("heartbeat"))).toMatchObject({ state: "heartbeat" });
    const after = await receiptOf(await send("exit short"));
    expect(after).toMatchObject({ state: "denied", reason: "The bot is stopped." });
    expect((await ringUntilSettled(driven)).map(({ state }) => state)).not.toContain("received");
  });

  it("is what the desk turns away: the signal is then denied, with the desk's reason", async () => {
    const driven = await newDriven({ limits: { caps: { ...CAPS, orderNotional: "10" } } });
    await receiptOf(await driven.send("buy"));
    await ringUntilSettled(driven);
    await expect
      .poll(async () => (await signalsOf(driven)).rows)
      .toMatchObject([{ state: "denied", reason: expect.stringContaining("denied the order") }]);
  });

  it("is anything at an address of a bot that goes by rules, and such a bot gets none", async () => {
    const driven = await newDriven();
    const rules = { kind: "library", id: "ema-cross", parameters: { fast: 3, slow: 9 } };
    const path = `/api/v1/bots/${driven.bot.id}`;
    const definition = { ...driven.bot.definition, strategy: rules };
    await driven.client.json("POST", `${path}/stop`, { positions: "keep" });
    await driven.client.json("PATCH", path, { definition });
    expect(await receiptOf(await driven.send("buy"))).toMatchObject({
      state: "denied",
      reason: expect.stringContaining("rules of its own"),
    });
    expect((await driven.client.send("POST", `${path}/hook/rotate`)).status).toBe(409);
    const signals = { kind: "signals", parameters: { fast: 3 } };
    const refused = await driven.client.send("PATCH", path, { definition: { ...definition, strategy: signals } });
    expect(refused.status).toBe(422);
    const shadowed = { ...driven.bot.definition, shadowBound: 0.1 };
    expect((await driven.client.send("PATCH", path, { definition: shadowed })).status).toBe(422);
    const preview = { accountId: driven.bot.accountId, definition: driven.bot.definition };
    expect((await driven.client.send("POST", "/api/v1/bots/preview", preview)).status).toBe(422);
  });
});

describe("a person", () => {
  it("has an old signal acted on again under a new id, once for a key, and the trail says who did", async () => {
    const driven = await newDriven();
    const { client, bot, send } = driven;
    const old = await receiptOf(await send({ action: "buy", time: START_MS - 3_600_000 }));
    expect(old.state).toBe("stale");
    const path = `/api/v1/bots/${bot.id}/signals/${old.id}/replay`;
    const key = { "Idempotency-Key": "again-please-1" };
    const first = await (await client.send("POST", path, undefined, key)).json<Signal>();
    expect(first).toMatchObject({ state: "received", replayOf: old.id, wish: "long" });
    const again = await client.send("POST", path, undefined, key);
    expect(again.status).toBe(202);
    expect((await again.json<Signal>()).id).toBe(first.id);
    const rows = await ringUntilSettled(driven);
    expect(rows.map(({ id, state }) => [id, state])).toEqual([
      [first.id, "acted"],
      [old.id, "stale"],
    ]);
    const trail = JSON.stringify(await client.json("GET", "/api/v1/audit"));
    expect(trail.split("signal.replay")).toHaveLength(2);
    expect(trail).toContain(`"replayOf":"${old.id}"`);
    expect((await client.send("POST", path.replace(old.id, "sig_none"))).status).toBe(404);
  });

  it("S16 shows a second factor before anything of this moves real money", async () => {
    const { client, bot, send } = await newDriven();
    const { id } = await receiptOf(await send({ action: "buy", time: START_MS - 3_600_000 }));
    await openDatabase(env.DB)
      .update(tradingAccounts)
      .set({ mode: "live" })
      .where(eq(tradingAccounts.id, bot.accountId));
    const path = `/api/v1/bots/${bot.id}`;
    for (const [method, address, body] of [
      ["POST", `${path}/signals/${id}/replay`, undefined],
      ["POST", `${path}/hook/rotate`, undefined],
      ["POST", `${path}/hook`, undefined],
      ["PATCH", `${path}/hook`, { maxAgeSeconds: 3_600 }],
    ] as const) {
      const reply = await client.send(method, address, body);
      expect(await reply.json(), address).toMatchObject({ status: 403, code: "mfa_required" });
    }
    expect((await client.send("DELETE", `${path}/hook`)).status).toBe(204);
  });

  it("finds what came in the archive of their data, and nothing of it is left with the bot's object once that is erased", async () => {
    const driven = await newDriven();
    const { client, bot, send } = driven;
    const { id } = await receiptOf(await send({ action: "buy", time: START_MS - 3_600_000 }));
    const { object } = await botObject({ env, ownerId: client.userId }, bot.id);
    const context = { env, database: openDatabase(env.DB), ownerId: client.userId, nowMs: START_MS };
    const trail = env.AUDIT.getByName("none");
    const { file, next } = await SIGNAL_SECTION.read({ ...context, trail }, SECTION_START);
    expect(file?.name).toBe(`signals/${bot.id}.ndjson`);
    const text = await new Response(file?.body).text();
    expect(JSON.parse(text)).toMatchObject({ id, state: "stale", wish: "long" });
    expect(await SIGNAL_SECTION.read({ ...context, trail }, next ?? SECTION_START)).toMatchObject({ file: undefined });
    await object.destroy(client.userId);
    expect((await send("buy")).status).toBe(404);
  });

  it("hears of it where an expected signal does not come, once, and of the next that does", async () => {
    const driven = await newDriven();
    const { client, bot, send } = driven;
    await client.json<Hook>("PATCH", `/api/v1/bots/${bot.id}/hook`, { expectSeconds: 60 });
    const { object } = await botObject({ env, ownerId: client.userId }, bot.id);
    const { object: dashboard } = await dashboardOf(env, client.userId);
    const alertsAfter = async () => {
      // As if the time had come: an alarm before that is for the backup alone.
      for (let pass = 0; pass < 2; pass++) {
        await object.wake({ ownerId: client.userId });
        await runDurableObjectAlarm(object);
      }
      const { alerts } = await dashboard.state({ ownerId: client.userId });
      return alerts.map(({ code }) => code);
    };
    expect(await alertsAfter()).toEqual([]);
    await runInDurableObject(object, (_, { storage }) => storage.kv.put("signalExpectedFrom", Date.now() - 60_001));
    // The alarm may have rung by itself; its pass is then still under way.
    await expect.poll(alertsAfter, { timeout: 10_000 }).toEqual(["signal_missing"]);
    expect((await client.json<Hook>("GET", `/api/v1/bots/${bot.id}/hook`)).missingSince).not.toBeNull();
    expect(await receiptOf(await send("heartbeat"))).toMatchObject({ state: "heartbeat" });
    await expect.poll(alertsAfter, { timeout: 10_000 }).toEqual(["signal_heard_again", "signal_missing"]);
    expect((await client.json<Hook>("GET", `/api/v1/bots/${bot.id}/hook`)).missingSince).toBeNull();
  });
});
