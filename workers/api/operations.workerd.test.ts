import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { backtests } from "../../schema/tables/backtest.ts";
import { passkeys, sessions, users } from "../../schema/tables/identity.ts";
import { mailOutbox } from "../../schema/tables/outbox.ts";
import type {
  AdminJob,
  AdminObject,
  AdminObjectDetail,
  Closing,
  DeploymentHealth,
  JobCounts,
  OperatorTrail,
  PlatformSwitches,
} from "../../schema/wire/admin.ts";
import type { AuditPage } from "../../schema/wire/audit.ts";
import type { AccountState, OrderDetail, TradingAccount } from "../../schema/wire/trading.ts";
import { drainAudit } from "../audit/drain-audit.ts";
import { issueAccessToken } from "../auth/access-token.ts";
import { STEP_UP_MS } from "../auth/second-factor.ts";
import { SILENT_MS } from "../jobs/watch-runs.ts";
import { openDatabase } from "../platform/database.ts";
import { newId } from "../platform/ids.ts";
import { LOOK_EVERY_MS } from "../platform/maintenance.ts";
import { STRATEGY_CATALOGUE } from "../run/strategy-port.ts";
import { readSwitch } from "../services/trading/platform-switch.ts";
import { newClient, request, START_MS, type TestClient } from "../testing/test-client.ts";
import { withTestQueue } from "../testing/test-queue.ts";
import { newRun } from "../testing/test-run.ts";

const database = openDatabase(env.DB);
const BTC = "SIM:BTC-USD";
const HALT = { state: "HALTED", reason: "Prices of one venue are wrong." } as const;

/** A surface of its own, whose clock a test moves. */
function surface() {
  const clock = { now: START_MS };
  return { clock, changed: { strategies: STRATEGY_CATALOGUE, now: () => clock.now } };
}

/** An administrator with a second factor, who signed in just now. */
async function newAdministrator(changed = surface().changed): Promise<TestClient> {
  const client = await newClient(changed, { role: "administrator" });
  const row = { id: newId("key"), name: "key", publicKey: "", counter: 0, transports: [], createdAt: START_MS };
  await database.insert(passkeys).values({ ...row, userId: client.userId });
  return client;
}

async function actionsOf(client: TestClient): Promise<string[]> {
  await drainAudit(env);
  const { rows } = await client.json<AuditPage>("GET", "/api/v1/audit");
  return rows.map(({ action }) => action);
}

async function sessionOf({ userId }: TestClient): Promise<string> {
  const [row] = await database.select({ id: sessions.id }).from(sessions).where(eq(sessions.userId, userId));
  if (row === undefined) throw new Error("the person must have a session");
  return row.id;
}

describe("a maintenance", () => {
  const navigate = (path: string, changed: object) =>
    request(path, { headers: { Accept: "text/html,application/xhtml+xml" } }, changed);

  it("answers 503 with when to come back, to programs and to browsers, and lets operators and what stops trading through", async () => {
    const { clock, changed } = surface();
    const [administrator, operator, trader] = [
      await newClient(changed, { role: "administrator" }),
      await newClient(changed, { role: "operator" }),
      await newClient(changed),
    ];
    const account = await trader.json<TradingAccount>("POST", "/api/v1/accounts", { name: "P", cash: "50000" }, 201);
    const order = {
      accountId: account.id,
      instrument: BTC,
      side: "buy",
      kind: "limit",
      quantity: "0.01",
      limit: "1000",
    };
    const placed = await trader.send("POST", "/api/v1/orders", order);
    const { order: open } = await placed.json<OrderDetail>();
    const until = START_MS + 10 * 60_000;
    const begin = { isOn: true, message: "New disks are put in.", until };
    await administrator.json("POST", "/api/v1/admin/maintenance", begin);
    clock.now += LOOK_EVERY_MS;
    const refused = await trader.send("GET", "/api/v1/bots");
    expect(refused.status).toBe(503);
    expect(refused.headers.get("Retry-After")).toBe(String((until - clock.now) / 1_000));
    expect(await refused.json()).toMatchObject({ code: "maintenance", detail: expect.stringContaining("New disks") });
    const page = await navigate("/bots", changed);
    expect([page.status, page.headers.get("Retry-After")]).toEqual([503, refused.headers.get("Retry-After")]);
    expect(await page.text()).toContain("New disks are put in.");
    for (const path of ["/sign-in", "/admin"]) expect((await navigate(path, changed)).status).not.toBe(503);
    expect((await operator.send("GET", "/api/v1/bots")).status).toBe(200);
    expect((await request("/health/live", {}, changed)).status).toBe(200);
    expect((await trader.send("POST", "/api/v1/session/token")).status).not.toBe(503);
    expect((await trader.send("POST", `/api/v1/orders/${open.id}/cancel`)).status).toBe(200);
    expect((await trader.send("POST", "/api/v1/kill", { scope: { kind: "user" } })).status).toBe(200);
    await administrator.json("POST", "/api/v1/admin/maintenance", { isOn: false });
    clock.now += LOOK_EVERY_MS;
    expect((await trader.send("GET", "/api/v1/bots")).status).toBe(200);
    const told = (await actionsOf(administrator)).filter((action) => action === "platform.maintenance");
    expect(told).toHaveLength(2);
  });

  it("stays as it is known while the database does not answer, and never ends before it begins", async () => {
    const { clock, changed } = surface();
    const administrator = await newClient(changed, { role: "administrator" });
    const past = { isOn: true, message: "Too late.", until: START_MS };
    expect((await administrator.send("POST", "/api/v1/admin/maintenance", past)).status).toBe(422);
    await administrator.json("POST", "/api/v1/admin/maintenance", { isOn: true, message: "The database moves." });
    clock.now += LOOK_EVERY_MS;
    expect((await navigate("/", changed)).status).toBe(503);
    clock.now += LOOK_EVERY_MS;
    const away = () => {
      throw new Error("the database is away");
    };
    const gone = { ...changed, bindings: { ...env, DB: { prepare: away } as unknown as D1Database } };
    // Another set of dependencies is another isolate: it has never seen the switch, and must not take it for thrown.
    expect((await navigate("/", gone)).status).not.toBe(503);
    expect((await navigate("/", changed)).status).toBe(503);
    await administrator.json("POST", "/api/v1/admin/maintenance", { isOn: false });
  });
});

