import type { BotDefinition } from "../../../schema/wire/bot.ts";
import type { RiskLimits } from "../../../schema/wire/risk.ts";
import { coreLimits } from "../../account/account-view.ts";
import { CAP_NAMES, stricter } from "../../core/risk/cap.ts";

/** Whether any limit becomes looser: leaving one out is a limit without end, and so are more instruments and hours. */
export function isLooser(before: RiskLimits, after: RiskLimits): boolean {
  const [old, next] = [coreLimits(before), coreLimits(after)];
  const raised = CAP_NAMES.some((name) => {
    const [left, right] = [old.caps[name], next.caps[name]];
    if (left === undefined || left === right) return false;
    return right === undefined || stricter(name, left, right) === left;
  });
  if (raised) return true;
  const { instruments } = old;
  const { instruments: wanted } = next;
  if (instruments !== undefined && (wanted === undefined || wanted.some((one) => !instruments.includes(one))))
    return true;
  // Hours are not compared one by one: any change of them is asked for a proof.
  return old.windows !== undefined && JSON.stringify(old.windows) !== JSON.stringify(next.windows);
}

/** The limits that a definition comes to: a bot trades the instruments that it names and no others. */
export function effectiveLimits({ limits, instruments }: Pick<BotDefinition, "limits" | "instruments">): RiskLimits {
  return { ...limits, instruments: limits.instruments ?? instruments };
}
