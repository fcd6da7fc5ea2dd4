import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { type PlannedRestore, planOf, type RestoredState, restoreState } from "../ops/backup/restore-state.ts";
import { type ServedFolder, serveFolder } from "../ops/backup/serve-folder.ts";
import { LocalRuntime } from "../ops/runtime/local-runtime.ts";
import { localSecrets } from "../ops/start/local-secrets.ts";
import { ApiClient } from "./api-client.ts";
import { DrillBots } from "./drill-bots.ts";

const INSTRUMENT = "SIM:BTC-USD";
/** Orders of the drill's clients until the loss: one each so often, on each account. */
const ORDER_EVERY_MS = 400;
const BACKUP_MS_MAX = 15 * 60_000;
const RPO_MS = 60_000;

export interface RecoveryTerms {
  /** Rows that are made in the database before: some 430 bytes each in its file. */
  readonly rows: number;
  readonly accounts: number;
  readonly bots: number;
  /** How long orders are placed between the full backup and the loss. */
  readonly tradeMs: number;
  readonly say: (line: string) => void;
}

export interface RecoveryResult {
  /** Orders that were acknowledged, and how many of them are not there after the restore. */
  readonly acknowledged: number;
  readonly lost: number;
  /** From the first that was lost to the loss, ms; 0 where none was. */
  readonly rpoMs: number;
  /** From the begin of the restore to a deployment that answers. */
  readonly rtoMs: number;
  readonly fullBackupMs: number;
  readonly restored: RestoredState;
  readonly findings: readonly string[];
}

interface Fact {
  readonly orderId: string;
  readonly accountId: string;
  readonly at: number;
}

/**
 * Loads a deployment, deletes its state folder behind a kill -9, restores it from its backups and holds what came back
 * against everything that it had acknowledged.
 */
export async function runRecoveryDrill(terms: RecoveryTerms): Promise<RecoveryResult> {
  const folder = mkdtempSync(join(tmpdir(), "apextrade-backups-"));
  const served = await serveFolder(folder);
  const state = mkdtempSync(join(tmpdir(), "apextrade-recovery-"));
  const drill = new RecoveryDrill(terms, { folder, served, state });
  try {
    return await drill.run();
  } finally {
    await drill.end();
    await served.close();
    for (const path of [folder, state, drill.secrets]) rmSync(path, { recursive: true, force: true });
  }
}

class RecoveryDrill {
  readonly secrets: string;
  private readonly terms: RecoveryTerms;
  private readonly place: { readonly folder: string; readonly served: ServedFolder; readonly state: string };
  private runtime: LocalRuntime | undefined;
  private readonly facts: Fact[] = [];
  private lostAt = 0;

  constructor(terms: RecoveryTerms, place: RecoveryDrill["place"]) {
    this.terms = terms;
    this.place = place;
    this.secrets = `${place.folder}.secrets.env`;
  }

  async run(): Promise<RecoveryResult> {
    const { say } = this.terms;
    const runtime = await this.start();
    cpSync(localSecrets(this.place.state).file, this.secrets);
    const api = this.client(runtime);
    await api.signUp();
    await api.renew();
    const accounts: string[] = [];
    for (let number = 1; number <= this.terms.accounts; number++)
      accounts.push(await api.openAccount(`Recovery ${number}`));
    const counts = { accounts: 1, botsAnAccount: this.terms.bots, candlesASecond: 1 };
    const bots = this.terms.bots === 0 ? undefined : await DrillBots.start(api, counts, INSTRUMENT);
    await drillCall(runtime, `fill?rows=${this.terms.rows}`);
    say(`${this.terms.rows} rows, ${accounts.length} accounts, ${this.terms.bots} bots`);
    const fullBackupMs = await this.backUp(runtime);
    say(`full backup made and verified in ${(fullBackupMs / 1_000).toFixed(1)} s`);
    await this.trade(api, accounts);
    await runtime.end();
    this.lostAt = Date.now();
    rmSync(this.place.state, { recursive: true, force: true });
    say(`${this.facts.length} orders acknowledged; the runtime was killed and its state deleted`);
    const { restored, rtoMs, again } = await this.recover();
    const { lackingAt, ...outcome } = await this.outcome(again);
    // What bots asked for meanwhile was not counted: of their accounts any order may be gone.
    const ofBots = bots?.accounts ?? [];
    const mayLack = new Set([...lackingAt, ...ofBots]);
    const findings = await this.compare(again, { accounts: [...accounts, ...ofBots], mayLack });
    if (outcome.rpoMs > RPO_MS) findings.push(`what was acknowledged ${outcome.rpoMs} ms before the loss is gone`);
    return { ...outcome, rtoMs, fullBackupMs, restored, findings };
  }

  async end(): Promise<void> {
    await this.runtime?.end();
  }

