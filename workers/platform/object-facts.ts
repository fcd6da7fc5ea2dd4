/** How an object is, apart from what it is for: for whoever operates the deployment. */
export interface ObjectFacts {
  /** UTC ms; null where it sleeps until it is called. */
  readonly alarmAt: number | null;
  readonly databaseBytes: number;
  readonly sockets: number;
  /** For reading, in this order. */
  readonly facts: { readonly name: string; readonly value: string }[];
}

/** What every object can say of itself, with its own facts. A fact that is null is told as "none". */
export async function objectFacts(
  ctx: DurableObjectState,
  facts: Readonly<Record<string, string | number | null>>,
): Promise<ObjectFacts> {
  return {
    alarmAt: await ctx.storage.getAlarm(),
    databaseBytes: ctx.storage.sql.databaseSize,
    sockets: ctx.getWebSockets().length,
    facts: Object.entries(facts).map(([name, value]) => ({ name, value: value === null ? "none" : String(value) })),
  };
}

/** A time as a fact; null stays null. */
export function timeFact(timeMs: number | null): string | null {
  return timeMs === null ? null : `${new Date(timeMs).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
