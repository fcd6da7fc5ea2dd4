import type { VenueTold } from "../brokers/broker.ts";
import { asClientOrderId } from "../core/order/order-id.ts";
import type { Env } from "../platform/env.ts";
import { logEvent } from "../platform/log-event.ts";
import { objectName } from "../platform/object-name.ts";
import type { AccountRecord } from "./account-record.ts";
import type { Desk } from "./desk.ts";
import type { SwitchScope } from "./desk-switches.ts";
import { wireBot } from "./desk-view.ts";

/** Bots whose orders a venue spoke of, an acceptance apart, which changes nothing for them. */
export function toldBots({ books }: Desk, { events }: VenueTold): string[] {
  const bots = new Set<string>();
  for (const event of events) {
    if (event.type === "accepted") continue;
    const text = event.type === "fill" ? event.fill.clientOrderId : event.id;
    const id = text === undefined ? undefined : asClientOrderId(text);
    const bot = id === undefined ? null : wireBot(books.order(id)?.order.bot ?? "manual");
    if (bot !== null) bots.add(bot);
  }
  return [...bots];
}

/** Bots that a switch holds for besides others: one that is a bot's own is told to it by whoever throws it. */
export function botsOfSwitch({ books }: Desk, { kind }: SwitchScope): string[] {
  if (kind === "bot" || kind === "instrument") return [];
  return books.scopeNames().flatMap((name) => wireBot(name) ?? []);
}

/** Lets bots hear at once what became of their orders or of a switch. One that cannot be reached hears it at its next candle. */
export async function wakeBots(env: Env, { ownerId }: AccountRecord, bots: readonly string[]): Promise<void> {
  await Promise.all(
    bots.map(async (id) => {
      try {
        await env.BOT.getByName(await objectName({ kind: "bot", ownerId, id })).wake({ ownerId });
      } catch (error) {
        logEvent("bot_not_woken", { id, error });
      }
    }),
  );
}
