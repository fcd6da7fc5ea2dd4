import type { Session } from "../../schema/wire/session.ts";

/** Whether who is signed in operates the deployment, and looks at it as themselves. */
export function isOperator(session: Session | undefined): boolean {
  const role = session?.user?.role;
  return session?.viewing === null && (role === "operator" || role === "administrator");
}
