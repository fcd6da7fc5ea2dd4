import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { followChannel } from "../../docs/example/live-client.ts";
import { DashboardState } from "../../schema/wire/bot.ts";
import { closeSocketsOf } from "../auth/open-sockets.ts";
import { botReport } from "../testing/bot-report.ts";
import { newClient, ORIGIN, request } from "../testing/test-client.ts";
import { newKeyOf } from "../testing/test-key.ts";
import { dashboardOf } from "./dashboard.ts";

/** Values of the example client, and a way to wait for one. */
class Values {
  readonly seen: DashboardState[] = [];
  private readonly waiting: (() => void)[] = [];

  take(value: DashboardState): void {
    this.seen.push(DashboardState.parse(value));
    for (const wake of this.waiting.splice(0)) wake();
  }

  async until(done: (value: DashboardState) => boolean): Promise<void> {
    for (;;) {
      const last = this.seen.at(-1);
      if (last !== undefined && done(last)) return;
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }
}

describe("the example client of the live protocol", () => {
  it("follows a channel by a key, goes on after a break, and ends when the key does", async () => {
    const client = await newClient();
    const key = await newKeyOf(client.userId, ["read"]);
    const { object } = await dashboardOf(env, client.userId);
    const report = (botId: string) =>
      object.reportBot({
        ownerId: client.userId,
        ...botReport(botId, "acc"),
      });
    const values = new Values();
    const sockets: WebSocket[] = [];
    const addresses: string[] = [];
    const following = followChannel<DashboardState>({
      ...{ origin: ORIGIN, path: "/api/v1/dashboard/live", key, wait: async () => undefined },
      onValue: (value) => values.take(value),
      fetch: (url, init) => request(url.slice(ORIGIN.length), init),
      async open(url, protocols) {
        const headers = { Upgrade: "websocket", Origin: ORIGIN, "Sec-WebSocket-Protocol": protocols.join(", ") };
        const { webSocket } = await request(`${url.pathname}${url.search}`, { headers });
        if (webSocket === null) throw new Error("the reply has no socket");
        webSocket.accept();
        sockets.push(webSocket);
        addresses.push(url.search);
        return webSocket;
      },
    });
    await values.until(({ bots }) => Object.keys(bots).length === 0);
    await report("bot_1");
    await values.until(({ bots }) => "bot_1" in bots);
    sockets[0]?.close(1000);
    await report("bot_2");
    await values.until(({ bots }) => "bot_2" in bots);
    expect(addresses).toHaveLength(2);
    expect(addresses[1]).toMatch(/^\?epoch=[\w-]+&sequence=1$/);
    await closeSocketsOf(env, client.userId);
    expect(await following).toBe("signed_out");
  });
});
