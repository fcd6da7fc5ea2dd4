import type { AccountObject } from "../../account/account-object.ts";
import type { BotObject } from "../../bot/bot-object.ts";
import { objectName } from "../../platform/object-name.ts";
import type { ServiceContext } from "../service-context.ts";

type Whose = Pick<ServiceContext, "env" | "ownerId">;

/** The object of an owner's account, and its name. */
export async function accountObject(
  { env, ownerId }: Whose,
  accountId: string,
): Promise<{ name: string; object: DurableObjectStub<AccountObject> }> {
  const name = await objectName({ kind: "account", ownerId, id: accountId });
  return { name, object: env.ACCOUNT.getByName(name) };
}

/** The object of an owner's bot, and its name. */
export async function botObject(
  { env, ownerId }: Whose,
  botId: string,
): Promise<{ name: string; object: DurableObjectStub<BotObject> }> {
  const name = await objectName({ kind: "bot", ownerId, id: botId });
  return { name, object: env.BOT.getByName(name) };
}
