import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { openAlpaca } from "../../workers/brokers/alpaca/open-alpaca.ts";
import { LiveBroker } from "../../workers/brokers/live-broker.ts";
import { MemoryJournal } from "../../workers/brokers/memory-journal.ts";
import { openOanda } from "../../workers/brokers/oanda/open-oanda.ts";
import type { VenueClient } from "../../workers/brokers/venue-client.ts";
import type { VenueNews } from "../../workers/brokers/venue-news.ts";
import type { StreamScript } from "../../workers/brokers/venue-stream.ts";
import { parsePrice } from "../../workers/core/ledger/decimal-text.ts";
import { ALPACA_KEYS, AlpacaEmulator } from "./alpaca/alpaca-emulator.ts";
import { OANDA_KEYS, OandaEmulator } from "./oanda/oanda-emulator.ts";
import { testOrder } from "./test-order.ts";
import type { VenueEmulator } from "./venue-emulator.ts";
import { serveVenue } from "./venue-server.ts";

/** Closes whatever a test has opened. */
const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

const PARTS = {
  now: Date.now,
  random: () => 0.5,
  after: (delayMs: number, act: () => void) => void setTimeout(act, delayMs),
};

async function serve(venue: VenueEmulator): Promise<string> {
  const server = await serveVenue(venue);
  opened.push(() => server.close());
  return server.url;
}

function brokerOf(client: VenueClient, id: string): LiveBroker {
  const instrument = { id, base: "BASE", quote: "USD" };
  const wait = (delayMs: number) => new Promise<void>((resolve) => void setTimeout(resolve, delayMs));
  const parts = { client, journal: new MemoryJournal(), currency: "USD", now: Date.now, wait };
  return new LiveBroker({ ...parts, instruments: () => [instrument] });
}

/** A buy that fills and a report that tells it. */
async function trades(broker: LiveBroker, instrument: string): Promise<void> {
  await broker.report("");
  const order = testOrder({ instrument });
  expect((await broker.place(order)).outcome).toBe("ack");
  const { report } = await broker.report("");
  expect(report.fills).toMatchObject([{ clientOrderId: order.id, quantity: order.quantity }]);
  const resting = testOrder({ instrument, kind: "limit", limit: "0.5" });
  expect((await broker.place(resting)).outcome).toBe("ack");
  expect((await broker.cancel(resting.id, undefined)).outcome).toBe("ack");
}

describe("over real connections", () => {
  it("OANDA trades, and its endless replies tell of it line by line", async () => {
    const venue = new OandaEmulator(PARTS);
    venue.book.trade("EUR_USD", parsePrice("1.1", "price"));
    const url = await serve(venue);
    const hosts = { rest: url, stream: url };
    const oanda = openOanda({ environment: "practice", key: OANDA_KEYS, fetch, now: Date.now, hosts });
    const script = await oanda.userStream();
    const news: VenueNews[] = [];
    const controller = new AbortController();
    opened.push(() => controller.abort());
    const reply = await fetch(script.url, { headers: script.headers, signal: controller.signal });
    news.push(...script.open(Date.now()).news);
    const reading = readLines(reply, script, news).catch(() => undefined);
    await trades(brokerOf(oanda.client, "OANDA:EUR_USD"), "OANDA:EUR_USD");
    await expect.poll(() => news.filter(({ type }) => type === "fill").length).toBe(1);
    controller.abort();
    await reading;
  });

  it("Alpaca trades, and its binary frames tell of it", async () => {
    const venue = new AlpacaEmulator(PARTS);
    venue.orders.cancelMs = 1;
    venue.book.trade("AAPL", parsePrice("100", "price"));
    const url = await serve(venue);
    const socketUrl = url.replace("http", "ws");
    const stream = `${socketUrl}/stream`;
    const dataStreams = {
      iex: `${socketUrl}/v2/iex`,
      sip: `${socketUrl}/v2/sip`,
      crypto: `${socketUrl}/v1beta3/crypto/us`,
    };
    const hosts = { trading: url, data: url, stream, dataStreams };
    const alpaca = openAlpaca({ environment: "paper", key: ALPACA_KEYS, fetch, now: Date.now, hosts });
    const news: VenueNews[] = [];
    const binary = new Set<boolean>();
    const [market] = alpaca.marketStreams(["ALPACA:AAPL"]);
    for (const script of [alpaca.userStream(), market]) await hold(script, news, binary);
    await trades(brokerOf(alpaca.client, "ALPACA:AAPL"), "ALPACA:AAPL");
    venue.book.trade("AAPL", parsePrice("101", "price"));
    await expect.poll(() => news.filter(({ type }) => type === "mark").length).toBe(1);
    const filled = news.filter((item) => item.type === "order" && item.order.status === "filled");
    expect([filled.length, [...binary]]).toEqual([1, [true]]);
  });
});

async function readLines(reply: Response, script: StreamScript, news: VenueNews[]): Promise<void> {
  let rest = "";
  for await (const part of reply.body ?? []) {
    const lines = (rest + Buffer.from(part).toString()).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) news.push(...script.take(line, Date.now()).news);
  }
}

/** Holds a socket, text in and out, until the venue has said that it tells everything. */
function hold(script: StreamScript, news: VenueNews[], binary: Set<boolean>): Promise<void> {
  const socket = new WebSocket(script.url);
  opened.push(() => socket.terminate());
  return new Promise((resolve) => {
    const follow = (step: ReturnType<StreamScript["take"]>) => {
      news.push(...step.news);
      for (const frame of step.send) socket.send(frame);
      if (step.isReady) resolve();
    };
    socket.on("open", () => follow(script.open(Date.now())));
    socket.on("message", (data, isBinary) => {
      binary.add(isBinary);
      follow(script.take(String(data), Date.now()));
    });
  });
}
