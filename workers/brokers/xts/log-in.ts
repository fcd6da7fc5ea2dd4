import { VenueRefusal, type VenueReply } from "../request/venue-reply.ts";
import { resultOf, XtsSessionEnded } from "./errors.ts";
import { readAs } from "./parse.ts";
import { sendXts, type XtsKey, type XtsRequestParts, type XtsSide, XtsToken, type XtsTokens } from "./sign.ts";

/** Keeps a token between calls and across sleeps: a second log-in would end the first one and its socket. */
export interface XtsTokenStore {
  read(): XtsToken | undefined | Promise<XtsToken | undefined>;
  write(token: XtsToken | undefined): void | Promise<void>;
}

export interface XtsLogInParts extends XtsRequestParts {
  readonly key: XtsKey;
  readonly store: XtsTokenStore;
}

/** Logs a side in when it is first needed and again when its session has ended, once for all who ask at that time. */
export class XtsLogIn implements XtsTokens {
  private readonly parts: XtsLogInParts;
  private logging: Promise<XtsToken> | undefined;

  constructor(parts: XtsLogInParts) {
    this.parts = parts;
  }

  async current(): Promise<XtsToken> {
    return this.logging ?? (await this.parts.store.read()) ?? this.logIn();
  }

  async renewed(ended: string): Promise<XtsToken> {
    const known = this.logging ?? (await this.parts.store.read());
    // Somebody else has found out before: the session that followed must not be ended too.
    // Compared openly because both are what the venue gave us.
    if (known !== undefined && (await known).token !== ended) return known;
    return this.logIn();
  }

  private logIn(): Promise<XtsToken> {
    this.logging ??= this.logInOnce().finally(() => {
      this.logging = undefined;
    });
    return this.logging;
  }

  private async logInOnce(): Promise<XtsToken> {
    const { key, store, side } = this.parts;
    const { appKey, secretKey } = key;
    await store.write(undefined);
    const path = side === "interactive" ? "/user/session" : "/auth/login";
    const body = { secretKey, appKey, source: "WEBAPI" };
    const call = { method: "POST", path, family: "session", kind: "query", body } as const;
    const token = readAs(XtsToken, resultOfLogIn(side, await sendXts(this.parts, call, undefined)), "log-in");
    await store.write(token);
    return token;
  }
}

function resultOfLogIn(side: XtsSide, reply: VenueReply): unknown {
  try {
    return resultOf(reply);
  } catch (error) {
    if (!(error instanceof XtsSessionEnded)) throw error;
    const which = side === "interactive" ? "the interactive application" : "the market data application";
    throw new VenueRefusal("KEY", `the venue refuses the key of ${which}`, { isKey: true });
  }
}

/** Forgets with the process. */
export function memoryTokens(): XtsTokenStore {
  let token: XtsToken | undefined;
  return {
    read: () => token,
    write(next) {
      token = next;
    },
  };
}
