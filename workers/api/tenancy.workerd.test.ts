import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { backfills } from "../../schema/tables/backfill.ts";
import { venueConnections } from "../../schema/tables/connection.ts";
import { passkeys } from "../../schema/tables/identity.ts";
import { journal } from "../../schema/tables/trading.ts";
import type { Backtest } from "../../schema/wire/backtest.ts";
import type { Dataset, Import } from "../../schema/wire/dataset.ts";
import type { UserStrategy } from "../../schema/wire/strategy.ts";
import type { OrderDetail } from "../../schema/wire/trading.ts";
import { openDatabase } from "../platform/database.ts";
import { ownedDatabase } from "../platform/owned-database.ts";
import { newClient, ORIGIN, request, START_MS, type TestClient } from "../testing/test-client.ts";
import { withTestQueue } from "../testing/test-queue.ts";
import { describedRoutes } from "../testing/test-routes.ts";

/** Routes that anybody may call; every other one must ask who is calling. */
const OPEN_ROUTES = new Set([
  "GET /health",
  "GET /health/live",
  "GET /health/ready",
  "GET /api/v1/session",
  "POST /api/auth/sign-in/email",
  "POST /api/auth/sign-up/email",
  "POST /api/auth/sign-out",
  "POST /api/auth/verify-email",
  "POST /api/auth/sign-in/second-factor",
  "POST /api/auth/sign-in/second-factor/passkey",
  "POST /api/auth/sign-in/passkey/options",
  "POST /api/auth/sign-in/passkey",
  "POST /api/auth/password/forgot",
  "POST /api/auth/password/reset",
  "POST /api/auth/email/confirm",
  // Shows a token in its path.
  "POST /hooks/v1/{token}",
]);

/** Routes that ask with something else than a bearer token: the session's cookie, a socket's sub-protocol. */
const OTHERWISE_GUARDED = new Set([
  "POST /api/v1/session/token",
  "GET /api/v1/backtests/{id}/live",
  "GET /api/v1/accounts/{id}/live",
  "GET /api/v1/bots/{id}/live",
  "GET /api/v1/markets/live",
  "GET /api/v1/dashboard/live",
]);

/** A body that is valid for each changing route with an id, so that a refusal can only be about the id. */
const BODIES: Readonly<Record<string, unknown>> = {
  "PATCH /api/v1/datasets/{id}": { name: "taken over" },
  "PATCH /api/v1/strategies/{id}": { name: "taken over", version: 1 },
  "PATCH /api/v1/accounts/{id}": { name: "taken over" },
  "PUT /api/v1/accounts/{id}/limits": { caps: {} },
  "POST /api/v1/accounts/{id}/trading-state": { state: "HALTED" },
  "POST /api/v1/accounts/{id}/differences/settle": {
    ...{ code: "BALANCE_DIFFERS", unit: "USD", difference: "1", reason: "taken over" },
  },
  "PATCH /api/v1/bots/{id}": { name: "taken over" },
  "POST /api/v1/bots/{id}/stop": { positions: "flatten" },
  "POST /api/v1/bots/{id}/signals/check": { message: "buy" },
  "PATCH /api/v1/bots/{id}/hook": { maxAgeSeconds: 3_600 },
  "PATCH /api/v1/journal/{id}": { notes: "taken over" },
  "PATCH /api/v1/notifications/channels/{id}": { label: "taken over" },
  "POST /api/v1/notifications/channels/{id}/confirm": { code: "a".repeat(43) },
  "PATCH /api/v1/connections/{id}": { label: "taken over" },
  "POST /api/v1/connections/{id}/rotate": {
    credentials: { venue: "ALPACA", environment: "paper", apiKey: "a-key-of-nobody", secret: "a secret of nobody" },
  },
};

const CONNECTION = {
  ...{ id: "con_of_the_owner", label: "mine", venue: "ALPACA", environment: "paper", keyEnd: "abcd", state: "working" },
  facts: {
    ...{ accountNumber: "1", currency: "USD", canTrade: true, canWithdraw: false, addressBound: null },
    ...{ permissions: [], warnings: [] },
  },
  ...{ checkedAt: START_MS, createdAt: START_MS, rotatedAt: START_MS },
} satisfies Omit<typeof venueConnections.$inferInsert, "ownerId">;

