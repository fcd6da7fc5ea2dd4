import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { emulatedFetch } from "../../../e2e/venues/emulated-fetch.ts";
import { XtsEmulator } from "../../../e2e/venues/xts/xts-emulator.ts";
import { vaultSecrets } from "../../../schema/tables/vault.ts";
import type { Connection, ConnectionList } from "../../../schema/wire/connection.ts";
import type { TradingAccount } from "../../../schema/wire/trading.ts";
import type { ConnectionObject } from "../../connection/connection-object.ts";
import { connectionDeps } from "../../connection/connection-port.ts";
import { openDatabase } from "../../platform/database.ts";
import { objectName } from "../../platform/object-name.ts";
import { newClient, type TestClient } from "../../testing/test-client.ts";

/** A broker's server, counting who logs in. */
interface Broker {
  readonly emulator: XtsEmulator;
  logIns: { interactive: number; data: number };
}

let broker: Broker;

beforeEach(() => {
  const emulator = new XtsEmulator({ now: Date.now, random: () => 0.5, after: () => undefined });
  broker = { emulator, logIns: { interactive: 0, data: 0 } };
  const record = ({ request: { path } }: { request: { path: string } }) => {
    if (path === "/interactive/user/session") broker.logIns.interactive += 1;
    if (path === "/apimarketdata/auth/login") broker.logIns.data += 1;
  };
  vi.stubGlobal("fetch", emulatedFetch(emulator, { record }));
});
afterEach(() => void vi.unstubAllGlobals());

function keysOf({ emulator: { keys } }: Broker, changed: object = {}) {
  return {
    ...{ venue: "XTS", environment: "test", broker: "symphony" },
    ...{ interactiveKey: keys.appKey, interactiveSecret: keys.secretKey },
    ...{ marketKey: keys.dataAppKey, marketSecret: keys.dataSecretKey, ...changed },
  };
}

async function connected(): Promise<{ client: TestClient; connection: Connection }> {
  const client = await newClient();
  const body = { label: "Broker", credentials: keysOf(broker) };
  return { client, connection: await client.json<Connection>("POST", "/api/v1/connections", body, 201) };
}

async function objectOf({ userId }: TestClient, { id }: Connection) {
  const name = await objectName({ kind: "connection", ownerId: userId, id });
  return env.CONNECTION.getByName(name) as DurableObjectStub<ConnectionObject>;
}

function tokensOf(client: TestClient, { id }: Connection, side: "interactive" | "data" = "interactive") {
  return connectionDeps(env, { ownerId: client.userId, connectionId: id }).xtsHolder?.(side);
}

const secretsOf = ({ userId }: TestClient) =>
  openDatabase(env.DB).select().from(vaultSecrets).where(eq(vaultSecrets.ownerId, userId));

