import type { BotToOpen } from "../account/account-bots.ts";
import type { DeskCalls, DeskCut } from "../account/desk-calls.ts";
import type { Env } from "../platform/env.ts";
import { objectName } from "../platform/object-name.ts";
import type { BotRecord } from "./bot-record.ts";

type Desk = DeskCalls & {
  openBot(call: BotToOpen & { ownerId: string }): Promise<void>;
  limitBot(call: Pick<BotToOpen, "botId" | "limits" | "instruments"> & { ownerId: string }): Promise<void>;
};

async function find(env: Env, { ownerId, account }: BotRecord): Promise<Desk> {
  const name = await objectName({ kind: "account", ownerId, id: account.id });
  // The types of calls between objects only forget which values are promises.
  return env.ACCOUNT.getByName(name) as unknown as Desk;
}

/** The desk of a bot's account. Its object is looked up with each call: a stub that broke must not be kept. */
export function deskOf(env: Env, record: BotRecord): DeskCalls {
  return {
    submit: async (call) => (await find(env, record)).submit(call),
    cancel: async (call) => (await find(env, record)).cancel(call),
    eventsOf: async (call) => (await find(env, record)).eventsOf(call),
    state: async (call) => (await find(env, record)).state(call),
    order: async (call) => (await find(env, record)).order(call),
  };
}

/** Has the account give the bot what this version says. */
export async function openAtDesk(env: Env, record: BotRecord): Promise<void> {
  const { capital, leverage, limits } = record.definition;
  const { ownerId, botId, version } = record;
  const instruments = record.instruments.map(({ instrument }) => instrument.id);
  const desk = await find(env, record);
  await desk.openBot({ ownerId, botId, version, capital, leverage, limits, instruments });
}

/** Has the account hold the bot to the limits of a version that waits for its turn. */
export async function limitAtDesk(env: Env, record: BotRecord): Promise<void> {
  const { ownerId, botId, definition } = record;
  const instruments = record.instruments.map(({ instrument }) => instrument.id);
  const desk = await find(env, record);
  await desk.limitBot({ ownerId, botId, limits: definition.limits, instruments });
}

/** Number of the last thing that happened to an order of the bot, and what its desk has cut of its shares. */
export async function lastHeard(
  desk: DeskCalls,
  { ownerId, botId }: BotRecord,
): Promise<{ cursor: number; cuts: readonly DeskCut[] }> {
  let since = 0;
  for (;;) {
    const { cursor, cuts = [] } = await desk.eventsOf({ ownerId, botId, since });
    if (cursor === since) return { cursor, cuts };
    since = cursor;
  }
}
