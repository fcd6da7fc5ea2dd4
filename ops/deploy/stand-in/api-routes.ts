import { existsSync, writeFileSync } from "node:fs";
import { ApiFault } from "./api-fault.ts";
import type { StateFile, StoredDeployment, StoredScript, StoredVersion } from "./platform-state.ts";
import { sessionToken, storeUpload } from "./stored-upload.ts";

/** What a route may use; time and ids come in, so that a test can name them. */
export interface ApiContext {
  readonly state: StateFile;
  readonly newId: () => string;
  readonly now: () => string;
  /** Runs statements in the database of this id. */
  readonly query: (databaseId: string, sql: string) => Promise<unknown>;
  /** Called when what is to run has changed. */
  readonly changed: (script: string) => Promise<void>;
  /** The same, together with what comes right behind it. */
  readonly changedSoon: (script: string) => void;
}

export interface ApiCall {
  /** Parts of the path that the route's pattern names, in its order. */
  readonly parts: readonly string[];
  readonly search: URLSearchParams;
  readonly json: () => Record<string, never>;
  readonly form: () => FormData;
}

type Handler = (ctx: ApiContext, call: ApiCall) => unknown;

/**
 * The part of the platform's API (v4) that its tool calls for a deployment, under `/accounts/{account}`. Shapes are those that
 * the tool in package.json reads; what it does not call is not here, and answers 404.
 */
export const API_ROUTES: readonly (readonly [method: string, path: RegExp, handler: Handler])[] = [
  ["GET", /^\/workers\/services\/([\w-]+)$/, (ctx, { parts: [name = ""] }) => serviceOf(ctx, name)],
  ["GET", /^\/workers\/scripts\/([\w-]+)\/script-settings$/, (ctx, { parts: [name = ""] }) => settingsOf(ctx, name)],
  ["GET", /^\/workers\/scripts\/([\w-]+)\/secrets$/, listSecrets],
  [
    "GET",
    /^\/workers\/scripts\/([\w-]+)\/settings$/,
    (ctx, { parts }) => ({ bindings: known(ctx, parts).versions.at(-1)?.bindings }),
  ],
  ["GET", /^\/r2\/buckets\/([\w-]+)$/, (_ctx, { parts: [name] }) => ({ name })],
  ["PATCH", /^\/workers\/scripts\/([\w-]+)\/script-settings$/, patchSettings],
  ["POST", /^\/workers\/scripts\/([\w-]+)\/assets-upload-session$/, openAssets],
  ["POST", /^\/workers\/assets\/upload$/, storeAssets],
  ["PUT", /^\/workers\/scripts\/([\w-]+)$/, deployWhole],
  ["POST", /^\/workers\/scripts\/([\w-]+)\/versions$/, uploadVersion],
  ["GET", /^\/workers\/scripts\/([\w-]+)\/versions$/, listVersions],
  ["GET", /^\/workers\/scripts\/([\w-]+)\/versions\/([\w-]+)$/, readVersion],
  [
    "GET",
    /^\/workers\/scripts\/([\w-]+)\/deployments$/,
    (ctx, { parts }) => ({ deployments: known(ctx, parts).deployments.map(deploymentView) }),
  ],
  ["POST", /^\/workers\/scripts\/([\w-]+)\/deployments$/, deploySplit],
  ["GET", /^\/workers\/scripts\/([\w-]+)\/subdomain$/, () => ({ enabled: true, previews_enabled: false })],
  ["POST", /^\/workers\/scripts\/([\w-]+)\/subdomain$/, () => ({ enabled: true, previews_enabled: false })],
  ["GET", /^\/workers\/workers\/([\w-]+)$/, () => ({ subdomain: { enabled: true, previews_enabled: false } })],
  ["GET", /^\/workers\/subdomain$/, () => ({ subdomain: "stand-in" })],
  ["PUT", /^\/workers\/scripts\/([\w-]+)\/schedules$/, putSchedules],
  ["GET", /^\/queues$/, findQueue],
  ["POST", /^\/queues\/([\w-]+)\/consumers$/, putConsumer],
  ["PUT", /^\/queues\/([\w-]+)\/consumers\/([\w-]+)$/, putConsumer],
  [
    "GET",
    /^\/d1\/database\/([\w-]+)$/,
    (_ctx, { parts: [id = ""] }) => ({ uuid: id, name: id, version: "production" }),
  ],
  ["POST", /^\/d1\/database\/([\w-]+)\/query$/, (ctx, call) => ctx.query(call.parts[0] ?? "", call.json().sql)],
];

