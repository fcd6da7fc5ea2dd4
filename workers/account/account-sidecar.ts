import type { VenueCredentials } from "../../schema/wire/connection.ts";
import { xtsOf } from "../brokers/keyed-venues.ts";
import type { VenueDeps } from "../brokers/registry.ts";
import { venueKeys } from "../brokers/venue-keys.ts";
import { connectionDeps } from "../connection/connection-port.ts";
import type { AccountRecord, VenueAccountMarket } from "./account-record.ts";
import type { LinkConnection } from "./link-machine.ts";
import { type HeldStream, SidecarHold, type SidecarHoldParts } from "./sidecar-hold.ts";
import { TerminalLine } from "./terminal-line.ts";

/**
 * Keeps an account's stream held. A terminal is one for all accounts of its connection, so that it is the connection's object
 * that holds its line and tells them; every other stream an account has for itself.
 */
export class AccountSidecar {
  private readonly parts: SidecarHoldParts;
  private readonly hold: SidecarHold;
  private readonly terminal: TerminalLine;
  /** The token that the stream was opened with last. It is lost in a sleep: then the present one is tried once more. */
  private streamToken: string | undefined;

  constructor(parts: SidecarHoldParts) {
    this.parts = parts;
    this.hold = new SidecarHold(parts);
    this.terminal = new TerminalLine(parts);
  }

  /** What the venue's client needs of its connection. */
  deps(ownerId: string, { connectionId }: VenueAccountMarket): Pick<VenueDeps, "bridge" | "xtsHolder"> {
    return connectionDeps(this.parts.env, { ownerId, connectionId });
  }

  /** How the venue's stream stands; undefined where there are no sidecars. */
  connection({ account: { market } }: AccountRecord): LinkConnection | undefined {
    return isTerminal(market) ? this.terminal.connection() : this.hold.connection();
  }

  /** How the line of its terminal stands, told by the object that holds it. */
  hearLine(line: LinkConnection): void {
    this.terminal.heard(line);
  }

  open(request: Request, record: AccountRecord | undefined): Promise<Response> {
    const isHeld = record !== undefined && streamMarket(record) !== undefined;
    return this.hold.open(request, isHeld ? { id: record.account.id, ownerId: record.ownerId } : undefined);
  }

  serves(socket: WebSocket): boolean {
    return this.hold.serves(socket);
  }

  message(socket: WebSocket, text: string | ArrayBuffer): Promise<void> {
    return this.hold.message(socket, text);
  }

  closed(socket: WebSocket): void {
    this.hold.closed(socket);
  }

  /** Leaves a sidecar that is silent, and asks for one where there is none. Throws nothing and waits for nobody. */
  keep(record: AccountRecord): void {
    const market = streamMarket(record);
    if (market !== undefined) this.hold.keep(this.streamOf(record, market));
    else this.terminal.keep(record);
  }

  /** When it is to be kept again, UTC ms; undefined where there is nothing to keep. */
  nextLookAt(record: AccountRecord): number | undefined {
    return streamMarket(record) === undefined ? this.terminal.nextLookAt(record) : this.hold.nextLookAt();
  }

  /** The account ends, or holds its stream no more. */
  async end(record: AccountRecord): Promise<void> {
    if (streamMarket(record) === undefined) await this.terminal.end(record);
    else await this.hold.end({ id: record.account.id, ownerId: record.ownerId });
  }

  private streamOf(record: AccountRecord, market: VenueAccountMarket): HeldStream {
    const { env, ctx } = this.parts;
    const { ownerId, account, instruments } = record;
    return {
      ...{ ownerId, id: account.id, place: "accounts" },
      instruments: instruments.map(({ id }) => id),
      open: async (isRefused) => {
        const keys = await venueKeys({ env, kv: ctx.storage.kv }, { ownerId, connectionId: market.connectionId });
        const { venue, environment } = keys;
        return { venue, environment, credentials: await this.credentialsOf({ ownerId, market, keys, isRefused }) };
      },
    };
  }

  /** What a venue's stream is opened with: its keys, or the token of the session that they opened. */
  private async credentialsOf(asked: {
    readonly ownerId: string;
    readonly market: VenueAccountMarket;
    readonly keys: VenueCredentials;
    readonly isRefused: boolean;
  }): Promise<Record<string, string>> {
    const { keys, ownerId, market, isRefused } = asked;
    if (keys.venue !== "XTS") {
      const { venue, environment, ...credentials } = keys;
      return credentials;
    }
    const { env, now } = this.parts;
    const opened = xtsOf({ env, now, ...this.deps(ownerId, market) }, keys);
    // Only a session that was ended may be replaced: a log-in would end everybody else's.
    const ended = isRefused ? this.streamToken : undefined;
    const credentials = await opened.streamCredentials("interactive", ended);
    this.streamToken = credentials.token;
    return { ...credentials };
  }
}

/** The market whose stream the account holds itself. */
function streamMarket({ account: { market } }: AccountRecord): VenueAccountMarket | undefined {
  return market.kind === "venue" && !isTerminal(market) ? market : undefined;
}

function isTerminal(market: AccountRecord["account"]["market"]): boolean {
  return market.kind === "venue" && market.venue === "MT5";
}
