import { timeFact } from "../platform/object-facts.ts";
import type { BotStore } from "./bot-store.ts";
import type { BotWork } from "./bot-work.ts";

/**
 * What a bot is after a restore: halted, so that a person starts it again, with nothing left that it was about to ask. `asOf`
 * and `now` in UTC ms.
 */
export function haltRestored(
  { bot, store }: { readonly bot: BotWork; readonly store: BotStore },
  { asOf, now }: { readonly asOf: number; readonly now: number },
): void {
  const reason = `Restored from a backup as of ${timeFact(asOf)}.`;
  // The engine must not wait for what it was about to ask.
  bot.takeBackEffects();
  bot.forget();
  // An address that was revoked since then, because it leaked, must not come back.
  if (bot.signals.hook.drop()) {
    store.log({ at: now, kind: "locked", message: "Its address for signals ended with the restore: make another." });
  }
  if (bot.life().status !== "stopped") bot.live({ status: "halted", reason, nextDueAt: null, byDesk: false });
  store.log({ at: now, kind: "halted", message: reason });
}
