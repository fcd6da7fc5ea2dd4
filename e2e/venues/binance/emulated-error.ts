import type { BookRefusal } from "../emulated-order.ts";

/** A refusal as the venue words it. */
export class EmulatedError extends Error {
  readonly code: number;
  readonly status: number;
  readonly data: Record<string, unknown> | undefined;
  constructor(
    code: number,
    message: string,
    { status = 400, data }: { status?: number; data?: Record<string, unknown> } = {},
  ) {
    super(message);
    this.code = code;
    this.status = status;
    this.data = data;
  }

  get json(): Record<string, unknown> {
    const { code, message: msg, data } = this;
    return data === undefined ? { code, msg } : { code, msg, data };
  }
}

/** How the venue words what its book refuses. */
export function refusalError(refusal: BookRefusal): EmulatedError {
  switch (refusal) {
    case "no-instrument":
      return new EmulatedError(-1121, "Invalid symbol.");
    case "not-trading":
    case "no-price":
      return new EmulatedError(-2010, "Market is closed.");
    case "off-tick":
      return new EmulatedError(-1013, "Filter failure: PRICE_FILTER");
    case "off-lot":
    case "too-small":
      return new EmulatedError(-1013, "Filter failure: LOT_SIZE");
    case "too-cheap":
      return new EmulatedError(-1013, "Filter failure: NOTIONAL");
    case "no-funds":
      return new EmulatedError(-2010, "Account has insufficient balance for requested action.");
    case "would-trade":
      return new EmulatedError(-2010, "Order would immediately match and take.");
    case "would-trigger":
      return new EmulatedError(-2010, "Stop price would trigger immediately.");
  }
}
