import { and, eq, type SQL, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import type { z } from "zod";
import { deploymentFacts } from "../../schema/tables/identity.ts";
import type { Database } from "./database.ts";

/** Something that holds for the whole deployment and is there once, such as its switch of trading. */
export interface DeploymentFact<T> {
  readonly name: string;
  readonly schema: z.ZodType<T>;
}

/** A fact as it is stored, and since when; `text` is what a change of it may name as what it was. */
export interface StoredFact<T> {
  readonly value: T;
  readonly changedAt: number;
  readonly text: string;
}

/** Undefined before it was stored first. Throws where what is stored is none. */
export async function readFact<T>(
  database: Database,
  { name, schema }: DeploymentFact<T>,
): Promise<StoredFact<T> | undefined> {
  const [row] = await database.select().from(deploymentFacts).where(eq(deploymentFacts.name, name)).limit(1);
  if (row === undefined) return undefined;
  return { value: schema.parse(JSON.parse(row.value)), changedAt: row.createdAt, text: row.value };
}

/** A statement that stores a fact. In an array or object, since an async function must not answer it. */
export function prepareFact<T>(
  database: Database,
  { name, schema }: DeploymentFact<T>,
  { value, nowMs }: { readonly value: T; readonly nowMs: number },
): BatchItem<"sqlite"> {
  const text = JSON.stringify(schema.parse(value));
  return database
    .insert(deploymentFacts)
    .values({ name, value: text, createdAt: nowMs })
    .onConflictDoUpdate({ target: deploymentFacts.name, set: { value: text, createdAt: nowMs } });
}

/** Whether a fact is still as it was read, or as another statement of the same batch has just made it. */
export function factIs({ name }: { readonly name: string }, text: string): SQL {
  return sql`exists (select 1 from deployment_facts f where f.name = ${name} and f.value = ${text})`;
}

/**
 * The same where the fact is still as it was read, so that of two changes at the same moment one is made: `before` is its
 * text, undefined where there was none, and what was there changes only where `where` holds too. Changes one row or none.
 */
export function prepareFactChange<T>(
  database: Database,
  { name, schema }: DeploymentFact<T>,
  {
    before,
    value,
    nowMs,
    where,
  }: { readonly before: string | undefined; readonly value: T; readonly nowMs: number; readonly where?: SQL },
): BatchItem<"sqlite"> {
  const text = JSON.stringify(schema.parse(value));
  if (before === undefined) {
    return database.insert(deploymentFacts).values({ name, value: text, createdAt: nowMs }).onConflictDoNothing();
  }
  return database
    .update(deploymentFacts)
    .set({ value: text, createdAt: nowMs })
    .where(and(eq(deploymentFacts.name, name), sql`${deploymentFacts.value} = ${before}`, where));
}
