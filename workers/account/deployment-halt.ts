import type { Desk } from "./desk.ts";

/**
 * Stops a desk where its deployment says so by the variable TRADING_HALTED: the way that is left where neither page nor
 * database can be reached. It stays stopped when the variable is gone, until the platform's switch is armed.
 */
export function obeyDeployment({ books, switches }: Desk, halted: string | undefined): void {
  if (halted !== "true" || books.record.platform.state === "HALTED") return;
  switches.kill({ kind: "platform" }, { flatten: false, at: books.now() });
}