function known({ state }: ApiContext, [name = ""]: readonly string[]): StoredScript {
  const script = state.script(name);
  if (script === undefined || script.versions.length === 0) {
    throw new ApiFault(404, 10007, `This Worker does not exist on your account: ${name}`);
  }
  return script;
}

function serviceOf(ctx: ApiContext, name: string): unknown {
  const script = ctx.state.script(name);
  if (script === undefined || script.versions.length === 0)
    throw new ApiFault(404, 10090, "workers.api.error.service_not_found");
  const last = script.versions.at(-1);
  const stored = { id: name, tag: name, tags: script.tags, last_deployed_from: "wrangler", etag: last?.id };
  return { id: name, default_environment: { environment: "production", script: stored } };
}

function settingsOf(ctx: ApiContext, name: string): unknown {
  return { tags: ctx.state.script(name)?.tags ?? [], logpush: false, tail_consumers: null };
}

function listSecrets(ctx: ApiContext, { parts }: ApiCall): unknown {
  return Object.keys(known(ctx, parts).secrets).map((name) => ({ name, type: "secret_text" }));
}

function patchSettings(ctx: ApiContext, { parts: [name = ""], json }: ApiCall): unknown {
  const tags = json().tags as readonly string[] | undefined;
  if (tags !== undefined) ctx.state.change(name, (script) => ({ ...script, tags }));
  return settingsOf(ctx, name);
}

function openAssets({ state, newId }: ApiContext, { json }: ApiCall): unknown {
  const manifest = json().manifest as Readonly<Record<string, { readonly hash: string }>>;
  const hashes = Object.fromEntries(Object.entries(manifest).map(([path, { hash }]) => [path, hash]));
  const session = newId();
  state.openSession(session, hashes);
  const missing = [...new Set(Object.values(hashes))].filter((hash) => !existsSync(state.assetFile(hash)));
  return { jwt: sessionToken(session), buckets: missing.length === 0 ? [] : [missing] };
}

async function storeAssets({ state }: ApiContext, { form, search }: ApiCall): Promise<unknown> {
  if (search.get("base64") !== "true") throw new ApiFault(400, 10000, "files must come as base64");
  for (const [hash, part] of form()) {
    const text = typeof part === "string" ? part : await part.text();
    writeFileSync(state.assetFile(hash), Buffer.from(text, "base64"));
  }
  // Which session it was for stands in its token, which comes as the authorization; the last one opened is meant.
  return { jwt: sessionToken(Object.keys(state.state.sessions).at(-1) ?? "") };
}

async function deployWhole(ctx: ApiContext, { parts: [name = ""], form }: ApiCall): Promise<unknown> {
  const stored = { id: ctx.newId(), at: ctx.now(), mayChangeClasses: true };
  const version = await storeUpload(ctx.state, name, form(), stored);
  await deploy(ctx, name, { message: "", versions: [{ version_id: version.id, percentage: 100 }] });
  return { id: name, etag: version.id, deployment_id: version.id, startup_time_ms: 0 };
}

async function uploadVersion(ctx: ApiContext, { parts, form }: ApiCall): Promise<unknown> {
  const { name } = known(ctx, parts);
  const stored = { id: ctx.newId(), at: ctx.now(), mayChangeClasses: false };
  const version = await storeUpload(ctx.state, name, form(), stored);
  return { ...versionView(version), startup_time_ms: 0 };
}

function listVersions(ctx: ApiContext, { parts }: ApiCall): unknown {
  return { items: known(ctx, parts).versions.toReversed().map(versionView) };
}

function readVersion(ctx: ApiContext, { parts }: ApiCall): unknown {
  const version = known(ctx, parts).versions.find(({ id }) => id === parts[1]);
  if (version === undefined) throw new ApiFault(404, 10030, `no version ${parts[1]}`);
  return versionView(version);
}

