import { count, observe } from "../metrics/meter.ts";
import type { STORE_OPERATIONS, STORES } from "../metrics/metric-labels.ts";
import { systemClock } from "./clock.ts";
import type { Env } from "./env.ts";

type Store = (typeof STORES)[number];
type Operation = (typeof STORE_OPERATIONS)[number];

/** What a statement answers where a rule of the table forbids it: the store works, and says no. */
const REFUSALS = /constraint failed|SQLITE_CONSTRAINT/;
const OPERATIONS: Readonly<Record<string, Operation>> = {
  head: "read",
  get: "read",
  put: "write",
  delete: "delete",
  list: "list",
  createMultipartUpload: "write",
};
const QUERIES = new Set(["first", "all", "run", "raw"]);

/** What a measured statement stands for. */
const INNER = new WeakMap<object, D1PreparedStatement>();
const DATABASES = new WeakMap<D1Database, D1Database>();
const ENVIRONMENTS = new WeakMap<Env, Env>();

/** The database, with each call counted and timed. */
export function measuredDatabase(binding: D1Database): D1Database {
  const known = DATABASES.get(binding);
  if (known !== undefined) return known;
  const measured = new Proxy(binding, {
    get(target, name) {
      if (name === "prepare") return (text: string) => measuredStatement(target.prepare(text), operationOf(text));
      if (name === "batch") {
        return (statements: readonly D1PreparedStatement[]) =>
          timed("d1", "batch", () => target.batch(statements.map((one) => INNER.get(one) ?? one)));
      }
      return methodOf(target, name);
    },
  });
  DATABASES.set(binding, measured);
  return measured;
}

function measuredStatement(statement: D1PreparedStatement, operation: Operation): D1PreparedStatement {
  const measured = new Proxy(statement, {
    get(target, name) {
      if (name === "bind") return (...values: unknown[]) => measuredStatement(target.bind(...values), operation);
      const value = methodOf(target, name);
      if (typeof value !== "function" || !QUERIES.has(String(name))) return value;
      return (...args: unknown[]) => timed("d1", operation, () => value(...args) as Promise<unknown>);
    },
  });
  INNER.set(measured, statement);
  return measured;
}

function operationOf(text: string): Operation {
  if (/^\s*(?:select|with)\b/i.test(text)) return "read";
  return /^\s*delete\b/i.test(text) ? "delete" : "write";
}

/** The environment of a request or a job, with each call of its object store counted and timed. */
export function measuredEnv(env: Env): Env {
  const known = ENVIRONMENTS.get(env);
  if (known !== undefined) return known;
  const measured = { ...env, BUCKET: measuredBucket(env.BUCKET) };
  ENVIRONMENTS.set(env, measured);
  return measured;
}

function measuredBucket(bucket: R2Bucket): R2Bucket {
  return new Proxy(bucket, {
    get(target, name) {
      const value = methodOf(target, name);
      const operation = OPERATIONS[String(name)];
      if (typeof value !== "function" || operation === undefined) return value;
      return (...args: unknown[]) => timed("r2", operation, () => value(...args) as Promise<unknown>);
    },
  });
}

/** A binding's methods want the binding itself as `this`. */
function methodOf(target: object, name: string | symbol): unknown {
  const value: unknown = Reflect.get(target, name, target);
  return typeof value === "function" ? (value.bind(target) as (...args: unknown[]) => unknown) : value;
}

async function timed<T>(store: Store, operation: Operation, call: () => Promise<T>): Promise<T> {
  const from = systemClock();
  try {
    const result = await call();
    count("storage_operations_total", { store, operation, outcome: "ok" });
    return result;
  } catch (error) {
    const outcome = REFUSALS.test(String(error)) ? "refused" : "error";
    count("storage_operations_total", { store, operation, outcome });
    throw error;
  } finally {
    observe("storage_duration_seconds", { store, operation }, Math.max(0, systemClock() - from) / 1_000);
  }
}