describe("a connection", () => {
  it("is kept once its venue has answered for both of its keys, and nothing of them in the clear", async () => {
    const { client, connection } = await connected();
    expect(connection).toMatchObject({ state: "working", isLive: false, keyEnd: "8293", accounts: [], line: null });
    expect(connection.facts).toMatchObject({ accountNumber: "EMU01", currency: "INR", canWithdraw: false });
    const [secret] = await secretsOf(client);
    expect(secret?.sealed).toMatch(/^v1\./);
    const { keys } = broker.emulator;
    for (const text of [keys.secretKey, keys.dataSecretKey]) {
      expect(JSON.stringify([secret, connection])).not.toContain(text);
    }
  });

  it("is refused where only the key of its prices is wrong, and says which", async () => {
    const client = await newClient();
    const credentials = keysOf(broker, { marketSecret: "another secret" });
    const reply = await client.send("POST", "/api/v1/connections", { label: "Broker", credentials });
    expect(reply.status).toBe(422);
    expect(await reply.text()).toContain("market data application");
    expect(await secretsOf(client)).toEqual([]);
  });

  it("is refused for an account that is connected already", async () => {
    const { client } = await connected();
    const body = { label: "Again", credentials: keysOf(broker) };
    const reply = await client.send("POST", "/api/v1/connections", body);
    expect(reply.status).toBe(409);
    expect(await reply.json()).toMatchObject({ code: "already_connected" });
  });

  it("takes new keys of the same account, which everybody who asks with it uses from then on", async () => {
    const { client, connection } = await connected();
    const before = await tokensOf(client, connection)?.current();
    const { keys } = broker.emulator;
    Object.assign(keys, { secretKey: "Emul123#new" });
    const path = `/api/v1/connections/${connection.id}`;
    const rotated = await client.json<Connection>("POST", `${path}/rotate`, { credentials: keysOf(broker) });
    expect(rotated.rotatedAt).toBeGreaterThanOrEqual(connection.rotatedAt);
    const after = await tokensOf(client, connection)?.renewed(before?.token ?? "");
    expect(after?.token).not.toBe(before?.token);
    expect(await secretsOf(client)).toHaveLength(1);
    expect(await client.json<Connection>("POST", `${path}/test`)).toMatchObject({ state: "working" });
  });

  it("takes no keys of another account, nor any that its venue refuses, and keeps its own", async () => {
    const { client, connection } = await connected();
    const path = `/api/v1/connections/${connection.id}`;
    const [sealed] = await secretsOf(client);
    const wrong = { credentials: keysOf(broker, { interactiveSecret: "another secret" }) };
    expect((await client.send("POST", `${path}/rotate`, wrong)).status).toBe(422);
    const live = { credentials: keysOf(broker, { environment: "live", broker: "iifl" }) };
    expect((await client.send("POST", `${path}/rotate`, live)).status).toBe(422);
    Object.assign(broker.emulator.keys, { clientId: "EMU02" });
    const other = await client.send("POST", `${path}/rotate`, { credentials: keysOf(broker) });
    expect(await other.text()).toContain("EMU01");
    expect(await secretsOf(client)).toEqual([sealed]);
  });

  it("is not removed while an account trades with it, and afterwards leaves nothing behind", async () => {
    const { client, connection } = await connected();
    const path = `/api/v1/connections/${connection.id}`;
    const market = { kind: "venue", connectionId: connection.id, instruments: ["XTS:NSECM-22"] };
    const body = { name: "India", currency: "INR", market };
    const account = await client.json<TradingAccount>("POST", "/api/v1/accounts", body, 201);
    const object = await objectOf(client, connection);
    expect(await client.send("DELETE", path).then((reply) => reply.json())).toMatchObject({
      ...{ code: "connection_in_use", detail: expect.stringContaining("India") },
    });
    expect((await client.send("DELETE", `/api/v1/accounts/${account.id}`)).status).toBe(204);
    expect((await client.send("DELETE", path)).status).toBe(204);
    expect(await secretsOf(client)).toEqual([]);
    expect((await client.json<ConnectionList>("GET", "/api/v1/connections")).rows).toEqual([]);
    await runInDurableObject(object, (_, { storage }) => {
      expect([...storage.kv.list()]).toEqual([]);
    });
  });
});

describe("candles of a venue that does not answer", () => {
  it("are told to be away for now, to a bot's preview and to its chart, and not to be a fault of ours", async () => {
    const { client, connection } = await connected();
    const instrument = "XTS:NSECM-22";
    const market = { kind: "venue", connectionId: connection.id, instruments: [instrument] };
    const made = { name: "India", currency: "INR", market };
    const account = await client.json<TradingAccount>("POST", "/api/v1/accounts", made, 201);
    broker.emulator.faults.maintenance = true;
    const strategy = { kind: "library", id: "noop", parameters: {} };
    const caps = { orderNotional: "20000", positionNotional: "20000", openOrders: "10", dailyLoss: "2000" };
    const definition = { strategy, instruments: [instrument], timeframe: "1h", capital: "10000", limits: { caps } };
    const body = { accountId: account.id, definition };
    const asked = new URLSearchParams({ accountId: account.id, instrument, limit: "10" });
    const replies = [
      await client.send("POST", "/api/v1/bots/preview", body),
      await client.send("GET", `/api/v1/markets/candles?${asked}`),
    ];
    for (const reply of replies) {
      expect(await reply.json()).toMatchObject({ status: 503, detail: expect.stringContaining("did not answer") });
      expect(Number(reply.headers.get("Retry-After"))).toBeGreaterThan(0);
    }
  });
});

