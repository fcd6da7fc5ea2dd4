import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import { askToHold, BusyVenue, startSidecar, until } from "../drill/sidecar-stage.ts";
import { SIDECAR_PING, SIDECAR_PONG } from "../schema/wire/sidecar.ts";
import { type LinkMemory, NO_LINK, takeFrame } from "../workers/account/link-machine.ts";
import { parseQuantity } from "../workers/core/ledger/decimal-text.ts";

/** Accounts, each with a socket to its venue and one to its object. */
const ACCOUNTS = 200;
const BUSY_MS = 10_000;
/** Frames that each account's venue tells while nobody takes them: more than is kept of them. */
const CUT_OFF_TRADES = 1_500;
const WAIT_MS_MAX = 60_000;

/** Holds 200 accounts' streams in one process and prints its memory: at rest, busy, and with all accounts cut off. */
export async function benchSidecar(): Promise<void> {
  console.log(`\nA sidecar that holds ${ACCOUNTS} accounts (budget 256 MB)`);
  const busy = new BusyVenue();
  const served = await busy.open();
  const accounts = new Accounts();
  const origin = `ws://127.0.0.1:${await accounts.listen()}`;
  const sidecar = await startSidecar([origin], { SIDECAR_BEAT_MS: "3000", SIDECAR_SILENT_MS: "10000" });
  const pid = sidecar.child.pid ?? 0;
  try {
    console.log(`  started: ${memoryOf(pid)}`);
    const credentials = await busy.credentials(served.url);
    for (let index = 0; index < ACCOUNTS; index++) {
      const accountId = `acc_${index}`;
      const callback = `${origin}/sidecar/v1/accounts/${accountId}`;
      const status = await askToHold(sidecar, { accountId, callback, credentials, venue: "XTS", epoch: 1 });
      if (status !== 200) throw new Error(`account ${index} must be held, was answered ${status}`);
    }
    await until("all venues are ready", () => accounts.ready === ACCOUNTS, WAIT_MS_MAX);
    console.log(`  ${2 * ACCOUNTS} sockets at rest: ${memoryOf(pid)}`);
    const before = accounts.fills;
    busy.start();
    await new Promise((resolve) => setTimeout(resolve, BUSY_MS));
    busy.stop();
    const perSecond = Math.round(((accounts.fills - before) * 1_000) / BUSY_MS);
    console.log(`  busy, ${perSecond} trades a second taken: ${memoryOf(pid)}`);
    accounts.cut();
    for (let trade = 0; trade < CUT_OFF_TRADES; trade++) {
      const clientId = `bench${String(trade).padStart(15, "0")}`;
      const terms = { clientId, symbol: "NSECM-2885", side: "buy", kind: "market" } as const;
      busy.venue.book.place({ ...terms, quantity: parseQuantity("1", "quantity") });
      if (trade % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    console.log(`  all accounts cut off, ${CUT_OFF_TRADES} trades each: ${memoryOf(pid)}`);
    accounts.resume();
    await until("all accounts are back", () => accounts.open === ACCOUNTS, WAIT_MS_MAX);
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    console.log(`  back, ${accounts.gaps} gaps told: ${memoryOf(pid)}`);
  } finally {
    sidecar.child.kill("SIGTERM");
    await busy.close();
    accounts.close();
  }
}

/** Memory of a process now and at most until now. */
function memoryOf(pid: number): string {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const megabytes = (name: string) =>
    Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1_024);
  return `${megabytes("VmRSS")} MB, ${megabytes("VmHWM")} MB at most`;
}

/** The objects of many accounts, each with its own memory. */
class Accounts {
  fills = 0;
  gaps = 0;
  private isCut = false;
  private readonly memories = new Map<string, LinkMemory>();
  private readonly server = createServer();
  private readonly sockets = new WebSocketServer({ noServer: true });

  constructor() {
    this.server.on("upgrade", (request, raw, head) => {
      if (this.isCut) {
        raw.end("HTTP/1.1 503 No\r\n\r\n");
        return;
      }
      this.sockets.handleUpgrade(request, raw, head, (socket) => {
        const account = request.url ?? "";
        let greeted = false;
        socket.on("error", () => undefined);
        socket.on("message", (data) => {
          const text = String(data);
          if (text === SIDECAR_PING) {
            socket.send(SIDECAR_PONG);
            return;
          }
          const memory = this.memories.get(account) ?? { ...NO_LINK, epoch: 1 };
          const step = takeFrame(memory, text, { greeted });
          this.memories.set(account, step.memory);
          for (const { type } of step.news) {
            if (type === "fill") this.fills += 1;
            if (type === "gap") this.gaps += 1;
          }
          for (const frame of step.send) {
            if (frame.type === "welcome") greeted = true;
            socket.send(JSON.stringify(frame));
          }
        });
      });
    });
  }

  get open(): number {
    return this.sockets.clients.size;
  }

  get ready(): number {
    return [...this.memories.values()].filter(({ venue }) => venue.state === "ready").length;
  }

  async listen(): Promise<number> {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    return (this.server.address() as AddressInfo).port;
  }

  cut(): void {
    this.isCut = true;
    this.gaps = 0;
    for (const socket of this.sockets.clients) socket.terminate();
  }

  resume(): void {
    this.isCut = false;
  }

  close(): void {
    for (const socket of this.sockets.clients) socket.terminate();
    this.server.closeAllConnections();
    this.server.close();
  }
}
