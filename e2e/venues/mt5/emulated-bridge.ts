import type { BridgeLine } from "../../../workers/brokers/mt5/client.ts";
import { definiteCode } from "../../../workers/brokers/mt5/errors.ts";
import { bridgeNews } from "../../../workers/brokers/mt5/stream.ts";
import { readJson } from "../../../workers/brokers/request/read-json.ts";
import { VenueRefusal, VenueSilence } from "../../../workers/brokers/request/venue-reply.ts";
import type { StreamScript, StreamStep } from "../../../workers/brokers/venue-stream.ts";

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * The way to an emulated terminal in the same process: what the account's line and the sidecar are between real ones.
 * `after` holds the deadline of each request.
 */
export function emulatedBridge(fetch: Fetch, after: (delayMs: number, act: () => void) => unknown): BridgeLine {
  return {
    async ask(method, params, leftMs) {
      const late = new Promise<never>((_resolve, reject) => {
        after(leftMs, () => reject(new VenueSilence("the terminal must answer in time", { isSent: true })));
      });
      const work = async () => {
        const reply = await fetch(`https://terminal.example/mtb/${method}`, {
          method: "POST",
          body: JSON.stringify(params),
        });
        return answerOf(await reply.text());
      };
      late.catch(() => undefined);
      return Promise.race([work(), late]);
    },
  };
}

/** What the sidecar makes of a terminal's answer. */
function answerOf(body: string): unknown {
  const told = readJson(body) as { ok?: unknown; r?: unknown; err?: { code?: unknown; retcode?: unknown } } | null;
  if (told?.ok === true) return told.r;
  const { code, retcode } = told?.err ?? {};
  const isRefusal = told?.ok === false && typeof code === "string" && typeof retcode === "string";
  const definite = isRefusal ? definiteCode({ code, retcode }) : undefined;
  if (definite !== undefined) throw new VenueRefusal(definite, "refused");
  throw new VenueSilence("the terminal does not say what became of it", { isSent: true });
}

const NOTHING: StreamStep = { send: [], news: [] };

/** Events of an emulated terminal as a stream in the same process. */
export class EmulatedBridgeScript implements StreamScript {
  readonly transport = "websocket";
  readonly url = "wss://terminal.example/mtb/events";
  readonly headers = {};
  readonly silenceMs = 60_000;
  readonly ageMsMax = 86_400_000;

  open(): StreamStep {
    return { ...NOTHING, isReady: true };
  }

  take(frame: string, nowMs: number): StreamStep {
    const { e, d } = readJson(frame) as { e: "order"; d: Record<string, unknown> };
    return { send: [], news: bridgeNews({ sequence: 1, name: e, content: d }, nowMs) };
  }

  tick(): StreamStep {
    return NOTHING;
  }
}