describe("closing every position", () => {
  it("stops trading at once, and closes only what a second administrator has agreed to, in time and with a proof", async () => {
    const { clock, changed } = surface();
    const [first, second] = [await newAdministrator(changed), await newAdministrator(changed)];
    const trader = await newClient(changed);
    const account = await trader.json<TradingAccount>("POST", "/api/v1/accounts", { name: "P", cash: "50000" }, 201);
    const buy = { accountId: account.id, instrument: BTC, side: "buy", kind: "market", quantity: "0.01" };
    await trader.json("POST", "/api/v1/orders", buy, 201);
    const held = async () => {
      const state = await trader.json<AccountState>("GET", `/api/v1/accounts/${account.id}/state`);
      return state.positions.length;
    };
    await expect.poll(held).toBe(1);
    const asked = await first.json<Closing>("POST", "/api/v1/admin/closings", { reason: "Prices are wrong." }, 201);
    const switches = await first.json<PlatformSwitches>("GET", "/api/v1/admin/switches");
    expect(switches).toMatchObject({
      trading: { state: "HALTED", reason: asked.reason },
      closing: { id: asked.id, state: "open" },
    });
    expect(await held()).toBe(1);
    const confirm = `/api/v1/admin/closings/${asked.id}/confirm`;
    expect((await first.send("POST", confirm)).status).toBe(403);
    expect((await second.send("POST", "/api/v1/admin/closings", { reason: "Me, too." })).status).toBe(409);
    // A proof of the sign-in lasts some minutes.
    clock.now += STEP_UP_MS;
    expect(await (await second.send("POST", confirm)).json()).toMatchObject({ status: 403, code: "step_up" });
    clock.now = START_MS + 60_000;
    expect(await second.json<Closing>("POST", confirm)).toMatchObject({ state: "confirmed", decidedBy: second.userId });
    await expect.poll(held, { timeout: 10_000 }).toBe(0);
    expect((await second.send("POST", confirm)).status).toBe(409);
    expect(await actionsOf(first)).toContain("platform.closing.ask");
    expect(await actionsOf(second)).toContain("platform.closing.confirm");
    await first.json("POST", "/api/v1/admin/trading", { state: "ACTIVE" });
  });

  it("is decided once and together with the switch, whoever else decides or throws it at that moment", async () => {
    const [first, second] = [await newAdministrator(), await newAdministrator()];
    for (let round = 0; round < 4; round++) {
      const asked = await first.json<Closing>("POST", "/api/v1/admin/closings", { reason: "A race." }, 201);
      const path = `/api/v1/admin/closings/${asked.id}`;
      const withdraw = () => first.send("DELETE", path);
      const confirm = () => second.send("POST", `${path}/confirm`);
      const halt = () => first.send("POST", "/api/v1/admin/trading", HALT);
      const replies = await Promise.all(
        round % 2 === 0 ? [withdraw(), confirm(), halt()] : [halt(), confirm(), withdraw()],
      );
      expect(replies.filter(({ status }) => status >= 500)).toEqual([]);
      const { closing } = await first.json<PlatformSwitches>("GET", "/api/v1/admin/switches");
      expect(["confirmed", "withdrawn"]).toContain(closing?.state);
      expect((await readSwitch(database))?.flatten).toBe(closing?.state === "confirmed");
      await first.json("POST", "/api/v1/admin/trading", { state: "ACTIVE" });
    }
  });

  it("is void after half an hour, and can be taken back; trading stays stopped", async () => {
    const { clock, changed } = surface();
    const [first, second] = [await newAdministrator(changed), await newAdministrator(changed)];
    const asked = await first.json<Closing>("POST", "/api/v1/admin/closings", { reason: "A drill." }, 201);
    await second.json("DELETE", `/api/v1/admin/closings/${asked.id}`);
    expect((await second.send("POST", `/api/v1/admin/closings/${asked.id}/confirm`)).status).toBe(409);
    const again = await first.json<Closing>("POST", "/api/v1/admin/closings", { reason: "A drill." }, 201);
    clock.now = again.expiresAt;
    // Their sessions are of half an hour ago.
    const { token } = await issueAccessToken(
      env,
      { userId: first.userId, sessionId: await sessionOf(first) },
      clock.now,
    );
    const reply = await request("/api/v1/admin/switches", { headers: { Authorization: `Bearer ${token}` } }, changed);
    expect(await reply.json<PlatformSwitches>()).toMatchObject({
      ...{ closing: { state: "expired" }, trading: { state: "HALTED" } },
    });
    clock.now = START_MS;
    await first.json("POST", "/api/v1/admin/trading", { state: "ACTIVE" });
  });

  it("is refused where nobody else could agree to it, and by the switch of one administrator", async () => {
    const alone = await newAdministrator();
    const others = await database.select({ id: users.id }).from(users).where(eq(users.role, "administrator"));
    for (const { id } of others.filter((other) => other.id !== alone.userId)) {
      await database.update(users).set({ role: "trader" }).where(eq(users.id, id));
    }
    const refused = await alone.send("POST", "/api/v1/admin/closings", { reason: "All of it." });
    expect(await refused.json()).toMatchObject({ status: 409, code: "second_administrator" });
    const flat = await alone.send("POST", "/api/v1/admin/trading", { ...HALT, flatten: true });
    expect(flat.status).toBe(422);
  });
});