const BACKFILL = {
  ...{ id: "bfl_of_the_owner", name: "mine", status: "cancelled", sourceId: CONNECTION.id, venue: "ALPACA" },
  instrument: {
    ...{ id: "ALPACA:AAPL", venue: "ALPACA", symbol: "AAPL", kind: "stock", base: "AAPL", quote: "USD", tick: 0.01 },
    ...{ lot: 1, quantityMin: 1, notionalMin: 0, daysPerYear: 252 },
  },
  ...{ environment: "paper", nativeId: "AAPL", calendarId: "us-stock", timeframe: "1d", fromMs: 0, toMs: START_MS },
  ...{ cursorMs: 0, checkedMs: 0, datasetId: "dat_never_made", refused: {}, aliveAt: START_MS, createdAt: START_MS },
} satisfies Omit<typeof backfills.$inferInsert, "ownerId">;

describe("every route", () => {
  it.each(describedRoutes().map((route) => [route.name, route] as const))(
    "%s is open or asks who is calling",
    async (name, route) => {
      const guarded = route.secured || OTHERWISE_GUARDED.has(name);
      expect(guarded).toBe(!OPEN_ROUTES.has(name));
      if (!route.secured) return;
      const init = { method: route.method, headers: { Origin: ORIGIN, "Content-Type": uploadType(name) } };
      const reply = await request(route.path.replace("{id}", "x").replace("{part}", "overview"), init);
      expect(reply.status).toBe(401);
    },
  );
});

