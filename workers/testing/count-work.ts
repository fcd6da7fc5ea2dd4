import type { Env } from "../platform/env.ts";

/** What work costs where it is deployed, in the units that are paid for. */
export interface Work {
  /** Calls of objects over bindings, and requests handed to them. */
  calls: number;
  alarms: number;
  /** Time that calls and alarms took, ms: those at the same time count each, so that it is more than is paid for. */
  activeMs: number;
  /** Indexes and alarms that were set among them. */
  rowsWritten: number;
  rowsRead: number;
  /** Operations of the object store that write or list, and that read. */
  puts: number;
  gets: number;
  bytes: number;
}

type Count = keyof Work;
const NOTHING: Work = { calls: 0, alarms: 0, activeMs: 0, rowsWritten: 0, rowsRead: 0, puts: 0, gets: 0, bytes: 0 };

const done = new Map<string, Work>();
/** Bytes of each object's database, by class and id. */
const sizes = new Map<string, number>();
const ENVIRONMENTS = new WeakMap<object, Env>();
/** Bindings of objects and the classes behind them. */
const OBJECTS: Readonly<Record<string, string>> = {
  ...{ RUN: "RunObject", THROTTLE: "ThrottleObject", METRICS: "MetricsObject", AUDIT: "AuditObject" },
  ...{
    FEED: "FeedObject",
    REPLAY: "ReplayObject",
    HUB: "HubObject",
    RELAY: "RelayObject",
    MARKET: "VenueMarketObject",
  },
  ...{ ACCOUNT: "AccountObject", BOT: "BotObject", CONNECTION: "ConnectionObject", SIDECAR: "SidecarObject" },
  ...{ NOTICE: "NoticeObject", PAPER: "PaperVenueObject", BACKUP: "BackupObject", BACKUP_CHECK: "BackupCheckObject" },
};

/** Everything that was counted by class, database and bucket since it was taken last. */
export function takeCounts(): Readonly<Record<string, Work>> {
  const taken = Object.fromEntries(done);
  for (const name of Object.values(OBJECTS)) {
    const own = [...sizes].filter(([key]) => key.startsWith(`${name}/`)).map(([, size]) => size);
    if (own.length > 0) taken[name] = { ...(taken[name] ?? NOTHING), bytes: own.reduce((sum, size) => sum + size, 0) };
  }
  done.clear();
  return taken;
}

function add(name: string, count: Count, value: number): void {
  const work = done.get(name) ?? { ...NOTHING };
  done.set(name, work);
  work[count] += value;
}

/** A class of objects that counts what its storage does and when it is woken. */
export function counted<T extends new (ctx: DurableObjectState, env: Env) => object>(name: string, original: T): T {
  // A mixin has to take whatever its base takes.
  // biome-ignore lint/suspicious/noExplicitAny: TypeScript asks for exactly this
  const base = original as unknown as new (...args: any[]) => { alarm?(info: unknown): Promise<void> };
  return class extends base {
    constructor(ctx: DurableObjectState, env: Env) {
      countStorage(name, ctx);
      super(ctx, countedEnv(env));
    }

    override async alarm(info: unknown): Promise<void> {
      add(name, "alarms", 1);
      await timed(name, async () => super.alarm?.(info));
    }
  } as unknown as T;
}

async function timed<R>(name: string, act: () => Promise<R>): Promise<R> {
  const started = Date.now();
  try {
    return await act();
  } finally {
    add(name, "activeMs", Date.now() - started);
  }
}

function countStorage(name: string, { storage, id }: DurableObjectState): void {
  const { sql, kv } = storage;
  const exec = sql.exec.bind(sql);
  const key = `${name}/${id}`;
  sql.exec = ((text: string, ...values: unknown[]) => {
    const cursor = exec(text, ...values);
    // A cursor counts while it is read, which is done before anything else happens.
    queueMicrotask(() => {
      add(name, "rowsWritten", cursor.rowsWritten);
      add(name, "rowsRead", cursor.rowsRead);
      sizes.set(key, sql.databaseSize);
    });
    return cursor;
  }) as typeof sql.exec;
  const put = kv.put.bind(kv);
  kv.put = ((value: string, what: unknown) => {
    add(name, "rowsWritten", 1);
    put(value, what);
  }) as typeof kv.put;
  const drop = kv.delete.bind(kv);
  kv.delete = (value: string) => {
    const was = drop(value);
    if (was) add(name, "rowsWritten", 1);
    return was;
  };
  const ring = storage.setAlarm.bind(storage);
  storage.setAlarm = (...args) => {
    add(name, "rowsWritten", 1);
    return ring(...args);
  };
}