describe("work of the queues", () => {
  /** An operator, and a run of somebody's that no worker takes up by itself. */
  async function withRun() {
    const { bindings, sent } = withTestQueue();
    const operator = await newClient({ ...surface().changed, bindings }, { role: "operator" });
    const run = await newRun(bindings);
    sent.length = 0;
    const set = (values: Partial<typeof backtests.$inferInsert>) =>
      database.update(backtests).set(values).where(eq(backtests.id, run.id));
    return { operator, run, sent, set, path: `/api/v1/admin/jobs/run/${run.id}` };
  }

  it("shows a run that hangs, has it done again whoever held it, and tells so in both trails", async () => {
    const { operator, run, sent, set, path } = await withRun();
    const silent = { status: "running", aliveAt: START_MS - SILENT_MS - 1, leaseToken: "dead", redrives: 4 } as const;
    await set({ ...silent, leaseUntilMs: START_MS + 60_000 });
    const { rows } = await operator.json<{ rows: AdminJob[] }>("GET", "/api/v1/admin/jobs?kind=run&state=stuck");
    expect(rows).toEqual([expect.objectContaining({ id: run.id, state: "stuck", verbs: ["redrive", "cancel"] })]);
    const counts = await operator.json<JobCounts>("GET", "/api/v1/admin/job-counts");
    expect(counts.find(({ kind }) => kind === "run")).toMatchObject({ stuck: 1 });
    const again = await operator.json<AdminJob>("POST", `${path}/redrive`);
    expect(again).toMatchObject({ state: "waiting", attempts: 0 });
    expect(await run.row()).toMatchObject({ leaseToken: null, leaseUntilMs: 0 });
    expect(sent).toEqual([{ runId: run.id, ownerId: run.client.userId }]);
    expect(await actionsOf(operator)).toContain("job.redrive");
    expect(await actionsOf(run.client)).toContain("job.redrive");
  });

  it("takes up a run that was given up, ends one that waits, and touches none that has ended as it should", async () => {
    const { operator, run, sent, set, path } = await withRun();
    await set({ status: "failed", errorCode: "gave_up", errorMessage: "It stopped.", finishedAt: START_MS });
    expect((await operator.send("POST", `${path}/cancel`)).status).toBe(409);
    const again = await operator.json<AdminJob>("POST", `${path}/redrive`);
    expect(again).toMatchObject({ state: "waiting", error: null, finishedAt: null });
    expect(sent).toHaveLength(1);
    expect(await operator.json<AdminJob>("POST", `${path}/cancel`)).toMatchObject({ state: "cancelled" });
    expect((await operator.send("POST", `${path}/redrive`)).status).toBe(409);
    await set({ status: "done" });
    expect((await operator.send("POST", `${path}/redrive`)).status).toBe(409);
    expect(sent).toHaveLength(1);
    expect((await operator.send("POST", "/api/v1/admin/jobs/run/run_none/redrive")).status).toBe(404);
    expect(await actionsOf(operator)).toContain("job.cancel");
    expect(await actionsOf(run.client)).toContain("backtest.cancel");
  });

  it("has a letter that waits for its next try leave with the next minute, and none that lost its text", async () => {
    const operator = await newClient(surface().changed, { role: "operator" });
    const letter = {
      userId: null,
      recipient: "a@example.org",
      template: "test",
      subject: "s",
      body: "b",
      createdAt: START_MS,
    };
    await database.insert(mailOutbox).values([
      { ...letter, id: "mai_waits", attempts: 4, nextAttemptAt: START_MS + 3_600_000 },
      { ...letter, id: "mai_failed", attempts: 6, nextAttemptAt: START_MS, failedAt: START_MS },
    ]);
    const again = await operator.json<AdminJob>("POST", "/api/v1/admin/jobs/letter/mai_waits/redrive");
    expect(again).toMatchObject({ attempts: 4, aliveAt: START_MS, verbs: [] });
    expect((await operator.send("POST", "/api/v1/admin/jobs/letter/mai_failed/redrive")).status).toBe(409);
  });
});

