import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { HoldRequest, type SidecarFrame } from "../../schema/wire/sidecar.ts";
import { issueSidecarToken, sidecarKey } from "../auth/sidecar-token.ts";
import { secretId } from "../brokers/venue-keys.ts";
import type { VenueNews } from "../brokers/venue-news.ts";
import { openDatabase } from "../platform/database.ts";
import type { Env } from "../platform/env.ts";
import { ownedDatabase } from "../platform/owned-database.ts";
import { prepareSecret } from "../platform/vault.ts";
import { ConnectionObject } from "./connection-object.ts";

const SECRET = "a secret of the tests that is long enough";
const KEYS = {
  ...{ venue: "MT5", environment: "demo", login: "5012345", server: "Emulated-Demo" },
  secret: "0123456789abcdef0123456789abcdef",
};
const GAP: SidecarFrame = {
  ...{ type: "item", sequence: 1 },
  item: { kind: "news", news: [{ type: "gap", reason: "the terminal connected" }] },
};

interface Stage {
  readonly object: ConnectionObject;
  readonly of: { readonly ownerId: string; readonly connectionId: string };
  /** What was asked of the sidecar. */
  readonly holds: HoldRequest[];
  /** What each account was told. */
  readonly heard: { readonly account: string; readonly news: readonly VenueNews[] }[];
  /** Accounts that cannot store what they are told. */
  readonly broken: Set<string>;
  /** Dials as the sidecar does; answers what the object said. */
  dial(): Promise<{ socket: WebSocket; said: Record<string, unknown>[] }>;
}

let owners = 0;
afterEach(() => void vi.unstubAllGlobals());

/** An object whose sidecar and accounts are the test's. */
async function onStage(work: (stage: Stage) => Promise<void>): Promise<void> {
  owners += 1;
  const of = { ownerId: `usr_line_${owners}`, connectionId: `con_line_${owners}` };
  const owned = ownedDatabase(openDatabase(env.DB), of.ownerId);
  const kept = { id: secretId(of.connectionId), field: "credentials", secret: JSON.stringify(KEYS), show: "nothing" };
  const { statements } = await prepareSecret({ env, owned, nowMs: Date.now() }, kept as never);
  await owned.batch(statements);
  const [holds, heard, broken]: [HoldRequest[], Stage["heard"], Set<string>] = [[], [], new Set()];
  vi.stubGlobal("fetch", async (_url: string, init: RequestInit) => {
    if (init.method === "POST") holds.push(HoldRequest.parse(JSON.parse(String(init.body))));
    return Response.json({ stream: "stream-1", state: "connecting" });
  });
  const accountOf = (account: string) => ({
    onStream: async ({ news }: { news: readonly VenueNews[] }) => {
      if (broken.has(account)) throw new Error("the disk is full");
      heard.push({ account, news });
    },
    onLine: async () => undefined,
  });
  const bindings = {
    ...env,
    ...{ SIDECAR_SECRET: SECRET, SIDECAR_CALLBACKS: "wss://trade.test", SIDECAR_URL: "http://sidecar.test" },
    ACCOUNT: { getByName: accountOf },
  } as unknown as Env;
  await runInDurableObject(env.CONNECTION.getByName(`line-${owners}`), async (instance, ctx) => {
    const object = new ConnectionObject(ctx, bindings);
    Object.assign(instance, {
      webSocketMessage: (socket: WebSocket, text: string) => object.webSocketMessage(socket, text),
      webSocketClose: (socket: WebSocket) => object.webSocketClose(socket),
      alarm: () => undefined,
    });
    const dial: Stage["dial"] = async () => {
      const { ownerId, connectionId: accountId } = of;
      const claims = { accountId, ownerId, epoch: holds.at(-1)?.epoch ?? 0, tokenId: crypto.randomUUID() };
      const token = await issueSidecarToken(sidecarKey(SECRET), "sidecar", { ...claims, nowMs: Date.now() });
      const headers = { Upgrade: "websocket", Authorization: `Bearer ${token}` };
      const { webSocket } = await object.fetch(new Request("https://object.internal/", { headers }));
      if (webSocket === null) throw new Error("no socket was opened");
      const said: Record<string, unknown>[] = [];
      webSocket.accept();
      webSocket.addEventListener("message", ({ data }) => void said.push(JSON.parse(String(data))));
      webSocket.send(
        JSON.stringify({ type: "hello", protocol: 1, stream: "stream-1", epoch: claims.epoch, first: 1, last: 0 }),
      );
      await vi.waitFor(() => expect(said).toHaveLength(1));
      return { socket: webSocket, said };
    };
    await work({ object, of, holds, heard, broken, dial });
    for (const socket of ctx.getWebSockets()) socket.close(1000, "");
  });
}

describe("the line of a terminal", () => {
  it("is held for its connection alone, under a name that no other connection has", () =>
    onStage(async ({ object, of, holds, dial }) => {
      await object.holdTerminal({ ...of, listener: undefined });
      await vi.waitFor(() => expect(holds).toHaveLength(1));
      expect(holds[0]).toMatchObject({
        ...{ venue: "MT5", callback: `wss://trade.test/sidecar/v1/connections/${of.connectionId}` },
        credentials: { login: KEYS.login, keyId: of.connectionId },
        instruments: [],
      });
      await dial();
      expect(await object.holdTerminal({ ...of, listener: undefined })).toMatchObject({ up: true });
      // Nobody asks twice for what stands.
      expect(holds).toHaveLength(1);
    }));

  it("is held anew where an account of it wants other prices", () =>
    onStage(async ({ object, of, holds, dial }) => {
      await object.holdTerminal({ ...of, listener: undefined });
      await vi.waitFor(() => expect(holds).toHaveLength(1));
      await dial();
      await object.holdTerminal({ ...of, listener: { account: "one", instruments: ["MT5:EURUSD"] } });
      await vi.waitFor(() => expect(holds).toHaveLength(2));
      expect(holds[1]?.instruments).toEqual(["MT5:EURUSD"]);
      expect(holds[1]?.epoch).toBeGreaterThan(holds[0]?.epoch ?? 0);
    }));

  it("tells every account of it, and acknowledges nothing that one of them did not store", () =>
    onStage(async ({ object, of, holds, heard, broken, dial }) => {
      for (const account of ["one", "two"]) {
        await object.holdTerminal({ ...of, listener: { account, instruments: ["MT5:EURUSD"] } });
      }
      await vi.waitFor(() => expect(holds).toHaveLength(1));
      const first = await dial();
      heard.length = 0;
      broken.add("two");
      first.socket.send(JSON.stringify(GAP));
      await vi.waitFor(() => expect(heard.map(({ account }) => account)).toContain("one"));
      expect(first.said.filter(({ type }) => type === "ack")).toEqual([]);

      broken.clear();
      const again = await dial();
      again.socket.send(JSON.stringify(GAP));
      await vi.waitFor(() => expect(again.said.at(-1)).toEqual({ type: "ack", sequence: 1 }));
      expect(heard.map(({ account }) => account)).toContain("two");
    }));

  it("lets an account that has left hear nothing more", () =>
    onStage(async ({ object, of, holds, heard, dial }) => {
      await object.holdTerminal({ ...of, listener: { account: "one", instruments: [] } });
      await vi.waitFor(() => expect(holds).toHaveLength(1));
      await object.leaveTerminal({ ...of, account: "one" });
      const { socket, said } = await dial();
      socket.send(JSON.stringify(GAP));
      await vi.waitFor(() => expect(said.at(-1)).toEqual({ type: "ack", sequence: 1 }));
      expect(heard).toEqual([]);
    }));
});
