import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import type { Bot, BotState } from "../../schema/wire/bot.ts";
import { backupStoreOf } from "../backup/backup-store-of.ts";
import { SEAL_AFTER_MS } from "../backup/object-backup.ts";
import { BACKUP_PREFIX } from "../backup/unit-name.ts";
import { replayFeed } from "../feed/live/market-feed.ts";
import { STRATEGY_CATALOGUE } from "../run/strategy-port.ts";
import { botObject } from "../services/trading/account-object-of.ts";
import { openReplayAccount } from "../testing/replay-account.ts";
import { newClient } from "../testing/test-client.ts";

const FROM = Date.UTC(2024, 4, 13, 9, 0);
const CAPS = { orderNotional: "60000", positionNotional: "60000", openOrders: "20", dailyLoss: "20000" };

it("a bot rings for the backup of what it decided within the minute, and stores it also where it slept meanwhile", async () => {
  const client = await newClient({ strategies: STRATEGY_CATALOGUE });
  const { dataset, account } = await openReplayAccount(client, FROM);
  const definition = {
    ...{ strategy: { kind: "library", id: "ema-cross", parameters: { fast: 5, slow: 12 } }, timeframe: "1m" },
    ...{ instruments: [dataset.instrument.id], direction: "both", capital: "50000", limits: { caps: CAPS } },
  };
  const made = { name: "Backed up", accountId: account.id, definition };
  const { id } = await client.json<Bot>("POST", "/api/v1/bots", made, 201);
  const { object, name } = await botObject({ env, ownerId: client.userId }, id);
  const { object: replay } = await replayFeed(env, { ownerId: client.userId, accountId: account.id });
  const store = backupStoreOf(env);
  if (store === undefined) throw new Error("the tests keep backups");
  const units = async () => (await store.list(BACKUP_PREFIX)).filter((key) => key.includes(name)).length;
  const lastCandleAt = async () => (await client.json<BotState>("GET", `/api/v1/bots/${id}/state`)).lastCandleAt ?? 0;
  const nextCandle = async () => {
    const before = await lastCandleAt();
    await runDurableObjectAlarm(replay);
    await expect.poll(lastCandleAt).toBeGreaterThan(before);
  };

  await client.json("POST", `/api/v1/bots/${id}/start`);
  await runDurableObjectAlarm(object);
  await expect.poll(units).toBe(2);
  await nextCandle();
  const stored = await units();
  await nextCandle();
  // A bot of a replay looks at it each minute: sooner is for the backup.
  const alarm = await runInDurableObject(object, (_object, { storage }) => storage.getAlarm());
  expect(alarm ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(Date.now() + SEAL_AFTER_MS);
  expect(await units()).toBe(stored);

  // As if three quarters of a minute had passed.
  await runInDurableObject(object, (_object, { storage }) => {
    storage.sql.exec("update backup_state set value = json_set(value, '$.at', 0)");
  });
  await evictDurableObject(object);
  await runDurableObjectAlarm(object);
  await expect.poll(units).toBeGreaterThan(stored);
}, 60_000);