describe("objects", () => {
  it("are found by name, id and owner, say how they are without what they trade, and are woken with an entry in both trails", async () => {
    const { changed } = surface();
    const [operator, trader] = [await newClient(changed, { role: "operator" }), await newClient(changed)];
    const account = await trader.json<TradingAccount>(
      "POST",
      "/api/v1/accounts",
      { name: "Odd name", cash: "777" },
      201,
    );
    for (const search of ["odd", account.id.slice(0, 12), trader.userId]) {
      const found = await operator.json<AdminObject[]>("GET", `/api/v1/admin/objects?search=${search}`);
      expect(
        found.map(({ id }) => id),
        search,
      ).toContain(account.id);
    }
    const path = `/api/v1/admin/objects/account/${account.id}`;
    const detail = await operator.json<AdminObjectDetail>("GET", path);
    expect(detail.live).toMatchObject({ sockets: 0, alarmAt: expect.any(Number) });
    expect(JSON.stringify(detail)).not.toContain("777");
    await operator.json("POST", `${path}/wake`);
    expect(await actionsOf(trader)).toContain("object.wake");
    expect((await operator.send("GET", "/api/v1/admin/objects/bot/bot_none")).status).toBe(404);
  });
});

describe("the deployment as operators see it", () => {
  it("asks what it needs and says what runs", async () => {
    const operator = await newClient(surface().changed, { role: "operator" });
    const health = await operator.json<DeploymentHealth>("GET", "/api/v1/admin/health");
    const states = Object.fromEntries(health.dependencies.map(({ name, state }) => [name, state]));
    expect(states).toMatchObject({ database: "working", "object store": "working", sidecar: "unset" });
    expect(health.migration).toMatch(/^\d{4}_/);
  });

  it("tells what operators did, once and the newest first, and nothing of what they did as traders", async () => {
    const { clock, changed } = surface();
    const [one, other] = [
      await newClient(changed, { role: "administrator" }),
      await newClient(changed, { role: "operator" }),
    ];
    clock.now += 1_000;
    await one.json("POST", "/api/v1/accounts", { name: "My own", cash: "1000" }, 201);
    await one.json("POST", "/api/v1/admin/trading", HALT);
    clock.now += 1_000;
    await one.json("POST", "/api/v1/admin/trading", { state: "ACTIVE" });
    await drainAudit(env);
    const trail = await other.json<OperatorTrail>("GET", "/api/v1/admin/audit?limit=2");
    expect(trail.rows.map(({ action, after }) => [action, after])).toEqual([
      ["platform.trading", { state: "ACTIVE", flatten: false }],
      ["platform.trading", { ...HALT, flatten: false }],
    ]);
    expect(trail.people.map(({ id }) => id)).toEqual(expect.arrayContaining([one.userId, other.userId]));
  });
});