describe("S29 another user's things", () => {
  let owner: TestClient;
  let stranger: TestClient;
  let ids: Record<string, string>;

  beforeAll(async () => {
    const { bindings } = withTestQueue();
    owner = await newClient({ bindings });
    stranger = await newClient({ bindings });
    // A second factor, so that a refusal can only be about the id.
    await addPasskey(owner.userId, "owners-passkey");
    await addPasskey(stranger.userId, "strangers-passkey");
    const { rows } = await owner.json<{ rows: Dataset[] }>("GET", "/api/v1/datasets");
    const settings = { datasetIds: [rows[0].id], timeframe: "1h", strategy: { kind: "library", id: "noop" } };
    const run = await owner.json<Backtest>("POST", "/api/v1/backtests", { settings }, 201);
    const strategy = { name: "mine", document: "secret rules" };
    const { id: strategyId } = await owner.json<UserStrategy>("POST", "/api/v1/strategies", strategy, 201);
    const csv = ["time,open,high,low,close,volume", ...["01", "02", "03"].map((day) => `2024-01-${day},1,2,1,2,5`)];
    const upload = await owner.send("POST", "/api/v1/datasets/import?fileName=a.csv&symbol=XYZ", csv.join("\n"), {
      "Content-Type": "text/csv",
    });
    const imported = await upload.json<Import>();
    const made = (path: string, body: object) => owner.json<{ id: string }>("POST", path, body, 201);
    const key = await made("/api/v1/api-keys", { name: "bot", scopes: ["read"] });
    const invitation = await made("/api/v1/sharing/invitations", { email: "someone@example.org" });
    const archive = await made("/api/v1/account/exports", {});
    const account = await made("/api/v1/accounts", { name: "mine" });
    const caps = { orderNotional: "1000", positionNotional: "1000", openOrders: "5", dailyLoss: "100" };
    const definition = {
      ...{ strategy: { kind: "library", id: "noop" }, instruments: ["SIM:BTC-USD"], timeframe: "1m" },
      ...{ capital: "1000", limits: { caps } },
    };
    const bot = await made("/api/v1/bots", { name: "mine", accountId: account.id, definition });
    const order = await made("/api/v1/orders", {
      ...{ accountId: account.id, instrument: "SIM:BTC-USD", side: "buy", kind: "market", quantity: "0.01" },
    });
    await ownedDatabase(openDatabase(env.DB), owner.userId).insert(journal, tradeRow(account.id));
    await ownedDatabase(openDatabase(env.DB), owner.userId).insert(venueConnections, CONNECTION);
    await ownedDatabase(openDatabase(env.DB), owner.userId).insert(backfills, BACKFILL);
    const { rows: sessions } = await owner.json<{ rows: { id: string }[] }>("GET", "/api/v1/account/sessions");
    const { rows: channels } = await owner.json<{ rows: { id: string }[] }>("GET", "/api/v1/notifications/channels");
    const { rows: rules } = await owner.json<{ rows: { id: string }[] }>("GET", "/api/v1/notifications/rules");
    ids = {
      ...{ datasets: imported.datasetId ?? "", backtests: run.id, strategies: strategyId, imports: imported.id },
      ...{ "api-keys": key.id, invitations: invitation.id, sessions: sessions[0].id, passkeys: "owners-passkey" },
      ...{ exports: archive.id, connections: CONNECTION.id },
      ...{ "backfill-sources": CONNECTION.id, backfills: BACKFILL.id },
      ...{ accounts: account.id, bots: bot.id, orders: (order as unknown as OrderDetail).order.id, journal: "trade-1" },
      // Of a leave, the stranger is neither side.
      ...{ channels: channels[0].id, rules: rules[0].id },
      ...{ viewers: owner.userId, owners: owner.userId },
    };
  });

  it.each(
    describedRoutes()
      // Administration is about other people's things: the table of roles guards it.
      .filter(({ name, path }) => path.includes("{id}") && !path.includes("/admin/") && !OTHERWISE_GUARDED.has(name))
      .map((route) => [route.name, route] as const),
  )("do not exist on %s", async (name, { method, path }) => {
    const noun = path.slice(0, path.indexOf("/{id}")).split("/").at(-1) ?? "";
    const id = ids[noun];
    expect(id, `the test has no ${noun} to ask for`).toBeTruthy();
    const address = path.replace("{id}", id).replace("{part}", "overview");
    const reply = await stranger.send(method, address, BODIES[name]);
    expect(reply.status).toBe(404);
    expect(await reply.text()).not.toContain(owner.userId);
  });

  it("are on no list", async () => {
    const trading = ["accounts", "bots", "orders", "fills", "positions", "journal", "dashboard"];
    for (const noun of ["datasets", "strategies", "backtests", ...trading]) {
      const path = `/api/v1/${noun}`;
      const text = await (await stranger.send("GET", path)).text();
      for (const id of Object.values(ids)) expect(text).not.toContain(id);
    }
  });

  it("cannot be named in a run", async () => {
    const settings = { timeframe: "1d", strategy: { kind: "library", id: "noop" }, datasetIds: [ids.datasets] };
    const run = await stranger.send("POST", "/api/v1/backtests", { settings });
    expect(run.status).toBe(422);
    const own = await stranger.json<{ rows: Dataset[] }>("GET", "/api/v1/datasets");
    const stolen = { ...settings, datasetIds: [own.rows[0].id], strategy: { kind: "saved", id: ids.strategies } };
    expect((await stranger.send("POST", "/api/v1/backtests", { settings: stolen })).status).toBe(422);
    const append = `/api/v1/datasets/import?fileName=a.csv&symbol=XYZ&datasetId=${ids.datasets}`;
    const upload = await stranger.send("POST", append, "time,open\n", { "Content-Type": "text/csv" });
    expect(upload.status).toBe(404);
  });

  it("are all still there, unchanged", async () => {
    expect(await owner.json("GET", `/api/v1/strategies/${ids.strategies}`)).toMatchObject({ name: "mine" });
    expect(await owner.json("GET", `/api/v1/backtests/${ids.backtests}`)).toMatchObject({ status: "queued" });
    expect(await owner.json("GET", `/api/v1/datasets/${ids.datasets}`)).toMatchObject({ name: "XYZ 1d", candles: 3 });
  });
});

describe("the data layer", () => {
  it("S32 makes no query without an owner", () => {
    expect(() => ownedDatabase(openDatabase(env.DB), "")).toThrow("needs an owner");
  });
});

/** A trade as an account's outbox writes it. */
function tradeRow(accountId: string) {
  const prices = { entryPrice: "100", exitPrice: "101", fees: "0.1", profit: "0.9", won: true };
  const times = { openedAt: START_MS, closedAt: START_MS };
  const whose = { id: "trade-1", accountId, botId: null, instrument: "SIM:BTC-USD", side: "long" as const };
  return { ...whose, ...times, ...prices, quantity: "1", exitReason: "exit" };
}

async function addPasskey(userId: string, id: string): Promise<void> {
  const row = { id, userId, name: "key", publicKey: "", counter: 0, transports: [], createdAt: START_MS };
  await openDatabase(env.DB).insert(passkeys).values(row);
}

function uploadType(name: string): string {
  return name.endsWith("/import") ? "application/octet-stream" : "application/json";
}
