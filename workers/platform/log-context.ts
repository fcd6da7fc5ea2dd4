import { AsyncLocalStorage } from "node:async_hooks";

/** Whose work a line of the log belongs to. */
export interface LogContext {
  requestId?: string;
  ownerId?: string;
  accountId?: string;
  botId?: string;
}

const contexts = new AsyncLocalStorage<LogContext>();

/** Does a piece of work; every line that is written on its way says whose it is. */
export function withLogContext<T>(context: LogContext, work: () => T): T {
  return contexts.run({ ...contexts.getStore(), ...context }, work);
}

/** What became known only while the work was going on, such as who sends a request. */
export function noteInLog(context: LogContext): void {
  const store = contexts.getStore();
  if (store !== undefined) Object.assign(store, context);
}

/** The context of whatever is going on; nothing outside of any work. */
export function logContext(): Readonly<LogContext> {
  return contexts.getStore() ?? {};
}
