import type { Maintenance, SetMaintenance } from "../../../schema/wire/admin.ts";
import { prepareAudit } from "../../audit/prepare-audit.ts";
import { prepareFact, readFact } from "../../platform/deployment-fact.ts";
import { MAINTENANCE, type StoredMaintenance } from "../../platform/maintenance.ts";
import { invalid } from "../../platform/problem-error.ts";
import { auditFor, type PersonContext } from "../identity/identity-context.ts";

const OFF: StoredMaintenance = { isOn: false, message: "", until: null };

/** Whether the deployment is in maintenance, and what people are told. */
export async function readMaintenance({ ctx }: { ctx: PersonContext }): Promise<Maintenance> {
  const stored = await readFact(ctx.database, MAINTENANCE);
  return { ...(stored?.value ?? OFF), changedAt: stored?.changedAt ?? null };
}

/** Begins a maintenance, changes what is told of it, or ends it. Throws 422 where it would end before it begins. */
export async function setMaintenance(call: { ctx: PersonContext; input: SetMaintenance }): Promise<Maintenance> {
  const { ctx, input } = call;
  const { database } = ctx;
  const nowMs = ctx.now();
  if (input.isOn && input.until !== null && input.until <= nowMs) {
    throw invalid("until", "must be after now, or null", input.until);
  }
  const before = (await readFact(database, MAINTENANCE))?.value ?? OFF;
  const value = input.isOn ? { isOn: true, message: input.message, until: input.until } : OFF;
  await database.batch([
    prepareFact(database, MAINTENANCE, { value, nowMs }),
    prepareAudit(auditFor(ctx, ctx.principal.user.id), {
      action: "platform.maintenance",
      subject: { kind: "platform", id: "maintenance" },
      before,
      after: value,
    }),
  ]);
  return readMaintenance({ ctx });
}
