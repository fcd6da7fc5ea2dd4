import type { CapName, CapUse } from "../../schema/wire/risk.ts";
import { type RaisedNotice, raised } from "../notify/raised-notice.ts";
import { type AccountIds, pathOf } from "./account-notice.ts";

/** A cap is near its limit from here on, and no longer so below the second: a value that swings is told once. */
const NEAR = 0.8;
const FAR = 0.7;
/** Of a count of few, one more is most of it. */
const COUNT_MIN = 5;

/** Caps that fill up, and what people call them. Rates and what one order is held to do not. */
const WATCHED: Partial<Record<CapName, string>> = {
  positionNotional: "the largest position",
  grossExposure: "the gross exposure",
  netExposure: "the net exposure",
  leverage: "the leverage",
  openOrders: "the number of open orders",
  openOrderNotional: "the value of open orders",
  executions: "orders that traded in ten minutes",
  rejectsInARow: "orders rejected in a row",
  dailyLoss: "the day's loss",
  drawdown: "the draw-down",
};

/** How far caps were filled when people were last told, by scope and cap. */
export type CapsTold = Readonly<Record<string, "near" | "reached">>;

/** What of the uses of caps is new since `before`, and what is told by then. Ids have the moment in them. */
export function watchCaps(
  ids: AccountIds,
  { uses, before, at }: { readonly uses: readonly CapUse[]; readonly before: CapsTold; readonly at: number },
): { readonly told: CapsTold; readonly notices: RaisedNotice[] } {
  const told: Record<string, "near" | "reached"> = {};
  const notices: RaisedNotice[] = [];
  for (const use of uses) {
    const share = shareOf(use);
    if (share === undefined) continue;
    const name = `${use.botId ?? ""}/${use.cap}`;
    const was = before[name];
    // What was told stays told until it is far: a value that swings around its limit says nothing new.
    const stays = share >= FAR ? was : undefined;
    const now = share >= 1 ? "reached" : stays === undefined && share >= NEAR ? "near" : stays;
    if (now === undefined) continue;
    told[name] = now;
    if (was === now) continue;
    const notice = noticeOf(ids, use, { share, now, at });
    if (notice !== undefined) notices.push(notice);
  }
  return { told, notices };
}

function shareOf({ cap, unit, used, limit }: CapUse): number | undefined {
  if (WATCHED[cap] === undefined || used === null) return undefined;
  const most = Number(limit);
  if (most <= 0 || (unit === "count" && most < COUNT_MIN)) return undefined;
  return Number(used) / most;
}

function noticeOf(
  { ownerId, accountId }: AccountIds,
  { cap, scope, botId, used, limit, unit, level }: CapUse,
  { share, now, at }: { readonly share: number; readonly now: "near" | "reached"; readonly at: number },
): RaisedNotice | undefined {
  const isLoss = cap === "dailyLoss" || cap === "drawdown";
  // The desk tells of a day that is lost by itself.
  if (cap === "dailyLoss" && now === "reached") return undefined;
  const whose = scope === "bot" && botId !== null ? "the bot" : "the account";
  const percent = `${Math.floor(share * 100)} %`;
  const shown = (value: string | null) => (unit === "share" ? `${(Number(value) * 100).toFixed(1)} %` : (value ?? "—"));
  return raised({
    id: `${accountId}:cap:${botId ?? ""}:${cap}:${now}:${at}`,
    ownerId,
    event: isLoss ? (now === "near" ? "loss.near" : "loss.reached") : now === "near" ? "cap.near" : "cap.reached",
    at,
    title: `${percent} of ${WATCHED[cap]} of ${whose} ${now === "near" ? "is used" : "is reached"}`,
    text: `It is ${shown(used)} of ${shown(limit)}, set by the ${level === "default" ? "defaults" : level}.`,
    subject: { cap, used: used ?? "", limit },
    path: pathOf(accountId, null),
    accountId,
    botId: botId ?? undefined,
    about: cap,
  });
}
