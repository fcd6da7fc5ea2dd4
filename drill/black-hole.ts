import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** A line over TCP that can be cut so that neither end hears of it. */
export class BlackHole {
  readonly server: Server;
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private readonly swallowed = new WeakSet<readonly [Socket, Socket]>();

  constructor(port: number) {
    this.server = createServer((near) => {
      const far = connect(port, "127.0.0.1");
      const pair = [near, far] as const;
      this.pairs.add(pair);
      for (const [from, to] of [pair, [far, near] as const]) {
        from.on("data", (bytes) => {
          // What came while it swallowed is gone for good; connections of after it are whole again.
          if (!this.swallowed.has(pair)) to.write(bytes);
        });
        from.on("error", () => to.destroy());
        from.on("close", () => {
          this.pairs.delete(pair);
          if (!this.swallowed.has(pair)) to.destroy();
        });
      }
    });
  }

  async listen(): Promise<number> {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    return (this.server.address() as AddressInfo).port;
  }

  /** From now on nothing passes on the connections that stand, though they stay open. */
  swallow(): void {
    for (const pair of this.pairs) this.swallowed.add(pair);
  }

  close(): void {
    for (const [near, far] of this.pairs) {
      near.destroy();
      far.destroy();
    }
    this.server.close();
  }
}