describe("the session of a connection", () => {
  it("is one for everybody: many who ask at once log in once", async () => {
    const { client, connection } = await connected();
    broker.logIns = { interactive: 0, data: 0 };
    const asked = Array.from({ length: 20 }, () => tokensOf(client, connection)?.current());
    const tokens = new Set((await Promise.all(asked)).map((token) => token?.token));
    expect(tokens.size).toBe(1);
    expect(broker.logIns).toEqual({ interactive: 1, data: 0 });
  });

  it("is renewed once where it was ended, however many find out", async () => {
    const { client, connection } = await connected();
    const ended = (await tokensOf(client, connection)?.current())?.token ?? "";
    broker.logIns = { interactive: 0, data: 0 };
    const renewed = await Promise.all(Array.from({ length: 20 }, () => tokensOf(client, connection)?.renewed(ended)));
    expect(new Set(renewed.map((token) => token?.token)).size).toBe(1);
    // Who finds out late is given the one that followed, and ends it for nobody.
    expect((await tokensOf(client, connection)?.renewed(ended))?.token).toBe(renewed[0]?.token);
    expect(broker.logIns.interactive).toBe(1);
  });

  it("outlives a sleep of its object, sealed", async () => {
    const { client, connection } = await connected();
    const { token } = (await tokensOf(client, connection)?.current()) ?? {};
    expect(token).toBeDefined();
    await runInDurableObject(await objectOf(client, connection), (_, { storage }) => {
      const stored = JSON.stringify([...storage.kv.list()]);
      expect(stored).toContain("session:interactive");
      expect(stored).not.toContain(token);
    });
  });

  it("is told to nobody but its owner", async () => {
    const { client, connection } = await connected();
    await tokensOf(client, connection)?.current();
    const stub = await objectOf(client, connection);
    await runInDurableObject(stub, async (object) => {
      const call = { ownerId: "usr_other", connectionId: connection.id, side: "interactive" as const };
      await expect(object.xtsToken({ ...call, ended: undefined })).rejects.toThrow("another owner");
    });
  });
});

describe("a terminal", () => {
  const credentials = { venue: "MT5", environment: "demo", login: "5012345", server: "Emulated-Demo" };
  const secret = "0123456789abcdef0123456789abcdef";

  it("is not connected where this deployment has no port that it could dial", async () => {
    const client = await newClient();
    const body = { label: "Terminal", credentials: { ...credentials, secret } };
    const reply = await client.send("POST", "/api/v1/connections", body);
    expect(reply.status).toBe(409);
    expect(await reply.json()).toMatchObject({ code: "no_bridge" });
    expect(await client.json<ConnectionList>("GET", "/api/v1/connections")).toEqual({ rows: [], bridge: null });
  });

  it("is waited for with its key kept, and shows where it has to dial", async () => {
    const sidecar = { SIDECAR_SECRET: "a secret of the tests that is long enough", SIDECAR_CALLBACKS: "wss://x.test" };
    const bindings = { ...env, ...sidecar, BRIDGE_ADDRESS: "bridge.example.org:8443" };
    const client = await newClient({ bindings });
    const body = { label: "Terminal", credentials: { ...credentials, secret } };
    const made = await client.json<Connection>("POST", "/api/v1/connections", body, 201);
    expect(made).toMatchObject({ state: "waiting", facts: { accountNumber: "5012345 at Emulated-Demo" } });
    expect(made.facts.canTrade).toBe(false);
    const { bridge } = await client.json<ConnectionList>("GET", "/api/v1/connections");
    expect(bridge).toEqual({ host: "bridge.example.org", port: 8443 });
    const again = await client.send("POST", "/api/v1/connections", body);
    expect(await again.json()).toMatchObject({ code: "already_connected" });
    expect(JSON.stringify(await secretsOf(client))).not.toContain(secret);
  });

  it("is refused a key that is short enough to be guessed", async () => {
    const client = await newClient();
    const body = { label: "Terminal", credentials: { ...credentials, secret: "too short" } };
    const reply = await client.send("POST", "/api/v1/connections", body);
    expect(reply.status).toBe(422);
    expect(await reply.text()).toContain("32 to 200 characters");
  });
});
