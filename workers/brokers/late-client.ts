import { VenueRefusal } from "./request/venue-reply.ts";
import type { ClientOutcome, VenueCapabilities, VenueClient } from "./venue-client.ts";

/** What of a client is known without its keys. */
export type VenueShape = Pick<VenueClient, "venue" | "capabilities" | "replacedAs" | "legSentAs">;

/**
 * A client that is opened with its first call: its keys have to be read first. One that the venue refuses for its key is
 * opened anew with the next call, since keys may have been replaced meanwhile.
 */
export class LateClient implements VenueClient {
  readonly venue: string;
  readonly capabilities: VenueCapabilities;
  readonly replacedAs?: VenueClient["replacedAs"];
  readonly legSentAs?: VenueClient["legSentAs"];
  private readonly open: () => Promise<VenueClient>;
  private opened: Promise<VenueClient> | undefined;

  constructor(shape: VenueShape, open: () => Promise<VenueClient>) {
    this.venue = shape.venue;
    this.capabilities = shape.capabilities;
    if (shape.replacedAs !== undefined) this.replacedAs = shape.replacedAs;
    if (shape.legSentAs !== undefined) this.legSentAs = shape.legSentAs;
    this.open = open;
  }

  /** Opens anew with the next call: its keys have changed. */
  forget(): void {
    this.opened = undefined;
  }

  private async client(): Promise<VenueClient> {
    this.opened ??= this.open();
    try {
      return await this.opened;
    } catch (error) {
      this.opened = undefined;
      throw error;
    }
  }

  private async ask<T>(call: (client: VenueClient) => Promise<T>): Promise<T> {
    try {
      return await call(await this.client());
    } catch (error) {
      if (error instanceof VenueRefusal && error.isKey) this.forget();
      throw error;
    }
  }

  /** Keys that cannot be read sent nothing; still it is the desk's to find out, since an earlier try may have been sent. */
  private async change(call: (client: VenueClient) => Promise<ClientOutcome>): Promise<ClientOutcome> {
    try {
      return await call(await this.client());
    } catch (error) {
      const message = error instanceof Error ? error.message : "the keys of the venue cannot be read";
      return { outcome: "unknown", message, news: [] };
    }
  }

  facts() {
    return this.ask((client) => client.facts());
  }
  instruments() {
    return this.ask((client) => client.instruments());
  }
  place(...[order, maySend]: Parameters<VenueClient["place"]>) {
    return this.change((client) => client.place(order, maySend));
  }
  cancel(placed: Parameters<VenueClient["cancel"]>[0]) {
    return this.change((client) => client.cancel(placed));
  }
  replace(...[placed, revision, terms, maySend]: Parameters<VenueClient["replace"]>) {
    return this.change((client) => client.replace(placed, revision, terms, maySend));
  }
  order(placed: Parameters<VenueClient["order"]>[0]) {
    return this.ask((client) => client.order(placed));
  }
  openOrders() {
    return this.ask((client) => client.openOrders());
  }
  holdings() {
    return this.ask((client) => client.holdings());
  }
  history(asked: Parameters<VenueClient["history"]>[0]) {
    return this.ask((client) => client.history(asked));
  }
  prices(instruments: readonly string[]) {
    return this.ask((client) => client.prices(instruments));
  }
  async clientIdOf(order: { readonly instrument: string; readonly venueOrderId: string }) {
    return this.ask(async (client) => client.clientIdOf?.(order));
  }
}
