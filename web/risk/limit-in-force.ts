import type { CapName, CapUse, RiskView } from "../../schema/wire/risk.ts";
import { CAP_WORDS, formatCap } from "./cap-words.ts";

/** Who a limit comes from, as it stands behind its figure. */
export const LEVEL_WORDS: Readonly<Record<CapUse["level"], string>> = {
  platform: "platform",
  account: "account",
  bot: "bot",
  default: "default",
};

/** What an account is held to now, and by whom: "In force: 30.00× (platform)". */
export function accountLimitWords(cap: CapName, uses: readonly CapUse[], currency: string): string {
  const use = uses.find((one) => one.cap === cap && one.scope === "account");
  // Where no level says how old a price may be, the market's own pace does.
  if (use === undefined && cap === "priceAge") return "In force: by the pace of the market";
  if (use === undefined) return "In force: none at any level";
  return `In force: ${formatCap(use.limit, use.unit, currency)} (${LEVEL_WORDS[use.level]})`;
}

/** What holds for a bot that sets nothing of its own. */
export function botLimitWords(cap: CapName, risk: Pick<RiskView, "defaults" | "limits">, currency: string): string {
  const ceiling = risk.limits.find(({ level }) => level === "platform")?.limits.caps[cap];
  const fallback = risk.defaults.bot.caps[cap];
  const own = fallback === undefined ? ceiling : fallback;
  if (own === undefined) return "Empty: none at any level";
  const level = fallback === undefined ? "platform" : "default";
  return `Empty: ${formatCap(own, CAP_WORDS[cap].unit, currency)} (${level})`;
}