function versionView({ id, number, createdOn, annotations, bindings }: StoredVersion) {
  const metadata = { created_on: createdOn, modified_on: createdOn, source: "wrangler", has_preview: false };
  const script = { etag: id, handlers: ["fetch"], last_deployed_from: "wrangler" };
  return {
    id,
    number,
    metadata: { ...metadata, author_email: "" },
    annotations,
    resources: { bindings, script, script_runtime: {} },
  };
}

async function deploySplit(ctx: ApiContext, { parts, json }: ApiCall): Promise<unknown> {
  const script = known(ctx, parts);
  const { versions, annotations } = json() as unknown as {
    versions: StoredDeployment["versions"];
    annotations?: Readonly<Record<string, string>>;
  };
  const uploaded = versions.map(({ version_id }) => script.versions.find(({ id }) => id === version_id));
  if (uploaded.some((version) => version === undefined)) throw new ApiFault(404, 10030, "no such version");
  const [first, second] = uploaded;
  if (second !== undefined && first?.exports !== second.exports) {
    throw new ApiFault(400, 100407, "versions that disagree on their classes cannot share the traffic");
  }
  const serving = script.deployments[0]?.versions[0]?.version_id;
  const from = script.versions.find(({ id }) => id === serving);
  if (from !== undefined && from.exports !== first?.exports) {
    throw new ApiFault(400, 100408, "a deployment cannot cross a change of classes");
  }
  return deploy(ctx, script.name, { message: annotations?.["workers/message"] ?? "", versions });
}

/** Serves what is deployed. What does not start is taken back, as the platform refuses it. */
async function deploy(
  ctx: ApiContext,
  name: string,
  parts: Pick<StoredDeployment, "message" | "versions">,
): Promise<unknown> {
  const deployment = { ...parts, id: ctx.newId(), createdOn: ctx.now() };
  const before = ctx.state.script(name)?.deployments ?? [];
  ctx.state.change(name, (script) => ({ ...script, deployments: [deployment, ...before] }));
  try {
    await ctx.changed(name);
  } catch (error) {
    ctx.state.change(name, (script) => ({ ...script, deployments: before }));
    await ctx.changed(name);
    throw new ApiFault(400, 10021, `the Worker does not start: ${String(error).slice(0, 500)}`);
  }
  return deploymentView(deployment);
}

function deploymentView({ id, createdOn, message, versions }: StoredDeployment) {
  const about = { created_on: createdOn, strategy: "percentage", source: "api", author_email: "" };
  return { id, ...about, versions, annotations: { "workers/message": message } };
}

function putSchedules(ctx: ApiContext, { parts: [name = ""], json }: ApiCall): unknown {
  const schedules = json() as unknown as readonly { readonly cron: string }[];
  ctx.state.change(name, (script) => ({ ...script, crons: schedules.map(({ cron }) => cron) }));
  return { schedules };
}

/** Every queue exists here; on the platform each is made once, as the runbook says. */
function findQueue({ state }: ApiContext, { search }: ApiCall): unknown {
  return search.getAll("name").map((name) => {
    const scripts = Object.values(state.state.scripts).filter(({ consumers }) => consumers[name] !== undefined);
    const consumers = scripts.map((script) => ({ type: "worker", script: script.name, consumer_id: script.name }));
    return { queue_id: name, queue_name: name, consumers, producers: [] };
  });
}

function putConsumer(ctx: ApiContext, { parts: [queue = ""], json }: ApiCall): unknown {
  const body = json() as Readonly<Record<string, unknown>>;
  const name = String(body.script_name);
  const settings = { ...(body.settings as object), dead_letter_queue: body.dead_letter_queue };
  const before = JSON.stringify(ctx.state.script(name)?.consumers[queue]);
  ctx.state.change(name, (script) => ({ ...script, consumers: { ...script.consumers, [queue]: settings } }));
  if (before !== JSON.stringify(settings)) ctx.changedSoon(name);
  return { consumer_id: name, queue_name: queue };
}