/** The bindings, with what goes over them counted. */
export function countedEnv(env: Env): Env {
  const known = ENVIRONMENTS.get(env);
  if (known !== undefined) return known;
  const objects = Object.entries(OBJECTS).map(([binding, name]) => {
    const namespace = (env as unknown as Record<string, DurableObjectNamespace>)[binding];
    return [binding, countedNamespace(name, namespace)] as const;
  });
  const made = { ...env, ...Object.fromEntries(objects), DB: countedDatabase(env.DB) } as Env;
  for (const bucket of ["BUCKET", "BACKUPS"] as const) {
    const binding = env[bucket];
    if (binding !== undefined) Object.assign(made, { [bucket]: countedBucket(bucket, binding) });
  }
  ENVIRONMENTS.set(env, made);
  return made;
}

function countedNamespace(name: string, namespace: DurableObjectNamespace): DurableObjectNamespace {
  return new Proxy(namespace, {
    get(target, method) {
      const value = methodOf(target, method);
      if (method !== "getByName" && method !== "get") return value;
      return (...args: unknown[]) => countedStub(name, (value as (...args: unknown[]) => object)(...args));
    },
  });
}

function countedStub(name: string, stub: object): object {
  return new Proxy(stub, {
    get(target, method) {
      const value = Reflect.get(target, method, target) as unknown;
      if (typeof value !== "function" || method === "then") return value;
      return (...args: unknown[]) => {
        add(name, "calls", 1);
        return timed(name, async () => Reflect.apply(value, target, args));
      };
    },
  });
}

function countedBucket(name: string, bucket: R2Bucket): R2Bucket {
  return new Proxy(bucket, {
    get(target, method) {
      const value = methodOf(target, method);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        if (method === "get" || method === "head") add(name, "gets", 1);
        else if (method !== "delete") add(name, "puts", 1);
        return value(...args);
      };
    },
  });
}

const STATEMENTS = new WeakMap<object, D1PreparedStatement>();

function countedDatabase(database: D1Database): D1Database {
  return new Proxy(database, {
    get(target, method) {
      if (method === "prepare") return (text: string) => countedStatement(target.prepare(text));
      if (method !== "batch") return methodOf(target, method);
      return async (statements: readonly D1PreparedStatement[]) => {
        const results = await target.batch(statements.map((one) => STATEMENTS.get(one) ?? one));
        for (const { meta } of results) addRows(meta);
        return results;
      };
    },
  });
}

function countedStatement(statement: D1PreparedStatement): D1PreparedStatement {
  const made = new Proxy(statement, {
    get(target, method) {
      if (method === "bind") return (...values: unknown[]) => countedStatement(target.bind(...values));
      if (method === "first") return (column?: string) => first(target, column);
      const value = methodOf(target, method);
      if (method !== "run" && method !== "all") return value;
      return async () => {
        const result = await (value as () => Promise<D1Result>)();
        addRows(result.meta);
        return result;
      };
    },
  });
  STATEMENTS.set(made, statement);
  return made;
}

/** The first row by the call that tells what it cost. */
async function first(statement: D1PreparedStatement, column: string | undefined): Promise<unknown> {
  const { results, meta } = await statement.all<Record<string, unknown>>();
  addRows(meta);
  const [row] = results;
  if (row === undefined) return null;
  return column === undefined ? row : row[column];
}

function addRows(meta: D1Meta): void {
  add("D1", "calls", 1);
  add("D1", "rowsWritten", meta.rows_written);
  add("D1", "rowsRead", meta.rows_read);
  if (meta.size_after > 0) sizes.set("D1", meta.size_after);
}

function methodOf(target: object, name: string | symbol): unknown {
  const value = Reflect.get(target, name, target) as unknown;
  return typeof value === "function" ? value.bind(target) : value;
}
