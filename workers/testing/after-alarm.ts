import { runDurableObjectAlarm } from "cloudflare:test";

/**
 * Rings the alarm of an object and then reads what it leads to, for `expect.poll`: an alarm that rang by itself a moment
 * before leaves none to ring, and is at work still when the first reading comes.
 */
export function afterAlarm<T>(
  object: Parameters<typeof runDurableObjectAlarm>[0],
  read: () => Promise<T>,
): () => Promise<T> {
  return async () => {
    await runDurableObjectAlarm(object);
    return read();
  };
}
