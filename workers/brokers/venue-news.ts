import type { FillBooked, LedgerEvent } from "../core/ledger/ledger-event.ts";
import type { VenueFill, VenueOrder } from "../core/ledger/venue-report.ts";
import type { ClientOrderId } from "../core/order/order-id.ts";
import type { VenueMark } from "./broker.ts";

/**
 * What a reply or a frame of a venue says, in our terms and without a number: the journal of the account makes numbered
 * events of what is new in it. Any of it may come twice, late or out of order.
 */
export type VenueNews =
  /** The venue shows an order as it is now. */
  | { readonly type: "order"; readonly order: VenueOrder; readonly reason: string }
  | { readonly type: "fill"; readonly fill: VenueFill }
  /** The venue refused an order that it first took, or never took. */
  | { readonly type: "rejected"; readonly id: ClientOrderId; readonly code: string }
  /** Money came, went or was taken. */
  | { readonly type: "movement"; readonly movement: Exclude<LedgerEvent, FillBooked> }
  | { readonly type: "mark"; readonly mark: VenueMark }
  /** The stream may have missed something: everything is to be asked for. */
  | { readonly type: "gap"; readonly reason: string };
