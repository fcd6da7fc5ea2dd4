import type {
  CheckSignal,
  EditHook,
  Hook,
  ListSignals,
  NewHook,
  Signal,
  SignalCheck,
} from "../../../schema/wire/signal.ts";
import { prepareAudit } from "../../audit/prepare-audit.ts";
import { newHookToken, signingKeyOf } from "../../auth/hook-token.ts";
import { newId } from "../../platform/ids.ts";
import { conflict, invalid, notFound } from "../../platform/problem-error.ts";
import { once } from "../idempotency.ts";
import { type ServiceContext, trailOf } from "../service-context.ts";
import { botObject } from "./account-object-of.ts";
import { type BotRow, findBot } from "./bots.ts";

/** Where senders post: the token is the rest of the path. */
export const HOOK_PATH = "/hooks/v1";

type BotCall<T = object> = { readonly ctx: ServiceContext; readonly input: { readonly id: string } & T };

async function told(ctx: ServiceContext, id: string, action: string, after?: unknown): Promise<void> {
  await ctx.owned.batch([prepareAudit(trailOf(ctx), { action, subject: { kind: "bot", id }, after })]);
}

/** Throws 404, and 409 for a bot that goes by rules. */
async function findDriven(ctx: ServiceContext, id: string): Promise<BotRow> {
  const row = await findBot(ctx, id);
  if (row.definition.strategy.kind === "signals") return row;
  throw conflict("not_driven_by_signals", "This bot goes by rules of its own. Choose signals as its strategy first.");
}

export async function readHook({ ctx, input }: BotCall): Promise<Hook> {
  const row = await findBot(ctx, input.id);
  const { object } = await botObject(ctx, row.id);
  return structuredClone(await object.hook({ ownerId: ctx.ownerId }));
}

/**
 * Makes the address of a bot that has none, or with `rotate` another one in its place. The bot knows the new one before the
 * trail does: what is lost between leaves an address that nobody was told.
 */
export async function makeHook(call: BotCall<{ readonly origin: string; readonly rotate: boolean }>): Promise<NewHook> {
  const { ctx, input } = call;
  const row = await findDriven(ctx, input.id);
  const { object, name } = await botObject(ctx, row.id);
  using before = await object.hook({ ownerId: ctx.ownerId });
  if (before.active && !input.rotate)
    throw conflict("hook_exists", "The bot has an address. Rotate it for another one.");
  if (!before.active && input.rotate) throw notFound("address");
  const { token, secret, stored } = await newHookToken(ctx.env, name);
  const hook = structuredClone(await object.putHook({ ownerId: ctx.ownerId, hook: stored }));
  await told(ctx, row.id, input.rotate ? "hook.rotate" : "hook.create", { ending: stored.ending });
  const signingKey = await signingKeyOf(ctx.env, stored.seed);
  return { ...hook, address: `${input.origin}${HOOK_PATH}/${token}`, secret, signingKey };
}

/** Changes how messages are taken. Throws 422 for a name that leads to none of the bot's instruments. */
export async function editHook({ ctx, input }: BotCall<EditHook>): Promise<Hook> {
  const { id, ...change } = input;
  const row = await findDriven(ctx, id);
  const known = row.definition.instruments;
  for (const [name, instrument] of Object.entries(change.symbols ?? {})) {
    if (known.includes(instrument)) continue;
    throw invalid(`symbols.${name}`, `must be one of the bot's instruments, ${known.join(", ")}`, instrument);
  }
  const { object } = await botObject(ctx, row.id);
  await told(ctx, row.id, "hook.edit", change);
  return structuredClone(await object.editHook({ ownerId: ctx.ownerId, change }));
}

/** Takes the address away: from then on it answers as one that never was. */
export async function dropHook({ ctx, input }: BotCall): Promise<void> {
  const row = await findBot(ctx, input.id);
  const { object } = await botObject(ctx, row.id);
  using before = await object.hook({ ownerId: ctx.ownerId });
  if (!before.active) throw notFound("address");
  await object.dropHook({ ownerId: ctx.ownerId });
  await told(ctx, row.id, "hook.revoke", { ending: before.ending });
}

/** A page of a bot's signals, the newest first. Throws 422 for a cursor that is not one of ours. */
export async function listSignals({ ctx, input }: BotCall<ListSignals>) {
  const row = await findBot(ctx, input.id);
  const before = input.cursor === undefined ? undefined : Number(input.cursor);
  if (before !== undefined && !Number.isSafeInteger(before)) {
    throw invalid("cursor", "must be the `next` of an earlier page", input.cursor);
  }
  const { object } = await botObject(ctx, row.id);
  const asked = { ownerId: ctx.ownerId, before, limit: input.limit + 1, state: input.state };
  const rows: Signal[] = structuredClone(await object.listSignals(asked));
  const shown = rows.slice(0, input.limit);
  const last = shown.at(-1);
  return { rows: shown, next: rows.length > input.limit && last !== undefined ? String(last.sequence) : null };
}

/** How a message would be taken as things stand, with nothing done and nothing written down. */
export async function checkSignal({ ctx, input }: BotCall<CheckSignal>): Promise<SignalCheck> {
  const row = await findDriven(ctx, input.id);
  const { object } = await botObject(ctx, row.id);
  return structuredClone(await object.checkSignal({ ownerId: ctx.ownerId, message: input.message }));
}

/**
 * Has a signal acted on again, under a new id: however old it is and whatever came after it, but past the same caps. With a
 * key the same request again answers the signal that the first one made.
 */
export async function replaySignal(
  call: BotCall<{ readonly signalId: string; readonly idempotencyKey?: string | undefined }>,
): Promise<Signal> {
  const { ctx } = call;
  const { idempotencyKey: key, ...input } = call.input;
  const row = await findDriven(ctx, input.id);
  const { object } = await botObject(ctx, row.id);
  const { ownerId } = ctx;
  const replay = async (id: string): Promise<Signal> => {
    const signal = structuredClone(await object.replaySignal({ ownerId, id, of: input.signalId }));
    if (signal === "none") throw notFound("signal");
    if (signal === "not-understood") throw conflict("signal_not_understood", "There is nothing to act on in this one.");
    return signal;
  };
  using before = await object.signal({ ownerId, id: input.signalId });
  if (before === undefined) throw notFound("signal");
  if (before.wish === null) throw conflict("signal_not_understood", "There is nothing to act on in this one.");
  return once({
    ...{ ctx, scope: "signal", key, input, read: replay },
    make: async (remember) => {
      const id = newId("sig");
      // First the trail: what is cut off between is acted on by the same request again, and by nothing else.
      await ctx.owned.batch([
        prepareAudit(trailOf(ctx), {
          ...{ action: "signal.replay", subject: { kind: "bot", id: row.id } },
          after: { signal: id, replayOf: input.signalId },
        }),
        ...remember(id),
      ]);
      return replay(id);
    },
  });
}
