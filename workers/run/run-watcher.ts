import { z } from "zod";
import { AuditActor, AuditPlace } from "../../schema/wire/audit-record.ts";

/** Who opened a socket, from where, and whether they may stop the run. It sleeps with the socket. */
export const RunWatcher = z.object({ actor: AuditActor, place: AuditPlace, mayCancel: z.boolean() });
export type RunWatcher = z.infer<typeof RunWatcher>;

/** A watcher as a header's value: names of browsers may hold what headers may not. */
export function writeWatcher(watcher: RunWatcher): string {
  return encodeURIComponent(JSON.stringify(watcher));
}

/** Throws where the text is none of ours. */
export function readWatcher(text: string): RunWatcher {
  return RunWatcher.parse(JSON.parse(decodeURIComponent(text)));
}
