import type { ConnectionState } from "../../../schema/wire/connection.ts";
import { invalid } from "../../platform/problem-error.ts";
import type { VenueAnswer } from "./ask-venue.ts";

/**
 * What a terminal's answer means for its connection. One that is away is waited for: nothing is wrong with its key. One whose
 * account holds real money where the connection says play money, or the other way, is refused: what protects real money
 * goes by what the connection says.
 */
export function terminalAnswer({ environment }: { readonly environment: string }, answer: VenueAnswer): VenueAnswer {
  const { facts } = answer;
  if (answer.state === "unreachable") return { state: "waiting" satisfies ConnectionState, problem: null, facts };
  if (answer.state !== "working") return answer;
  const isReal = facts.permissions.includes("real");
  if (isReal === (environment === "live")) return answer;
  const rule = `must be ${isReal ? "live: the account of this terminal holds real money" : "demo: the account of this terminal holds play money"}`;
  const problem = `The environment ${rule}. Remove this connection and make it anew.`;
  const refusal = invalid("credentials.environment", rule, environment);
  return { state: "refused", problem, facts: { ...facts, canTrade: false }, refusal };
}
