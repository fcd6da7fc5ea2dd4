import { setTimeout as wait } from "node:timers/promises";
import { type ApiClient, ApiRefusal } from "./api-client.ts";
import type { Asked } from "./compare.ts";

/** Places an order and notes the answer, where one comes. Throws where the API refuses what a drill should not have sent. */
export async function askOrder(api: ApiClient, asked: Asked): Promise<void> {
  try {
    const { order } = await api.place(asked.body, asked.key);
    asked.order = { id: order.id, state: order.state };
  } catch (error) {
    // Without an answer the runtime is gone, and with 429 or 5xx it did not get to it; all else is the drill's own fault.
    if (!(error instanceof ApiRefusal)) return;
    if (error.status !== 429 && error.status < 500) throw error;
    await wait(500);
  }
}
