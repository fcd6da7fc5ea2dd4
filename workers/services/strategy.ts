import { and, desc, eq } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { strategies, strategyVersions } from "../../schema/tables/strategy.ts";
import type { CreateStrategy, StrategyVersion, UpdateStrategy, UserStrategy } from "../../schema/wire/strategy.ts";
import { type AuditEvent, prepareAudit, prepareAuditOfChange } from "../audit/prepare-audit.ts";
import { rulesGoShort } from "../core/strategy/rule/rules.ts";
import { newId } from "../platform/ids.ts";
import { conflict, notFound } from "../platform/problem-error.ts";
import { once } from "./idempotency.ts";
import { compileDocument } from "./resolve-strategy.ts";
import { type ServiceContext, trailOf } from "./service-context.ts";

// More than a person keeps apart by name.
const STRATEGIES_MAX = 200;
// A version a minute for a working day, and then some.
const VERSIONS_MAX = 1_000;

type StrategyRow = typeof strategies.$inferSelect;
type ById = { ctx: ServiceContext; input: { id: string } };

/** The owner's strategies, latest change first. */
export async function listStrategies({ ctx }: { ctx: ServiceContext }): Promise<UserStrategy[]> {
  const rows = await ctx.owned.list(strategies, { orderBy: [desc(strategies.updatedAt)], limit: STRATEGIES_MAX });
  return rows.map(strategyOf);
}

/** Throws 404. */
export async function getStrategy({ ctx, input }: ById): Promise<UserStrategy> {
  return strategyOf(await findStrategyRow(ctx, input.id));
}

/**
 * Stores a first version; the same `idempotencyKey` with the same input answers the one made before. Throws 422 for a
 * document with errors, 409 where there are too many.
 */
export async function createStrategy(call: {
  ctx: ServiceContext;
  input: CreateStrategy & { idempotencyKey?: string | undefined };
}): Promise<UserStrategy> {
  const { ctx } = call;
  const { idempotencyKey: key, ...input } = call.input;
  return once({
    ...{ ctx, scope: "strategy", key, input },
    read: (id) => getStrategy({ ctx, input: { id } }),
    make: (remember) => makeStrategy(ctx, input, remember),
  });
}

async function makeStrategy(
  ctx: ServiceContext,
  input: CreateStrategy,
  remember: (id: string) => readonly BatchItem<"sqlite">[],
): Promise<UserStrategy> {
  const { parameters } = compileDocument(ctx.strategies, input.document, "document");
  if ((await ctx.owned.count(strategies)) >= STRATEGIES_MAX) {
    throw conflict("too_many_strategies", `At most ${STRATEGIES_MAX} strategies are kept. Delete one first.`);
  }
  const nowMs = ctx.now();
  const id = newId("str");
  const { name, document } = input;
  await ctx.owned.batch([
    ctx.owned.prepareInsert(strategies, {
      ...{ id, name, document, version: 1, parameters: [...parameters], createdAt: nowMs, updatedAt: nowMs },
    }),
    ctx.owned.prepareInsert(strategyVersions, { strategyId: id, version: 1, document, createdAt: nowMs }),
    prepareAudit(trailOf(ctx), {
      action: "strategy.create",
      subject: { kind: "strategy", id },
      after: summaryOf({ name, version: 1, document }),
    }),
    ...remember(id),
  ]);
  return getStrategy({ ctx, input: { id } });
}

/**
 * Renames, or stores a new version of the document; old versions stay as they are. Throws 404, 422 for a document with
 * errors, and 409 where the strategy has changed since the version that the change was made from.
 */
export async function updateStrategy(call: {
  ctx: ServiceContext;
  input: UpdateStrategy & { id: string };
}): Promise<UserStrategy> {
  const { ctx, input } = call;
  const row = await findStrategyRow(ctx, input.id);
  if (row.version !== input.version) throw changedSince(row.version);
  const name = input.name ?? row.name;
  const nowMs = ctx.now();
  if (input.document === undefined || input.document === row.document) {
    await ctx.owned.batch([
      ctx.owned.prepareUpdate(strategies, { name, updatedAt: nowMs }, eq(strategies.id, row.id)),
      prepareAuditOfChange(trailOf(ctx), updateEvent(row, { ...row, name })),
    ]);
    return getStrategy({ ctx, input });
  }
  const { document } = input;
  const version = row.version + 1;
  if (version > VERSIONS_MAX) throw conflict("too_many_versions", `A strategy keeps at most ${VERSIONS_MAX} versions.`);
  const parameters = [...compileDocument(ctx.strategies, document, "document").parameters];
  // The key of a version lets one of two changes made at the same time through; the batch of the other fails whole.
  const insertion = ctx.owned.prepareInsert(strategyVersions, {
    strategyId: row.id,
    version,
    document,
    createdAt: nowMs,
  });
  const change = { name, document, parameters, version, updatedAt: nowMs };
  try {
    await ctx.owned.batch([
      insertion,
      ctx.owned.prepareUpdate(strategies, change, eq(strategies.id, row.id)),
      prepareAuditOfChange(trailOf(ctx), updateEvent(row, change)),
    ]);
  } catch (cause) {
    const now = await findStrategyRow(ctx, row.id);
    if (now.version !== row.version) throw changedSince(now.version);
    throw cause;
  }
  return getStrategy({ ctx, input });
}

/** Removes a strategy and its versions; runs keep the text that they tested. Throws 404. */
export async function deleteStrategy({ ctx, input }: ById): Promise<void> {
  const row = await findStrategyRow(ctx, input.id);
  await ctx.owned.batch([
    ctx.owned.prepareRemove(strategyVersions, eq(strategyVersions.strategyId, input.id)),
    ctx.owned.prepareRemove(strategies, eq(strategies.id, input.id)),
    prepareAuditOfChange(trailOf(ctx), {
      action: "strategy.delete",
      subject: { kind: "strategy", id: row.id },
      before: summaryOf(row),
    }),
  ]);
}

/** All versions, newest first. Throws 404. */
export async function listStrategyVersions({ ctx, input }: ById): Promise<StrategyVersion[]> {
  await findStrategyRow(ctx, input.id);
  const rows = await ctx.owned.list(strategyVersions, {
    where: and(eq(strategyVersions.strategyId, input.id)),
    orderBy: [desc(strategyVersions.version)],
    limit: VERSIONS_MAX,
  });
  return rows.map(({ version, document, createdAt }) => ({ version, document, createdAt }));
}

async function findStrategyRow(ctx: ServiceContext, id: string): Promise<StrategyRow> {
  const row = await ctx.owned.find(strategies, eq(strategies.id, id));
  if (row === undefined) throw notFound("strategy");
  return row;
}

type Edited = Pick<StrategyRow, "name" | "version" | "document">;

/** What the trail tells of a strategy: never its text, which its versions keep. */
function summaryOf({ name, version, document }: Edited) {
  return { name, version, documentCharacters: document.length };
}

function updateEvent(row: StrategyRow, after: Edited): AuditEvent {
  const subject = { kind: "strategy", id: row.id };
  return { action: "strategy.update", subject, before: summaryOf(row), after: summaryOf(after) };
}

function changedSince(version: number) {
  return conflict(
    "version_changed",
    `The strategy has changed: its newest version is ${version}. Load it and try again.`,
  );
}

function strategyOf({ ownerId: _ownerId, ...strategy }: StrategyRow): UserStrategy {
  return { ...strategy, shorts: rulesGoShort(strategy.document) };
}
