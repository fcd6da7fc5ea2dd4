import type { ClientOrderId } from "../core/order/order-id.ts";
import type { DeskRecord } from "./desk-record.ts";
import type { StoredOrder } from "./desk-store.ts";
import type { ScopeBooks } from "./scope-books.ts";

/** What a desk has in memory at a moment, and had when the write began that this one is inside of. */
export interface DeskMemory {
  readonly record: DeskRecord;
  readonly scopes: Map<string, ScopeBooks>;
  readonly open: Map<ClientOrderId, StoredOrder>;
  readonly outer: DeskMemory | undefined;
}
