import type { BridgeLine } from "../../../workers/brokers/mt5/client.ts";
import { definiteCode } from "../../../workers/brokers/mt5/errors.ts";
import { readJson } from "../../../workers/brokers/request/read-json.ts";
import { VenueRefusal, VenueSilence } from "../../../workers/brokers/request/venue-reply.ts";
import type { Mt5Emulator } from "./mt5-emulator.ts";

/** The way to an emulated terminal in the same process: what the account's line and the sidecar are between real ones. */
export function emulatedBridge(
  venue: Mt5Emulator,
  after: (delayMs: number, act: () => void) => unknown = (delayMs, act) => setTimeout(act, delayMs),
): BridgeLine {
  return {
    async ask(method, params, leftMs) {
      const body = JSON.stringify(params);
      const reply = venue.faults.handle(venue, {
        method: "POST",
        path: `/mtb/${method}`,
        rawQuery: "",
        headers: {},
        body,
      });
      if (reply === "hang") {
        return new Promise((_resolve, reject) => {
          after(leftMs, () => reject(new VenueSilence("no answer in time", { isSent: true })));
        });
      }
      const told = readJson(reply.body) as { ok?: unknown; r?: unknown; err?: { code: string; retcode: string } };
      if (told.ok === true) return told.r;
      const code = told.ok === false && told.err !== undefined ? definiteCode(told.err) : undefined;
      if (code === undefined) throw new VenueSilence("the terminal does not say what became of it", { isSent: true });
      throw new VenueRefusal(code, "refused");
    },
  };
}
