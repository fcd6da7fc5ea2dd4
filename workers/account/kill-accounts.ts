import type { KillResult } from "../../schema/wire/trading.ts";
import type { Env } from "../platform/env.ts";
import { logEvent } from "../platform/log-event.ts";
import { objectName } from "../platform/object-name.ts";
import type { SwitchScope } from "./desk-switches.ts";
import type { SwitchedBy } from "./scope-books.ts";

/** A switch that is to be thrown at one desk. */
export interface KillTarget {
  readonly accountId: string;
  readonly switched: SwitchScope;
  /** The bot that is stopped besides, where the switch is of one bot. */
  readonly botId?: string;
}

/** Whose hand throws a switch. */
export function handOf(actor: { readonly type: string }): SwitchedBy {
  return actor.type === "api-key" ? "program" : "person";
}

/**
 * Throws switches of an owner's desks, all at once: once this returns, the accounts that it names send nothing new of the
 * scope. Asks nothing but the objects, so that it works while the database does not. Never throws: an account that could
 * not be reached is named.
 */
export async function killAccounts(
  env: Env,
  call: { ownerId: string; targets: readonly KillTarget[]; flatten: boolean; by: SwitchedBy },
): Promise<KillResult> {
  const { ownerId, targets, flatten, by } = call;
  const results = await Promise.all(
    targets.map(async ({ accountId, switched, botId }) => {
      try {
        const desk = env.ACCOUNT.getByName(await objectName({ kind: "account", ownerId, id: accountId }));
        const { cancelling } = await desk.kill({ ownerId, scope: switched, flatten, by });
        if (botId !== undefined) {
          const bot = env.BOT.getByName(await objectName({ kind: "bot", ownerId, id: botId }));
          await bot.stop({ ownerId, reason: "Stopped by the kill switch.", status: "halted" });
        }
        return { accountId, cancelling };
      } catch (error) {
        logEvent("kill_not_reached", { id: accountId, error });
        return { accountId, cancelling: undefined };
      }
    }),
  );
  const accounts = results.flatMap(({ accountId, cancelling }) =>
    cancelling === undefined ? [] : [{ accountId, cancelling }],
  );
  const unreached = results.filter(({ cancelling }) => cancelling === undefined).map(({ accountId }) => accountId);
  return { accounts, unreached };
}

/** Bots see at once that their desk is halted, and say so. Others see it at their next candle. */
export async function wakeKilled(env: Env, ownerId: string, botIds: readonly string[]): Promise<void> {
  await Promise.all(
    botIds.map(async (id) => {
      try {
        await env.BOT.getByName(await objectName({ kind: "bot", ownerId, id })).wake({ ownerId });
      } catch (error) {
        logEvent("bot_not_woken", { id, error });
      }
    }),
  );
}
