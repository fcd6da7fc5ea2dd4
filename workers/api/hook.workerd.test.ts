import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { Hook, NewHook, SignalCheck } from "../../schema/wire/signal.ts";
import { dashboardOf } from "../live/dashboard.ts";
import { hexOf, hmacSha256 } from "../platform/digest.ts";
import { botObject } from "../services/trading/account-object-of.ts";
import { BTC, type Driven, newDriven, sender, signalsOf } from "../testing/driven-bot.ts";
import { ORIGIN } from "../testing/test-client.ts";

describe("the address of a bot", () => {
  let driven: Driven;
  beforeAll(async () => {
    driven = await newDriven();
  });

  it("S43 stands nowhere but in the reply that shows it: not in the bot, the trail or the database", async () => {
    const { client, bot, hook, send } = driven;
    await send({ action: "buy", secret: hook.secret });
    await send({ action: "hold", passphrase: hook.secret });
    const token = new URL(hook.address).pathname.split("/").at(-1) ?? "";
    expect(token.length).toBeGreaterThan(100);
    const { object } = await botObject({ env, ownerId: client.userId }, bot.id);
    const stored = await runInDurableObject(object, (_, { storage }) => {
      const tables = storage.sql
        .exec<{ name: string }>("select name from sqlite_master where type = 'table'")
        .toArray();
      const rows = tables
        .filter(({ name }) => !name.startsWith("_cf") && !name.startsWith("sqlite"))
        .map(({ name }) => storage.sql.exec(`select * from "${name}"`).toArray());
      return JSON.stringify([rows, [...storage.kv.list()]]);
    });
    const told = JSON.stringify([
      await client.json("GET", "/api/v1/audit"),
      await client.json("GET", `/api/v1/bots/${bot.id}/hook`),
    ]);
    expect(told).toContain("hook.create");
    for (const secret of [token, hook.secret, hook.signingKey]) {
      expect(stored).not.toContain(secret);
      expect(told).not.toContain(secret);
    }
  });

  it("takes any content type and no cookie, and says what is wrong with a message by field, rule and value", async () => {
    const json = { "Content-Type": "application/json", Origin: "https://elsewhere.test" };
    expect((await driven.send('{"action":"close"}', json)).status).toBe(202);
    const refused = await driven.send({ action: "hold", qty: 5, symbol: "ETHUSDT" });
    expect(refused.status).toBe(422);
    const { issues } = await refused.json<{ issues: { field: string; rule: string; value: unknown }[] }>();
    expect(issues).toEqual([
      { field: "qty", rule: expect.stringContaining("sizes are the bot's own") },
      { field: "action", rule: expect.stringContaining("must be buy, sell"), value: "hold" },
    ]);
    const foreign = await driven.send({ action: "buy", symbol: "BINANCE:ETHUSDT" });
    expect(await foreign.json()).toMatchObject({
      status: 422,
      detail: expect.stringContaining("understood as ETHUSDT"),
    });
    expect((await driven.send("x".repeat(8_193))).status).toBe(413);
    expect((await driven.send("{".repeat(8_000), json)).status).toBe(422);
    const { rows } = await signalsOf(driven, "state=refused");
    expect(rows[1]).toMatchObject({ wish: null, reason: expect.stringContaining("ETHUSDT") });
    // The same symbol once its owner has said what it means.
    const path = `/api/v1/bots/${driven.bot.id}/hook`;
    expect((await driven.client.send("PATCH", path, { symbols: { ETHUSDT: "SIM:ETH-USD" } })).status).toBe(422);
    await driven.client.json("PATCH", path, { symbols: { ETHUSDT: BTC } });
    const check = { message: '{"action":"buy","symbol":"BINANCE:ETHUSDT.P"}' };
    expect(
      await driven.client.json<SignalCheck>("POST", `/api/v1/bots/${driven.bot.id}/signals/check`, check),
    ).toMatchObject({ state: "received", wish: "long", instrument: BTC });
    // What was sent is looked at within a moment; what was only tried is none of it.
    await expect.poll(async () => (await signalsOf(driven, "state=received")).rows, { timeout: 10_000 }).toEqual([]);
  });

  it("S62 takes a signed message once and within a minute of its time, and no other", async () => {
    const { client, bot, hook } = driven;
    await client.json<Hook>("PATCH", `/api/v1/bots/${bot.id}/hook`, { proof: "signature" });
    const before = (await signalsOf(driven)).rows.length;
    const clock = { nowMs: Date.now() };
    const signed = async (body: string, seconds: number, key = hook.signingKey) => {
      const signature = hexOf(await hmacSha256(key, `${seconds}.${body}`));
      return driven.send(body, { "X-ApexTrade-Signature": `t=${seconds},v1=${signature}` });
    };
    const seconds = Math.floor(clock.nowMs / 1_000);
    expect((await driven.send("buy")).status).toBe(401);
    expect((await signed("buy", seconds - 63)).status).toBe(401);
    expect((await signed("buy", seconds + 63)).status).toBe(401);
    expect((await signed("buy", seconds, hook.secret)).status).toBe(401);
    expect((await signed("buy", seconds)).status).toBe(202);
    expect((await signed("buy", seconds)).status).toBe(409);
    expect((await signalsOf(driven)).rows).toHaveLength(before + 1);
  });

  it("S62 is closed for a while after twenty wrong secrets, also to the right one, and its owner hears of it", async () => {
    const { client, bot } = driven;
    const path = `/api/v1/bots/${bot.id}/hook`;
    await client.json<Hook>("PATCH", path, { proof: "secret" });
    const hook = await client.json<NewHook>("POST", `${path}/rotate`);
    const send = sender(hook.address);
    expect((await send({ action: "buy", secret: hook.secret })).status).toBe(202);
    for (let tries = 0; tries < 20; tries++) {
      const reply = await send(tries % 2 === 0 ? "buy" : { action: "buy", secret: `wrong ${tries}` });
      expect(reply.status).toBe(401);
      expect(await reply.text()).not.toContain("wrong");
    }
    const locked = await send({ action: "sell", secret: hook.secret });
    expect(locked.status).toBe(429);
    expect(Number(locked.headers.get("Retry-After"))).toBeGreaterThan(800);
    expect((await client.json<Hook>("GET", `/api/v1/bots/${bot.id}/hook`)).lockedUntil).not.toBeNull();
    const { object } = await botObject({ env, ownerId: client.userId }, bot.id);
    // As if the time had come: an alarm before that is for the backup alone.
    await object.wake({ ownerId: client.userId });
    await runDurableObjectAlarm(object);
    const { object: dashboard } = await dashboardOf(env, client.userId);
    // The alarm may have rung by itself; its pass is then still under way.
    const alerts = async () => (await dashboard.state({ ownerId: client.userId })).alerts;
    const alert = { code: "signal_address_locked", level: "critical", botId: bot.id };
    await expect.poll(alerts, { timeout: 10_000 }).toMatchObject([alert]);
  });

  it("S44 answers 404 in the same words for a token that is invented, changed, replaced or taken away", async () => {
    const { client, bot } = driven;
    const path = `/api/v1/bots/${bot.id}/hook`;
    await client.json<Hook>("PATCH", path, { proof: "address" });
    const hook = await client.json<NewHook>("POST", `${path}/rotate`);
    const next = await client.json<NewHook>("POST", `${path}/rotate`);
    const last = hook.address.slice(0, -8);
    const addresses = [
      ...[hook.address, `${last}AAAAAAAA`, `${ORIGIN}/hooks/v1/x`, `${ORIGIN}/hooks/v1/apxh_${"A".repeat(107)}`],
      next.address.replace(/.$/, (digit) => (digit === "A" ? "B" : "A")),
    ];
    const gone: string[] = [];
    for (const address of addresses) gone.push(await wordsOf(await sender(address)("buy")));
    expect(new Set(gone)).toEqual(
      new Set([
        '404 {"type":"/docs#problem-not_found","title":"Not found","status":404,"code":"not_found","detail":"There is no such address."}',
      ]),
    );
    expect((await sender(next.address)("buy")).status).toBe(202);
    expect((await client.send("POST", path)).status).toBe(409);
    expect((await client.send("DELETE", path)).status).toBe(204);
    expect(await wordsOf(await sender(next.address)("buy"))).toBe(gone[0]);
    expect((await client.send("DELETE", path)).status).toBe(404);
    expect((await client.send("POST", `${path}/rotate`)).status).toBe(404);
  });
});

/** Status and body of a problem, without the name of the request. */
async function wordsOf(reply: Response): Promise<string> {
  const { requestId: _request, ...problem } = await reply.json<{ requestId: string }>();
  return `${reply.status} ${JSON.stringify(problem)}`;
}
