import type { LinkConnection } from "../account/link-machine.ts";
import type { VenueDeps } from "../brokers/registry.ts";
import { VenueSilence } from "../brokers/request/venue-reply.ts";
import type { XtsSide, XtsToken } from "../brokers/xts/sign.ts";
import type { Env } from "../platform/env.ts";
import { objectName } from "../platform/object-name.ts";
import { heardAnswer, type ToldAnswer } from "./told-answer.ts";

/** Whose connection it is. */
export interface ConnectionOf {
  readonly ownerId: string;
  readonly connectionId: string;
}

/** An account that trades with a connection and hears its venue through it. */
export interface ConnectionListener {
  /** Name of the account's object. */
  readonly account: string;
  readonly instruments: readonly string[];
}

/** What others ask of a connection's object. Each call says whose connection it is. */
export interface ConnectionCalls {
  xtsToken(call: ConnectionOf & { side: XtsSide; ended: string | undefined }): Promise<ToldAnswer<XtsToken>>;
  askTerminal(
    call: ConnectionOf & { method: string; params: Readonly<Record<string, unknown>>; leftMs: number },
  ): Promise<ToldAnswer<unknown>>;
  /** Begins to hold the line of a terminal, or goes on; answers how it stands. Undefined where nobody can hold one. */
  holdTerminal(call: ConnectionOf & { listener: ConnectionListener | undefined }): Promise<LinkConnection | undefined>;
  leaveTerminal(call: ConnectionOf & { account: string }): Promise<void>;
  renewKeys(call: ConnectionOf): Promise<void>;
  destroy(ownerId: string): Promise<void>;
}

/** The object of a connection. It is looked up with each call: a stub that broke must not be kept. */
export async function connectionObject(env: Env, { ownerId, connectionId }: ConnectionOf): Promise<ConnectionCalls> {
  const name = await objectName({ kind: "connection", ownerId, id: connectionId });
  return env.CONNECTION.getByName(name) as unknown as ConnectionCalls;
}

/**
 * What a venue's client takes from the object of its connection, whoever opens it: the one session of XTS, and the line that
 * a terminal dials.
 */
export function connectionDeps(env: Env, of: ConnectionOf): Required<Pick<VenueDeps, "bridge" | "xtsHolder">> {
  const { ownerId, connectionId } = of;
  const call = async <T>(ask: (object: ConnectionCalls) => Promise<ToldAnswer<T>>): Promise<T> => {
    let told: ToldAnswer<T>;
    try {
      told = await ask(await connectionObject(env, of));
    } catch (error) {
      // The object broke or could not be reached: what was asked of it may have left.
      throw new VenueSilence(error instanceof Error ? error.message : String(error), { isSent: true });
    }
    return heardAnswer(told);
  };
  const tokenOf = (side: XtsSide, ended: string | undefined) =>
    call((object) => object.xtsToken({ ownerId, connectionId, side, ended }));
  return {
    bridge: {
      ask: (method, params, leftMs) =>
        call((object) => object.askTerminal({ ownerId, connectionId, method, params, leftMs })),
    },
    xtsHolder: (side) => ({
      current: () => tokenOf(side, undefined),
      renewed: (ended) => tokenOf(side, ended),
    }),
  };
}
