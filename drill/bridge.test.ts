import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EmulatedTerminal } from "../e2e/venues/mt5/emulated-terminal.ts";
import { Mt5Emulator } from "../e2e/venues/mt5/mt5-emulator.ts";
import { parsePrice, parseQuantity } from "../workers/core/ledger/decimal-text.ts";
import { askToHold, DrillAccount, type SidecarProcess, startSidecar, until } from "./sidecar-stage.ts";

const WAIT_MS_MAX = 10_000;

describe("a terminal behind a sidecar", () => {
  const folder = mkdtempSync(join(tmpdir(), "apextrade-bridge-"));
  const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  const account = new DrillAccount();
  const venue = new Mt5Emulator({
    now: Date.now,
    random: () => 0.5,
    after: (delayMs, act) => void setTimeout(act, delayMs),
  });
  let sidecar: SidecarProcess;
  let terminal: EmulatedTerminal;
  let origin = "";

  const hold = async () => {
    const epoch = account.stored.epoch + 1;
    account.stored = { ...account.stored, epoch };
    const callback = `${origin}/sidecar/v1/accounts/acc_drill`;
    return askToHold(sidecar, { callback, venue: "MT5", credentials: venue.keys, epoch });
  };
  const start = async () => {
    sidecar = await startSidecar([origin], { MT5_TLS_CERT: cert, MT5_TLS_KEY: key, MT5_PLAIN: "false" });
  };
  const trade = (count: number) => {
    for (let made = 0; made < count; made++) {
      const clientId = `drill${String(venue.book.orders.size).padStart(15, "0")}`;
      const terms = { clientId, symbol: "BTCUSD", side: "buy", kind: "market" } as const;
      venue.book.place({ ...terms, quantity: parseQuantity("0.1", "quantity") });
    }
  };
  const heardAll = () => {
    const heard = new Set(account.heard);
    return venue.book.fills.every(({ id }) => heard.has(String(id)));
  };

  beforeAll(async () => {
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
    const made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
    execFileSync("openssl", [...made, "-keyout", key, "-out", cert, ...subject], { stdio: "ignore" });
    origin = `ws://127.0.0.1:${await account.listen()}`;
    await start();
    venue.book.trade("BTCUSD", parsePrice("100", "price"));
    terminal = new EmulatedTerminal(venue, { port: sidecar.bridgePort, ca: readFileSync(cert, "utf8") });
  }, 30_000);
  afterAll(() => {
    terminal.end();
    account.close();
    sidecar.child.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  });

  it("is let in once its account is held, and has its events stored before it may forget them", async () => {
    expect(await hold()).toBe(200);
    await until("the terminal is ready", () => account.stored.venue.state === "ready", WAIT_MS_MAX);
    trade(50);
    await until("every trade is heard", heardAll, WAIT_MS_MAX);
    await until("every event is acknowledged", () => terminal.waiting === 0, WAIT_MS_MAX);
  }, 30_000);

  it("answers what the account asks through the sidecar, and refuses what it must", async () => {
    expect(await account.ask("time.get", {})).toMatchObject({ ok: true, value: { at: expect.any(String) } });
    const asked = await account.ask("order.cancel", { cid: "nobody" });
    expect(asked).toMatchObject({ ok: false, code: "UNKNOWN_ORDER", isSent: true });
  }, 30_000);

  it("F25: tells every trade again that was not stored when the sidecar was killed, so that each is heard", async () => {
    trade(20);
    sidecar.child.kill("SIGKILL");
    await once(sidecar.child, "exit");
    trade(20);
    await start();
    terminal.redirect({ port: sidecar.bridgePort, ca: readFileSync(cert, "utf8") });
    await until("the account notices", () => account.downAt !== undefined, WAIT_MS_MAX);
    expect(await hold()).toBe(200);
    await until("every trade is heard", heardAll, WAIT_MS_MAX);
    await until("every event is acknowledged", () => terminal.waiting === 0, WAIT_MS_MAX);
  }, 30_000);
});
