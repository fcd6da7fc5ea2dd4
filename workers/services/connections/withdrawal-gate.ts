import type { ConnectionFacts } from "../../../schema/wire/connection.ts";
import { invalid } from "../../platform/problem-error.ts";

/**
 * Refuses a key that could move money out, whatever its owner says of it; where the venue does not say, its owner has to have
 * made sure. Throws 422.
 */
export function requireNoWithdrawal(
  { canWithdraw, permissions }: Pick<ConnectionFacts, "canWithdraw" | "permissions">,
  { withdrawalChecked }: { readonly withdrawalChecked: boolean },
): void {
  if (canWithdraw === true) {
    throw invalid(
      "credentials",
      "must be a key that cannot withdraw: take that permission away at the venue, then try again",
      permissions.join(", "),
    );
  }
  if (canWithdraw === null && !withdrawalChecked) {
    throw invalid("withdrawalChecked", "must be true: the venue does not say whether the key can withdraw", false);
  }
}
