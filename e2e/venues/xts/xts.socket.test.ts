import { createRequire } from "node:module";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openXts } from "../../../workers/brokers/xts/open-xts.ts";
import { parsePrice } from "../../../workers/core/ledger/decimal-text.ts";
import { testOrder } from "../test-order.ts";
import { serveVenue, type VenueServer } from "../venue-server.ts";
import { XtsEmulator } from "./xts-emulator.ts";
import { keysOf } from "./xts-stage.ts";

interface SocketIoClient {
  on(event: string, hear: (content: string) => void): void;
  close(): void;
  readonly connected: boolean;
}

/** The client that Symphony's own libraries are built on: it has no types of its own. */
const connect = createRequire(import.meta.url)("socket.io-client") as (url: string, options: object) => SocketIoClient;

function once(socket: SocketIoClient, event: string): Promise<string> {
  return new Promise((resolve) => socket.on(event, resolve));
}

describe("the emulated sockets of XTS", () => {
  let server: VenueServer;
  let venue: XtsEmulator;
  beforeEach(async () => {
    venue = new XtsEmulator({
      now: Date.now,
      random: () => 0.5,
      after: (delayMs, act) => void setTimeout(act, delayMs),
    });
    server = await serveVenue(venue);
  });
  afterEach(() => server.close());

  it("are understood by a client that others wrote: it joins, hears its order and its trade, and leaves", async () => {
    const host = { base: server.url, dataPrefix: "/apimarketdata" };
    const send = (url: string, init: RequestInit) => fetch(url, init);
    const xts = openXts({ fetch: send, now: Date.now, host, ...keysOf(venue), segments: ["NSECM"] });
    const { token, userId } = await xts.streamCredentials("interactive");
    venue.book.trade("NSECM-2885", parsePrice("100", "price"));
    const socket = connect(server.url, {
      path: "/interactive/socket.io",
      transports: ["websocket"],
      query: { token, userID: userId, apiType: "INTERACTIVE" },
      reconnection: false,
    });
    await once(socket, "joined");
    const heard = [once(socket, "order"), once(socket, "trade")];
    const order = testOrder({ instrument: "XTS:NSECM-2885", quantity: "3" });
    expect(await xts.client.place(order)).toMatchObject({ outcome: "ack" });
    const [shown, trade] = (await Promise.all(heard)).map((text) => JSON.parse(text));
    expect(shown).toMatchObject({ OrderUniqueIdentifier: order.id, OrderStatus: "New" });
    expect(trade).toMatchObject({ OrderUniqueIdentifier: order.id, LastTradedPrice: 100, LastTradedQuantity: 3 });
    expect(socket.connected).toBe(true);
    socket.close();
  });

  it("let nobody in with another token", async () => {
    const socket = connect(server.url, {
      path: "/interactive/socket.io",
      transports: ["websocket"],
      query: { token: "forged", userID: "EMU01", apiType: "INTERACTIVE" },
      reconnection: false,
    });
    expect(await once(socket, "error")).toBe("Authentication error");
    socket.close();
  });
});
