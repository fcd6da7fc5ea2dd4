import type { XtsTokenStore } from "../brokers/xts/log-in.ts";
import { type XtsSide, XtsToken } from "../brokers/xts/sign.ts";
import type { Env } from "../platform/env.ts";
import { logEvent } from "../platform/log-event.ts";
import { openText, sealText } from "../platform/sealed-text.ts";

const SIDES = ["interactive", "data"] as const;
const PURPOSE = "venue session";

/** Tokens of a connection's sessions in its object's storage, sealed: whoever has one trades with it until the evening. */
export class SealedTokens {
  private readonly env: Env;
  private readonly kv: SyncKvStorage;
  private readonly connectionId: string;

  constructor(env: Env, kv: SyncKvStorage, connectionId: string) {
    this.env = env;
    this.kv = kv;
    this.connectionId = connectionId;
  }

  of(side: XtsSide): XtsTokenStore {
    const key = keyOf(side);
    const place = { purpose: PURPOSE, id: `${this.connectionId}:${side}` };
    return {
      read: async () => {
        const sealed = this.kv.get<string>(key);
        if (sealed === undefined) return undefined;
        try {
          return XtsToken.parse(JSON.parse(await openText(this.env, place, sealed)));
        } catch (error) {
          // Sealed under another secret, or of an earlier shape: the next log-in brings another.
          logEvent("venue_session_unreadable", { id: this.connectionId, error });
          return undefined;
        }
      },
      write: async (token) => {
        if (token === undefined) this.kv.delete(key);
        else this.kv.put(key, await sealText(this.env, place, JSON.stringify(token)));
      },
    };
  }

  /** They were opened by keys that are not the connection's any more. */
  forget(): void {
    for (const side of SIDES) this.kv.delete(keyOf(side));
  }
}

function keyOf(side: XtsSide): string {
  return `session:${side}`;
}
