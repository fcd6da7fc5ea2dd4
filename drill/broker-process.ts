import { fileURLToPath } from "node:url";
import { type Child, startChild, stopChild } from "../ops/start/child-group.ts";

/** `calm`: nothing fails or trades of itself. `fair`: it trades. `storm`: it fails as well. */
export const WEATHERS = ["calm", "fair", "storm"] as const;
export type Weather = (typeof WEATHERS)[number];

export interface BookOrder {
  readonly clientOrderId: string;
  readonly status: "open" | "filled" | "canceled" | "rejected";
  readonly filled: string;
  readonly receivedAt: number;
}
export interface BookFill {
  readonly tradeId: string;
  readonly clientOrderId: string;
  readonly quantity: string;
  readonly price: string;
  readonly at: number;
}
/** What the broker has of one account. */
export interface Book {
  readonly orders: readonly BookOrder[];
  readonly fills: readonly BookFill[];
  readonly positions: readonly (readonly [instrument: string, quantity: string])[];
  /** When it was asked for everything last, UTC ms; 0 where it never was. */
  readonly reportedAt: number;
}

/** The broker of the drill, in its own process, which nothing kills before the end. */
export class BrokerProcess {
  readonly origin: string;
  private readonly child: Child;

  private constructor(child: Child, origin: string) {
    this.child = child;
    this.origin = origin;
  }

  /** `marketPrice`: what orders without a limit trade at. */
  static async start(marketPrice: string): Promise<BrokerProcess> {
    const file = fileURLToPath(new URL("mock-broker.ts", import.meta.url));
    return new Promise((resolve, reject) => {
      const child: Child = startChild("The broker", [process.execPath, file, marketPrice], {
        env: process.env,
        onLine: (line) => {
          const port = /^port (\d+)$/.exec(line)?.[1];
          if (port !== undefined) resolve(new BrokerProcess(child, `http://127.0.0.1:${port}`));
        },
      });
      void child.ended.then(() => reject(new Error(`the broker did not start:\n${child.tail()}`)));
    });
  }

  /** Says where the Worker listens that shall be told of what happens. */
  async tellTo(origin: string): Promise<void> {
    await fetch(`${this.origin}/listener`, { method: "PUT", body: origin });
  }

  async set(weather: Weather): Promise<void> {
    await fetch(`${this.origin}/${weather}`, { method: "POST" });
  }

  /** Says what orders without a limit trade at from now on. */
  async setPrice(price: string): Promise<void> {
    await fetch(`${this.origin}/price`, { method: "PUT", body: price });
  }

  async books(): Promise<Readonly<Record<string, Book>>> {
    return (await (await fetch(`${this.origin}/book`)).json()) as Record<string, Book>;
  }

  stop(): Promise<void> {
    return stopChild(this.child);
  }
}
