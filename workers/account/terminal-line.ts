import { connectionObject } from "../connection/connection-port.ts";
import { logEvent } from "../platform/log-event.ts";
import { objectName } from "../platform/object-name.ts";
import type { AccountRecord } from "./account-record.ts";
import type { LinkConnection } from "./link-machine.ts";
import { hasSidecars, type SidecarHoldParts } from "./sidecar-hold.ts";

const LINE = "terminal-line";
/** The connection's object tells each change at once; it is asked this often, so that one that was lost comes back, ms. */
const ASK_EVERY_MS = 60_000;

const UNKNOWN: LinkConnection = {
  ...{ up: false, venue: "down", reason: "waiting for the terminal", since: 0, waiting: 0, gapAt: 0 },
};

/** How an account knows of its terminal, whose line the object of its connection holds. */
export class TerminalLine {
  private readonly parts: Pick<SidecarHoldParts, "ctx" | "env" | "now" | "changed">;
  private askAt = 0;

  constructor(parts: Pick<SidecarHoldParts, "ctx" | "env" | "now" | "changed">) {
    this.parts = parts;
  }

  connection(): LinkConnection | undefined {
    if (!hasSidecars(this.parts.env)) return undefined;
    return this.parts.ctx.storage.kv.get<LinkConnection>(LINE) ?? UNKNOWN;
  }

  heard(line: LinkConnection): void {
    this.parts.ctx.storage.kv.put(LINE, line);
  }

  /** Says that this account listens. Throws nothing and waits for nobody. */
  keep(record: AccountRecord): void {
    const { now, ctx } = this.parts;
    if (record.account.market.kind !== "venue" || now() < this.askAt || !hasSidecars(this.parts.env)) return;
    this.askAt = now() + ASK_EVERY_MS;
    ctx.waitUntil(
      this.ask(record).catch((error: unknown) => logEvent("terminal_not_asked", { id: record.account.id, error })),
    );
  }

  nextLookAt({ account }: AccountRecord): number | undefined {
    if (account.market.kind !== "venue" || !hasSidecars(this.parts.env)) return undefined;
    return Math.max(this.askAt, this.parts.now());
  }

  async end(record: AccountRecord): Promise<void> {
    const { ownerId, account } = record;
    if (account.market.kind !== "venue") return;
    const { connectionId } = account.market;
    const connection = await connectionObject(this.parts.env, { ownerId, connectionId });
    await connection.leaveTerminal({ ownerId, connectionId, account: await nameOf(record) });
  }

  private async ask(record: AccountRecord): Promise<void> {
    const { ownerId, account, instruments } = record;
    if (account.market.kind !== "venue") return;
    const { connectionId } = account.market;
    const connection = await connectionObject(this.parts.env, { ownerId, connectionId });
    const listener = { account: await nameOf(record), instruments: instruments.map(({ id }) => id) };
    const line = await connection.holdTerminal({ ownerId, connectionId, listener });
    const before = this.connection();
    if (line === undefined || JSON.stringify(line) === JSON.stringify(before)) return;
    this.heard(line);
    this.parts.changed();
  }
}

function nameOf({ ownerId, account }: AccountRecord): Promise<string> {
  return objectName({ kind: "account", ownerId, id: account.id });
}
