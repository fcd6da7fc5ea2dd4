import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { BrokerLedger, type OrderAsked } from "./broker-ledger.ts";
import { WEATHERS, type Weather } from "./broker-process.ts";

/**
 * A broker in a process of its own, with books of its own. It loses requests and replies, answers late, takes orders
 * seconds after the reply was given up, drops and doubles what it tells unasked, and trades while nobody listens.
 * `PUT /listener` says who is told that there is something to tell, `PUT /accounts/{id}` opens an account, `POST /calm` ends
 * what is pending and lets nothing fail or trade of itself before `POST /storm`; between them, at `POST /fair`, it trades and
 * rejects and nothing fails. `GET /book` shows everything. The first argument is the price that orders without a limit trade
 * at, until `PUT /price`.
 */
const ledgers = new Map<string, BrokerLedger>();
/** What is still to happen, by its timer; at a calm it happens at once. */
const pending = new Map<NodeJS.Timeout, () => void>();
let weather: Weather = "calm";
let listener = "";
/** Accounts with something to tell, until it is told. */
const telling = new Set<string>();
let [, , marketPrice = "0"] = process.argv;

const FAULTS = {
  ...{ requestLost: 0.04, rejected: 0.03, late: 0.08, replyLost: 0.08, replyLate: 0.05, fill: 0.12 },
  ...{ eventDropped: 0.1, eventDoubled: 0.1 },
};
const LATE_MS_MAX = 4_000;
const QUICK_MS_MAX = 120;
/** Beyond what the desk waits for. */
const REPLY_LATE_MS = 1_800;
const FILL_MS_MAX = 2_500;
/** What happens within this is told together. */
const TELL_AFTER_MS = 20;
/** A listener that does not answer within this has heard nothing. */
const TELL_MS_MAX = 2_000;

const server = createServer((request, response) => {
  handle(request, response).catch((error: unknown) => {
    console.error(error);
    response.writeHead(500).end();
  });
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  console.log(`port ${typeof address === "object" && address !== null ? address.port : 0}`);
});

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://broker");
  const body = await textOf(request);
  const asked = WEATHERS.find((name) => url.pathname === `/${name}`);
  if (asked !== undefined) return answer(response, 200, setWeather(asked));
  if (url.pathname === "/book") {
    const books = [...ledgers].map(([id, ledger]) => [id, ledger.book()]);
    return answer(response, 200, Object.fromEntries(books));
  }
  if (url.pathname === "/listener") {
    listener = body;
    return answer(response, 200, {});
  }
  if (url.pathname === "/price") {
    marketPrice = body;
    return answer(response, 200, {});
  }
  const [, , accountId = "", call, id] = url.pathname.split("/");
  if (request.method === "PUT") {
    const { ownerId, currency, cash } = JSON.parse(body) as { ownerId: string; currency: string; cash: string };
    const terms = { id: accountId, currency, capital: cash, openedAt: Date.now(), marketPrice: () => marketPrice };
    const query = `owner=${ownerId}&account=${accountId}`;
    if (!ledgers.has(accountId)) ledgers.set(accountId, new BrokerLedger(terms, () => tell(query)));
    return answer(response, 200, {});
  }
  const ledger = ledgers.get(accountId);
  if (ledger === undefined) return answer(response, 404, {});
  if (call === "report") return answer(response, 200, ledger.report(Number(url.searchParams.get("after")), Date.now()));
  if (call === "events") {
    const events = ledger.events(Number(url.searchParams.get("after")));
    return answer(response, 200, url.searchParams.has("whole") ? events : spoiled(events));
  }
  if (call === "cancels") return cancel(ledger, (JSON.parse(body) as { id: string }).id, response);
  if (request.method === "POST") return place(ledger, JSON.parse(body) as OrderAsked, response);
  return answer(
    response,
    200,
    ledger.book().orders.filter((order) => order.clientOrderId === id),
  );
}

function place(ledger: BrokerLedger, asked: OrderAsked, response: ServerResponse): void {
  if (fails(FAULTS.requestLost)) {
    response.destroy();
    return;
  }
  later(fails(FAULTS.late) ? LATE_MS_MAX : QUICK_MS_MAX, () => {
    const rejected = happens(FAULTS.rejected);
    const order = ledger.take(asked, rejected ? "rejected" : "open", Date.now());
    if (fails(FAULTS.replyLost)) response.destroy();
    else {
      const reply = () =>
        rejected
          ? answer(response, 422, { code: "REFUSED" })
          : answer(response, 200, { venueOrderId: order.venueOrderId });
      if (fails(FAULTS.replyLate)) setTimeout(reply, REPLY_LATE_MS);
      else reply();
    }
    if (!happens(FAULTS.fill)) return;
    const half = happens(0.4);
    later(FILL_MS_MAX, () => ledger.fill(order, { half, at: Date.now() }));
    if (half && happens(0.5)) later(2 * FILL_MS_MAX, () => ledger.fill(order, { half: false, at: Date.now() }));
  });
}

function cancel(ledger: BrokerLedger, id: string, response: ServerResponse): void {
  later(QUICK_MS_MAX, () => {
    const order = ledger.cancel(id);
    if (fails(FAULTS.replyLost)) response.destroy();
    else if (order === undefined) answer(response, 422, { code: "NOT_OPEN" });
    else answer(response, 200, { venueOrderId: order.venueOrderId });
  });
}

function setWeather(asked: Weather): object {
  weather = asked;
  // What happens now may make more pending; a calm ends that too.
  while (weather === "calm" && pending.size > 0) {
    for (const [timer, act] of [...pending]) {
      clearTimeout(timer);
      pending.delete(timer);
      act();
    }
  }
  return {};
}

function later(withinMs: number, act: () => void): void {
  const timer = setTimeout(
    () => {
      pending.delete(timer);
      act();
    },
    weather === "calm" ? 0 : Math.random() * withinMs,
  );
  pending.set(timer, act);
}

/** Says once that there is something to tell. Whoever is down, or not reached in a storm, does not hear it. */
function tell(query: string): void {
  if (telling.has(query) || listener === "") return;
  telling.add(query);
  setTimeout(() => {
    telling.delete(query);
    if (fails(FAULTS.eventDropped)) return;
    const signal = AbortSignal.timeout(TELL_MS_MAX);
    fetch(`${listener}/drill/told?${query}`, { method: "POST", signal }).catch(() => undefined);
  }, TELL_AFTER_MS);
}

/** What arrives of what was told unasked. */
function spoiled(events: readonly object[]): object[] {
  return events.flatMap((event) => {
    if (fails(FAULTS.eventDropped)) return [];
    return fails(FAULTS.eventDoubled) ? [event, event] : [event];
  });
}

/** Whether something comes about that brokers do, such as a trade: in a calm, nothing does. */
function happens(share: number): boolean {
  return weather !== "calm" && Math.random() < share;
}

/** Whether a fault comes about: in storms alone. */
function fails(share: number): boolean {
  return weather === "storm" && Math.random() < share;
}

function answer(response: ServerResponse, status: number, body: object): void {
  if (response.destroyed) return;
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
