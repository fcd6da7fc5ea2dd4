import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { unstable_readConfig as readConfig } from "wrangler";
import { classChanges } from "./class-changes.ts";
import { ENVIRONMENTS, NO_DATABASE, withEnvironments, withPlaces } from "./environments.ts";

/** What is held of the configuration that the platform's tool reads. */
interface Config {
  readonly name: string;
  readonly vars: object;
  readonly exports?: object;
  readonly triggers: object;
  readonly limits: object;
  readonly observability: object;
  readonly d1_databases: readonly {
    readonly binding: string;
    readonly database_name: string;
    readonly database_id: string;
  }[];
  readonly r2_buckets: readonly { readonly binding: string; readonly bucket_name: string }[];
  readonly analytics_engine_datasets: readonly { readonly binding: string; readonly dataset: string }[];
  readonly ratelimits?: readonly { readonly name: string; readonly namespace_id: string }[];
  readonly durable_objects: { readonly bindings: readonly { readonly name: string; readonly class_name: string }[] };
  readonly queues: {
    readonly producers?: readonly { readonly binding: string; readonly queue: string }[];
    readonly consumers?: readonly { readonly queue: string; readonly dead_letter_queue?: string }[];
  };
  readonly version_metadata?: { readonly binding: string };
  readonly assets?: { readonly binding: string };
}

const TEXT = readFileSync("wrangler.toml", "utf8");
const configOf = (env?: string) =>
  readConfig(
    { config: "wrangler.toml", ...(env === undefined ? {} : { env }) },
    { hideWarnings: true },
  ) as unknown as Config;
const root = configOf();

/** What an environment binds, by name, and what each name is bound to. */
function bindingsOf(config: Config): Record<string, string> {
  const pairs: [string, string][] = [
    ...config.d1_databases.map((one): [string, string] => [one.binding, `d1 ${one.database_name}`]),
    ...config.r2_buckets.map((one): [string, string] => [one.binding, `r2 ${one.bucket_name}`]),
    ...(config.queues.producers ?? []).map((one): [string, string] => [one.binding, `queue ${one.queue}`]),
    ...config.analytics_engine_datasets.map((one): [string, string] => [one.binding, `dataset ${one.dataset}`]),
    ...(config.ratelimits ?? []).map((one): [string, string] => [one.name, `limit ${one.namespace_id}`]),
    ...config.durable_objects.bindings.map((one): [string, string] => [one.name, `class ${one.class_name}`]),
    ...Object.keys(config.vars).map((name): [string, string] => [name, "variable"]),
    [config.version_metadata?.binding ?? "", "version"],
    [config.assets?.binding ?? "", "assets"],
  ];
  return Object.fromEntries(pairs);
}

describe("the environments of wrangler.toml", () => {
  it("are what the root makes of them: npm run environments writes them anew", () => {
    expect(withEnvironments(TEXT)).toBe(TEXT);
  });

  it.each(ENVIRONMENTS)("%s binds everything that the root binds, and no more", (name) => {
    expect(Object.keys(bindingsOf(configOf(name))).sort()).toEqual(Object.keys(bindingsOf(root)).sort());
  });

  it.each(ENVIRONMENTS)("%s has all classes, clocks, limits and consumers of the root", (name) => {
    const own = configOf(name);
    expect(Object.keys(own.exports ?? {})).toEqual(Object.keys(root.exports ?? {}));
    expect(own.durable_objects.bindings).toEqual(root.durable_objects.bindings);
    expect(own.triggers).toEqual(root.triggers);
    expect(own.limits).toEqual(root.limits);
    expect(own.observability).toEqual(root.observability);
    const settings = (consumers: Config["queues"]["consumers"]) =>
      (consumers ?? []).map(({ queue: _queue, dead_letter_queue: dead, ...rest }) => ({
        ...rest,
        hasDead: dead !== undefined,
      }));
    expect(settings(own.queues.consumers)).toEqual(settings(root.queues.consumers));
  });

  it("share no database, bucket, queue, dataset or counter of limits with one another, nor with the root", () => {
    const all = [root, ...ENVIRONMENTS.map((name) => configOf(name))].flatMap((config) => {
      const places = Object.values(bindingsOf(config)).filter((place) => /^(?:d1|r2|queue|dataset|limit) /.test(place));
      return [
        ...places,
        ...(config.queues.consumers ?? []).map(({ queue }) => `consumer ${queue}`),
        `name ${config.name}`,
      ];
    });
    expect(all.filter((place, index) => all.indexOf(place) !== index)).toEqual([]);
  });

  it.each(ENVIRONMENTS)("%s has a consumer for each of its queues and for the dead letters of each", (name) => {
    const { producers = [], consumers = [] } = configOf(name).queues;
    const consumed = consumers.map(({ queue }) => queue);
    for (const { queue } of producers) expect(consumed).toContain(queue);
    for (const { dead_letter_queue: dead } of consumers) if (dead !== undefined) expect(consumed).toContain(dead);
  });

  it("name no database until a deployment does, and then that of their environment alone", () => {
    for (const name of ENVIRONMENTS) expect(configOf(name).d1_databases[0]?.database_id).toBe(NO_DATABASE);
    const placed = withPlaces(TEXT, "staging", {
      databaseId: "5a000000-0000-4000-8000-000000000001",
      origin: "https://a.example",
    });
    expect(placed.match(/5a000000-/g)).toHaveLength(1);
    expect(placed.indexOf("5a000000-")).toBeGreaterThan(placed.indexOf("[env.staging]"));
    expect(placed.indexOf("5a000000-")).toBeLessThan(placed.indexOf("[env.production]"));
    expect(placed.match(/https:\/\/a\.example/g)).toHaveLength(1);
    const last = withPlaces(TEXT, "production", {
      databaseId: "9d000000-0000-4000-8000-000000000002",
      origin: "https://a.example",
    });
    expect(last.indexOf("9d000000-")).toBeGreaterThan(last.indexOf("[env.production]"));
  });
});

describe("classes of objects", () => {
  it("that come, go or are kept in another way are told apart from those that stay", () => {
    expect(classChanges(TEXT, TEXT)).toEqual([]);
    const without = TEXT.replace(/\[exports\.BotObject\]\n.+\n.+\n/, "");
    expect(classChanges(TEXT, without)).toEqual(["the class BotObject goes"]);
    expect(classChanges(without, TEXT)).toEqual(["the class BotObject comes"]);
    const other = TEXT.replace(
      '[exports.BotObject]\ntype = "durable-object"',
      '[exports.BotObject]\nrenamed_to = "Bots"',
    );
    expect(classChanges(TEXT, other)).toEqual(["the class BotObject is kept in another way"]);
  });
});
