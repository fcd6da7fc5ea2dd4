/**
 * The environments of wrangler.toml. Bindings, variables and queues of its root are not inherited by its environments, so
 * each is written out in full, with names of its own: two deployments that share a database or a queue would work on each
 * other's rows. The sections are made from the root by `npm run environments`; a test holds the file to that.
 */
export const ENVIRONMENTS = ["staging", "production"] as const;
export type EnvironmentName = (typeof ENVIRONMENTS)[number];

/** Stands in wrangler.toml where nobody has made a database yet. */
export const NO_DATABASE = "00000000-0000-0000-0000-000000000000";
const WORKER = "apextrade";
/** Above the environments' sections; what is below is written by a program. */
const MARK = "# Environments. Written by `npm run environments` from what stands above: change that, not this.";

/** Sections that the platform's tool does not hand down to environments. */
const NOT_INHERITED =
  /^(?:vars|version_metadata|d1_databases|analytics_engine_datasets|r2_buckets|queues\.\w+|durable_objects\.bindings|ratelimits)$/;

/** Counters of rate limits are the account's: each environment has its own. */
const RATE_LIMIT_NAMESPACES: Readonly<Record<EnvironmentName, string>> = { staging: "1002", production: "1003" };

/** How the value of a key is changed for an environment; keys that are not here keep the root's value. */
const RENAMED: Readonly<Record<string, (value: string, environment: EnvironmentName) => string>> = {
  database_name: (value, environment) => `${value}-${environment}`,
  bucket_name: (value, environment) => `${value}-${environment}`,
  dataset: (value, environment) => `${value}_${environment}`,
  queue: queueName,
  dead_letter_queue: queueName,
  namespace_id: (_value, environment) => RATE_LIMIT_NAMESPACES[environment],
  DEPLOYMENT: (_value, environment) => environment,
};

function queueName(queue: string, environment: EnvironmentName): string {
  return `${workerName(environment)}-${queue}`;
}

/** Name of the Worker of an environment on the platform. */
export function workerName(environment: EnvironmentName): string {
  return `${WORKER}-${environment}`;
}

/** The text of wrangler.toml with its environments written anew from its root. */
export function withEnvironments(text: string): string {
  const root = rootOf(text);
  const sections = ENVIRONMENTS.map((environment) => environmentText(root, environment));
  return `${root}\n${MARK}\n${sections.join("\n")}`;
}

/**
 * The text of wrangler.toml for one deployment: with the database that was made for the environment, and the address that
 * people reach it by. Throws where the environment has no such places.
 */
export function withPlaces(
  text: string,
  environment: EnvironmentName,
  places: { readonly databaseId: string; readonly origin: string },
): string {
  const from = text.indexOf(`[env.${environment}`);
  if (from < 0) throw new Error(`wrangler.toml must have the environment ${environment}: npm run environments`);
  const next = ENVIRONMENTS.map((name) => text.indexOf(`\n[env.${name}]`, from + 1)).filter((at) => at > from);
  const to = Math.min(text.length, ...next);
  const own = text
    .slice(from, to)
    .replace(`database_id = "${NO_DATABASE}"`, `database_id = "${places.databaseId}"`)
    .replace('PUBLIC_ORIGIN = ""', `PUBLIC_ORIGIN = "${places.origin}"`);
  return text.slice(0, from) + own + text.slice(to);
}

function rootOf(text: string): string {
  const end = text.indexOf(MARK);
  return `${(end < 0 ? text : text.slice(0, end)).trimEnd()}\n`;
}

function environmentText(root: string, environment: EnvironmentName): string {
  const sections = sectionsOf(root).filter(({ name }) => NOT_INHERITED.test(name));
  const own = sections.map(({ name, isList, lines }) => {
    const full = `env.${environment}.${name}`;
    return [isList ? `[[${full}]]` : `[${full}]`, ...lines.map((line) => renamed(line, environment))].join("\n");
  });
  return [`[env.${environment}]\n`, ...own.map((section) => `${section}\n`)].join("\n");
}

interface Section {
  readonly name: string;
  readonly isList: boolean;
  readonly lines: readonly string[];
}

/** Sections of a TOML text as it is written here: a header on a line of its own, then one key a line. */
function sectionsOf(text: string): Section[] {
  const sections: { name: string; isList: boolean; lines: string[] }[] = [];
  for (const line of text.split("\n")) {
    const [, open, name] = /^(\[\[?)([\w.]+)\]\]?$/.exec(line) ?? [];
    if (name !== undefined) sections.push({ name, isList: open === "[[", lines: [] });
    else if (/^\w+ = /.test(line)) sections.at(-1)?.lines.push(line);
  }
  return sections;
}

function renamed(line: string, environment: EnvironmentName): string {
  const [, key = "", value = ""] = /^(\w+) = "(.*)"$/.exec(line) ?? [];
  const rule = RENAMED[key];
  return rule === undefined ? line : `${key} = "${rule(value, environment)}"`;
}
