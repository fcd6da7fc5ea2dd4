import { useMutation } from "@tanstack/react-query";
import { Bot, type CreateBotInput, type EditBot, type StopBot } from "../../schema/wire/bot.ts";
import { type CreateTradingAccountInput, TradingAccount } from "../../schema/wire/trading.ts";
import { newIdempotencyKey, queryClient } from "../api/runtime.ts";
import { withProof } from "../settings/prove.ts";
import { accountsQuery, ask, refreshTrading } from "../trading/queries.ts";

/** Makes an account and puts it into the list at once. Throws `ApiError`. */
export async function createAccount(body: CreateTradingAccountInput): Promise<TradingAccount> {
  const account = await ask("/accounts", TradingAccount, { method: "POST", body, idempotencyKey: newIdempotencyKey() });
  queryClient.setQueryData(accountsQuery.queryKey, (rows) =>
    rows === undefined || rows.some(({ id }) => id === account.id) ? rows : [...rows, account],
  );
  void queryClient.invalidateQueries({ queryKey: ["dashboard"] });
  return account;
}

/** Makes a bot, stopped. Throws `ApiError`. */
export function createBot(body: CreateBotInput): Promise<Bot> {
  return ask("/bots", Bot, { method: "POST", body, idempotencyKey: newIdempotencyKey() });
}

/** Changes a bot; a new definition is a new version and may need a fresh proof where it raises a cap. Throws `ApiError`. */
export function editBot(id: string, body: EditBot): Promise<Bot> {
  return withProof(() => ask(`/bots/${id}`, Bot, { method: "PATCH", body }));
}

export type BotVerb = "start" | "pause" | "resume" | "clone";

/** Starts, pauses, resumes or copies a bot. Throws `ApiError`. */
export function doWithBot(id: string, verb: BotVerb): Promise<Bot> {
  return ask(`/bots/${id}/${verb}`, Bot, { method: "POST" });
}

/** Starts a bot that moves real money: whoever asks proves who they are, and has typed that they mean it. */
export function startLive(id: string, confirm: string): Promise<Bot> {
  return withProof(() => ask(`/bots/${id}/start?confirm=${encodeURIComponent(confirm)}`, Bot, { method: "POST" }));
}

/** Stops a bot, keeping or closing what it holds. Throws `ApiError`. */
export function stopBot(id: string, body: StopBot): Promise<Bot> {
  return ask(`/bots/${id}/stop`, Bot, { method: "POST", body });
}

/** Runs a verb that answers the bot, and shows at once what it has become. */
export function useBotAct(after?: (bot: Bot) => void) {
  return useMutation({
    mutationFn: (act: () => Promise<Bot>) => act(),
    onSuccess(bot) {
      queryClient.setQueryData(["bots", bot.id], bot);
      after?.(bot);
    },
    onSettled: refreshTrading,
  });
}
