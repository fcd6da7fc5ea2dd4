import type { LucideIcon } from "lucide-react";
import { Info, OctagonAlert, TriangleAlert } from "lucide-react";
import type { NoticeLevel } from "../../schema/wire/notice-event.ts";
import type { ChannelKind, Digest, RuleLevel } from "../../schema/wire/notification.ts";

export const KIND_WORDS: Readonly<Record<ChannelKind, string>> = {
  "in-app": "In the app",
  email: "E-mail",
  slack: "Slack",
  telegram: "Telegram",
  webhook: "Webhook",
};

export const LEVEL_LOOKS: Readonly<Record<NoticeLevel, { icon: LucideIcon; tone: string; word: string }>> = {
  critical: { icon: OctagonAlert, tone: "text-danger", word: "Critical" },
  warning: { icon: TriangleAlert, tone: "text-notice", word: "Warning" },
  info: { icon: Info, tone: "text-faint", word: "Note" },
};

/** From which level on a topic is told. */
export const RULE_CHOICES: readonly { readonly value: RuleLevel; readonly label: string }[] = [
  { value: "off", label: "Off" },
  { value: "critical", label: "Critical" },
  { value: "warning", label: "Warnings" },
  { value: "info", label: "Everything" },
];

export const DIGEST_CHOICES: readonly { readonly value: Digest; readonly label: string }[] = [
  { value: "off", label: "Each as it comes" },
  { value: "hourly", label: "Together each hour" },
  { value: "daily", label: "Together each day" },
];

/** A minute of the day as a clock shows it, and back; undefined for what is none. */
export function clockOf(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}
export function minuteOf(clock: string): number | undefined {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(clock) ?? [];
  return hours === undefined ? undefined : Number(hours) * 60 + Number(minutes);
}