  private async start(): Promise<LocalRuntime> {
    const vars = { DRILL_BROKER: "", BACKUP_FOLDER: this.place.served.origin };
    this.runtime = await LocalRuntime.make({ main: "workers/drill.ts", vars, state: this.place.state });
    await this.runtime.start();
    return this.runtime;
  }

  private client(runtime: LocalRuntime): ApiClient {
    return new ApiClient(runtime.origin, localSecrets(this.place.state).secrets.DEMO_PASSWORD);
  }

  private async backUp(runtime: LocalRuntime): Promise<number> {
    const started = Date.now();
    // The first backup of all begins by itself; what is asked for meanwhile is the same one.
    const id = await drillCall<string>(runtime, "backup");
    while (Date.now() - started < BACKUP_MS_MAX) {
      const rows = await drillCall<{ id: string; status: string; reason: string | null }[]>(runtime, "backups");
      const row = rows.find((one) => one.id === id);
      if (row?.status === "verified") return Date.now() - started;
      if (row?.status === "failed") throw new Error(`the full backup failed: ${row.reason}`);
      await wait(250);
    }
    throw new Error(`a full backup must be made within ${BACKUP_MS_MAX} ms`);
  }

  private async trade(api: ApiClient, accounts: readonly string[]): Promise<void> {
    const until = Date.now() + this.terms.tradeMs;
    const price = await api.lastPrice(INSTRUMENT);
    const client = async (accountId: string) => {
      for (let number = 0; Date.now() < until; number++) {
        const side = number % 2 === 0 ? "buy" : "sell";
        const body = {
          accountId,
          instrument: INSTRUMENT,
          side,
          kind: number % 3 === 0 ? "market" : "limit",
          quantity: "0.002",
        };
        const limit = body.kind === "market" ? {} : { limit: (price * (side === "buy" ? 0.97 : 1.03)).toFixed(2) };
        const { order } = await api.place({ ...body, ...limit }, `recovery-${accountId}-${number}`);
        this.facts.push({ orderId: order.id, accountId, at: Date.now() });
        await wait(ORDER_EVERY_MS);
      }
    };
    await Promise.all(accounts.map(client));
  }

  private async recover(): Promise<{ restored: RestoredState; rtoMs: number; again: LocalRuntime }> {
    const { folder, state } = this.place;
    const started = Date.now();
    const how = { isAgreed: true, isDry: false, acceptsDifferences: false };
    const options = { to: Date.now(), from: folder, state, secrets: this.secrets, ...how };
    const planned: PlannedRestore = await planOf(options);
    for (const line of planned.lines) this.terms.say(line);
    const restored = await restoreState(options, planned, this.terms.say);
    const again = await this.start();
    return { restored, rtoMs: Date.now() - started, again };
  }

  /** What is gone of what was acknowledged; `lackingAt`: accounts of these orders. */
  private async outcome(again: LocalRuntime) {
    const api = this.client(again);
    await api.renew();
    const lost: Fact[] = [];
    for (const fact of this.facts) {
      const isThere = await api.order(fact.orderId).then(
        () => true,
        () => false,
      );
      if (!isThere) lost.push(fact);
    }
    const first = Math.min(...lost.map(({ at }) => at));
    const rpoMs = lost.length === 0 ? 0 : this.lostAt - first;
    const lackingAt = new Set(lost.map(({ accountId }) => accountId));
    return { acknowledged: this.facts.length, lost: lost.length, rpoMs, lackingAt };
  }

  /** What must hold of the restored deployment before anybody touches it. */
  private async compare(
    again: LocalRuntime,
    { accounts, mayLack }: { readonly accounts: readonly string[]; readonly mayLack: ReadonlySet<string> },
  ): Promise<string[]> {
    const api = this.client(again);
    await api.renew();
    const findings: string[] = [];
    for (const accountId of accounts) {
      const { state, stateReason, halts } = await api.state(accountId);
      if (state !== "HALTED") findings.push(`account ${accountId} must be halted, was ${state}`);
      if (stateReason !== "RESTORED") findings.push(`account ${accountId} must say why, said ${stateReason}`);
      // An order that the venue has and the books lost is said, and nothing else differs: what it traded is taken over.
      const others = halts.filter(({ code }) => code !== "ORDER_UNKNOWN" || !mayLack.has(accountId));
      findings.push(...others.map(({ code }) => `account ${accountId} differs from its venue: ${code}`));
    }
    // As `npm start` names it, which must find them.
    if (!existsSync(join(this.place.state, "v3/do/apextrade-AccountObject")))
      findings.push("npm start finds no objects");
    return findings;
  }
}

async function drillCall<T>(runtime: LocalRuntime, path: string): Promise<T> {
  const reply = await fetch(`${runtime.origin}/drill/${path}`, { method: "POST" });
  if (!reply.ok) throw new Error(`the drill was refused at ${path}: ${reply.status} ${await reply.text()}`);
  return (await reply.json()) as T;
}
