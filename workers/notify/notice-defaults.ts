import type { BatchItem } from "drizzle-orm/batch";
import { noticeChannels, noticeRules, noticeSettings } from "../../schema/tables/notification.ts";
import type { NoticeTopic } from "../../schema/wire/notice-event.ts";
import type { RuleLevel } from "../../schema/wire/notification.ts";
import type { Database } from "../platform/database.ts";
import { sha256Hex } from "../platform/digest.ts";
import { OPERATORS } from "./raised-notice.ts";

/** A quarter of an hour: the same about the same is one thing to look at. */
const REPEAT_MINUTES = 15;
/** Eight in the morning. */
const DAILY_AT = 8 * 60;

/** What somebody is told who never said anything: much of it in pages, and by letter what may cost money. */
const IN_APP: Readonly<Record<NoticeTopic, RuleLevel>> = {
  ...{ bot: "info", shadow: "info", order: "warning", fill: "off", cap: "warning", loss: "info", halt: "info" },
  ...{ reconcile: "info", stream: "info", market: "info", work: "info", security: "warning", delivery: "info" },
  platform: "info",
};
const BY_LETTER: Partial<Record<NoticeTopic, RuleLevel>> = {
  ...{ bot: "critical", order: "critical", loss: "critical", halt: "critical", reconcile: "critical" },
  ...{ market: "critical", platform: "warning" },
};

/** Target of a channel that leads to the account's own address, whatever that is. */
export const OWN_ADDRESS = "";

type Settings = typeof noticeSettings.$inferSelect;
type Channel = typeof noticeChannels.$inferSelect;
type Rule = typeof noticeRules.$inferSelect;

/** What holds for an owner who never said anything. */
export interface NoticeDefaults {
  readonly settings: Settings;
  readonly channels: readonly Channel[];
  readonly rules: readonly Rule[];
}

/**
 * An owner's settings, the list in pages and, for a person, the way to the account's own address, with rules to begin with.
 * Ids follow from the owner: what is shown before it was stored is what is stored.
 */
export async function defaultsOf(ownerId: string, nowMs: number): Promise<NoticeDefaults> {
  const isDeployment = ownerId === OPERATORS;
  const key = (await sha256Hex(`notices of ${ownerId}`)).slice(0, 24);
  const channel = (id: string, kind: Channel["kind"], label: string): Channel => ({
    ...{ id, ownerId, kind, label, target: OWN_ADDRESS, enabled: true, digest: "off", verifiedAt: nowMs },
    ...{ createdAt: nowMs, lastSentAt: null, problem: null, failures: 0 },
  });
  const app = channel(`nch_a${key}`, "in-app", "In the app");
  const letters = isDeployment ? [] : [channel(`nch_m${key}`, "email", "Account e-mail")];
  return {
    settings: {
      ...{ ownerId, timeZone: "UTC", quietFrom: null, quietTo: null, repeatMinutes: REPEAT_MINUTES, dailyAt: DAILY_AT },
      ...{ readUntil: 0, updatedAt: nowMs },
    },
    channels: [app, ...letters],
    // In the order in which they are listed once they are stored.
    rules: [
      ...rulesOf({ ownerId, channelId: app.id, levels: IN_APP, isDeployment }),
      ...letters.flatMap(({ id }) => rulesOf({ ownerId, channelId: id, levels: BY_LETTER, isDeployment })),
    ].sort((left, right) => (left.id < right.id ? -1 : 1)),
  };
}

/** Statements that store an owner's defaults. Each changes nothing where it was stored before. */
export async function prepareDefaults(
  database: Database,
  { ownerId, nowMs }: { readonly ownerId: string; readonly nowMs: number },
): Promise<BatchItem<"sqlite">[]> {
  const { settings, channels, rules } = await defaultsOf(ownerId, nowMs);
  return [
    database.insert(noticeSettings).values(settings).onConflictDoNothing(),
    ...channels.map((row) => database.insert(noticeChannels).values(row).onConflictDoNothing()),
    ...rules.map((row) => database.insert(noticeRules).values(row).onConflictDoNothing()),
  ];
}

function rulesOf(parts: {
  readonly ownerId: string;
  readonly channelId: string;
  readonly levels: Partial<Record<NoticeTopic, RuleLevel>>;
  readonly isDeployment: boolean;
}): Rule[] {
  const { ownerId, channelId, levels, isDeployment } = parts;
  return Object.entries(levels).flatMap(([name, level]) => {
    const topic = name as NoticeTopic;
    const isMeant = topic === "delivery" || (topic === "platform") === isDeployment;
    if (level === "off" || !isMeant) return [];
    const id = `nru_${channelId.slice("nch_".length)}-${topic}`;
    return [{ id, ownerId, channelId, topic, scope: "all" as const, scopeId: "", level }];
  });
}
