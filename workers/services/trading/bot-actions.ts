import type { Bot, BotState, StartBotQuery, StopBot } from "../../../schema/wire/bot.ts";
import type { BotLogEntry } from "../../../schema/wire/bot-log.ts";
import type { PageQuery } from "../../../schema/wire/primitive.ts";
import { prepareAudit } from "../../audit/prepare-audit.ts";
import { conflict, invalid } from "../../platform/problem-error.ts";
import { type ServiceContext, trailOf } from "../service-context.ts";
import { accountObject, botObject } from "./account-object-of.ts";
import { findAccount } from "./accounts.ts";
import { requireArmed } from "./armed-account.ts";
import { botOf, findBot, recordOf } from "./bots.ts";
import { isLiveBot, requireLiveWords, requirePaperRun } from "./live-gate.ts";

type BotCall = { readonly ctx: ServiceContext; readonly input: { readonly id: string } };

async function told(ctx: ServiceContext, id: string, action: string, after?: unknown): Promise<void> {
  await ctx.owned.batch([prepareAudit(trailOf(ctx), { action, subject: { kind: "bot", id }, after })]);
}

/**
 * Starts a bot: its account gives it its limits, history is loaded, and the next candle is decided on. With real money that
 * has to be meant, and the strategy to have run with play money: throws 422 and 409, the latter also while trading is stopped
 * by more than the bot's own switch.
 */
export async function startBot({ ctx, input }: BotCall & { input: StartBotQuery }): Promise<Bot> {
  const row = await findBot(ctx, input.id);
  if (await isLiveBot(ctx, row)) {
    requireLiveWords(input.confirm);
    await requirePaperRun(ctx, row);
  }
  if (row.archived) throw conflict("bot_archived", "Take the bot out of the archive before it is started.");
  const account = await findAccount(ctx, row.accountId);
  const desk = (await accountObject(ctx, account.id)).object;
  const { states } = structuredClone(await desk.risk({ ownerId: ctx.ownerId }));
  requireArmed(states);
  await told(ctx, row.id, "bot.start", { version: row.version });
  const { object } = await botObject(ctx, row.id);
  // An edit that was stored and did not reach the bot reaches it now.
  await object.begin(await recordOf(ctx, row));
  // A bot that was halted by a person's or a rule's hand is armed again with its start.
  await desk.setSwitch({
    ...{ ownerId: ctx.ownerId, scope: { kind: "bot", bot: row.id } },
    ...{ state: "ACTIVE", reason: "started" },
  });
  using state = await object.start({ ownerId: ctx.ownerId });
  return { ...botOf(row), status: state.status, reason: state.reason };
}

/** Makes no entries until it is resumed; what protects and closes positions goes on. */
export async function pauseBot({ ctx, input }: BotCall): Promise<Bot> {
  const row = await findBot(ctx, input.id);
  await told(ctx, row.id, "bot.pause");
  const { object } = await botObject(ctx, row.id);
  using state = await object.pause({ ownerId: ctx.ownerId, reason: "Paused by hand." });
  return { ...botOf(row), status: state.status, reason: state.reason };
}

export async function resumeBot({ ctx, input }: BotCall): Promise<Bot> {
  const row = await findBot(ctx, input.id);
  await told(ctx, row.id, "bot.resume");
  const { object } = await botObject(ctx, row.id);
  using state = await object.resume({ ownerId: ctx.ownerId });
  return { ...botOf(row), status: state.status, reason: state.reason };
}

/** Stops a bot: nothing more of it is sent, open orders are cancelled, and with `flatten` what it holds is closed. */
export async function stopBot(call: { ctx: ServiceContext; input: { readonly id: string } & StopBot }): Promise<Bot> {
  const { ctx, input } = call;
  const row = await findBot(ctx, input.id);
  await told(ctx, row.id, "bot.stop", { positions: input.positions });
  const { ownerId } = ctx;
  const desk = (await accountObject(ctx, row.accountId)).object;
  // The bot is killed in all but words: only that is sure to end it, and a person stops bots every day.
  const scope = { kind: "bot", bot: row.id } as const;
  await desk.kill({ ownerId, scope, flatten: input.positions === "flatten", told: "bot-stop" });
  const { object } = await botObject(ctx, row.id);
  const reason = input.positions === "flatten" ? "Stopped; what it held is being closed." : "Stopped.";
  using state = await object.stop({ ownerId, reason, status: "stopped" });
  return { ...botOf(row), status: state.status, reason: state.reason };
}

export async function readBotState({ ctx, input }: BotCall): Promise<BotState> {
  const row = await findBot(ctx, input.id);
  const { object } = await botObject(ctx, row.id);
  return structuredClone(await object.state({ ownerId: ctx.ownerId }));
}

/** A page of a bot's log, the newest first. Throws 422 for a cursor that is not one of ours. */
export async function readBotLog(call: {
  ctx: ServiceContext;
  input: PageQuery & { readonly id: string };
}): Promise<{ rows: BotLogEntry[]; next: string | null }> {
  const { ctx, input } = call;
  const row = await findBot(ctx, input.id);
  const before = input.cursor === undefined ? undefined : Number(input.cursor);
  if (before !== undefined && !Number.isSafeInteger(before)) {
    throw invalid("cursor", "must be the `next` of an earlier page", input.cursor);
  }
  const { object } = await botObject(ctx, row.id);
  const rows = structuredClone(await object.log({ ownerId: ctx.ownerId, before, limit: input.limit + 1 }));
  const shown = rows.slice(0, input.limit);
  const last = shown.at(-1);
  return { rows: shown, next: rows.length > input.limit && last !== undefined ? String(last.sequence) : null };
}
