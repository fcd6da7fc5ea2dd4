import { asc, gt } from "drizzle-orm";
import { users } from "../../schema/tables/identity.ts";
import { bots, tradingAccounts } from "../../schema/tables/trading.ts";
import { openDatabase } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import { objectName } from "../platform/object-name.ts";
import type { BackedUpClass } from "./backed-up.ts";
import type { BackedUpObject } from "./backed-up-object.ts";
import type { SourceCursor } from "./source-cursor.ts";

/** The name under which the database is backed up. */
export const DATABASE = "database";

const PAGE_ROWS = 100;
const BINDINGS = {
  AccountObject: "ACCOUNT",
  AuditObject: "AUDIT",
  BotObject: "BOT",
  HubObject: "HUB",
  PaperVenueObject: "PAPER",
  ReplayObject: "REPLAY",
} as const satisfies Readonly<Record<BackedUpClass, keyof Env>>;

/** Objects of each row: the class, and what their name is made of. A kind that a row does not have is an empty object. */
const OF_ACCOUNT = [
  ["AccountObject", "account"],
  ["PaperVenueObject", "paper"],
  ["ReplayObject", "replay"],
] as const;
const OF_USER = [
  ["AuditObject", "audit", "trail"],
  ["HubObject", "hub", "dashboard"],
] as const;

/** A page of the objects that rows of the database speak of, and where the next one begins. */
export async function sourcesAfter(
  env: Env,
  { table, after }: SourceCursor,
): Promise<{ readonly sources: string[]; readonly next: SourceCursor | undefined }> {
  const database = openDatabase(env.DB);
  if (table === "users") {
    const rows = await database
      .select({ id: users.id })
      .from(users)
      .where(gt(users.id, after))
      .orderBy(asc(users.id))
      .limit(PAGE_ROWS);
    const named = rows.flatMap(({ id }) =>
      OF_USER.map(([name, kind, thing]) => sourceOf(name, { kind, ownerId: id, id: thing })),
    );
    return { sources: await Promise.all(named), next: nextOf(rows, table) };
  }
  const of = table === "accounts" ? tradingAccounts : bots;
  const rows = await database
    .select({ id: of.id, ownerId: of.ownerId })
    .from(of)
    .where(gt(of.id, after))
    .orderBy(asc(of.id))
    .limit(PAGE_ROWS);
  const named = rows.flatMap((row) =>
    table === "bots"
      ? [sourceOf("BotObject", { kind: "bot", ...row })]
      : OF_ACCOUNT.map(([name, kind]) => sourceOf(name, { kind, ...row })),
  );
  return { sources: await Promise.all(named), next: nextOf(rows, table) };
}

/** The object of a source. Throws for one that is none. */
export function objectOfSource(env: Env, source: string): DurableObjectStub<BackedUpObject> {
  const [className = "", name = ""] = source.split("/");
  const binding = Object.hasOwn(BINDINGS, className) ? BINDINGS[className as BackedUpClass] : undefined;
  if (binding === undefined || name === "") throw new Error("a source must be an object that is backed up");
  return env[binding].getByName(name) as unknown as DurableObjectStub<BackedUpObject>;
}

async function sourceOf(className: BackedUpClass, thing: Parameters<typeof objectName>[0]): Promise<string> {
  return `${className}/${await objectName(thing)}`;
}

const FOLLOWING = { accounts: "bots", bots: "users", users: undefined } as const;

function nextOf(rows: readonly { readonly id: string }[], table: SourceCursor["table"]): SourceCursor | undefined {
  const last = rows.at(-1);
  if (last !== undefined && rows.length === PAGE_ROWS) return { table, after: last.id };
  const following = FOLLOWING[table];
  return following === undefined ? undefined : { table: following, after: "" };
}
