import type { EmulatedReply } from "../venue-emulator.ts";

/** What it says where all is well. */
export function success(result: unknown): EmulatedReply {
  return { status: 200, body: JSON.stringify({ type: "success", code: "s-orders-0001", description: "ok", result }) };
}

/** A refusal by its status and code. */
export function refused(status: number, code: string, description: string): EmulatedReply {
  return { status, body: JSON.stringify({ type: "error", code, description, result: {} }) };
}

/** A refusal of a request of which a field is not as it must be. */
export function fieldError(field: string): EmulatedReply {
  const errors = [{ field: [field], location: "body", messages: [`"${field}" is not allowed`], types: ["any"] }];
  const result = { status: 400, statusText: "Bad Request", errors };
  return {
    status: 400,
    body: JSON.stringify({ type: "error", code: "e-orders-0009", description: "Bad Request", result }),
  };
}
