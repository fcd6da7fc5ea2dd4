import { z } from "zod";
import { AuditActor, AuditPlace } from "../../schema/wire/audit-record.ts";

/** Who opened a socket, from where, and whether they may stop the run. It sleeps with the socket. */
export const RunWatcher = z.object({ actor: AuditActor, place: AuditPlace, mayCancel: z.boolean() });
export type RunWatcher = z.infer<typeof RunWatcher>;
