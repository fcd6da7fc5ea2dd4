import { z } from "zod";
import { readJson } from "../request/read-json.ts";

/** Version of MTB that both sides speak. */
export const BRIDGE_VERSION = 1;

// Numbers arrive as the text they were written in: see `readJson`.
const Whole = z.string().regex(/^\d{1,15}$/, "must be a whole number");
const Signed = z.string().regex(/^-?\d{1,9}$/, "must be a whole number");
const Name = z.string().min(1).max(128);
const Nonce = z.string().regex(/^[0-9a-f]{16,64}$/, "must be 16 to 64 hexadecimal digits");

/** What an event tells, by its name; its content is checked where it is read. */
const EventName = z.enum(["deal", "order", "tick", "account", "state"]);

/** What a terminal says. */
export const TerminalMessage = z.discriminatedUnion("t", [
  z.object({
    t: z.literal("hello"),
    v: z.literal(String(BRIDGE_VERSION)),
    nonce: Nonce,
    login: z.string().regex(/^\d{1,20}$/, "must be an account number"),
    server: Name,
    company: z.string().max(128),
    ea: z.string().max(20),
    build: Whole,
    hedging: z.boolean(),
    trade_allowed: z.boolean(),
    gmt_offset: Signed,
    last_seq: Whole,
  }),
  z.object({ t: z.literal("auth"), key_id: Name, mac: z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256") }),
  z.object({ t: z.literal("res"), id: Whole, ok: z.literal(true), r: z.unknown() }),
  z.object({
    t: z.literal("evt"),
    seq: Whole,
    e: EventName,
    d: z.record(z.string(), z.unknown()),
  }),
  z.object({ t: z.literal("ping"), id: Whole }),
  z.object({ t: z.literal("pong"), id: Whole }),
  z.object({ t: z.literal("bye"), reason: z.string().max(200) }),
]);
export type TerminalMessage = z.infer<typeof TerminalMessage>;

/** A refusal of a request. */
export const TerminalRefusal = z.object({
  t: z.literal("res"),
  id: Whole,
  ok: z.literal(false),
  err: z.object({ code: Name, retcode: Whole, msg: z.string().max(500) }),
});
export type TerminalRefusal = z.infer<typeof TerminalRefusal>;

/** Reads a frame's text. Throws for what is no message of a terminal. */
export function readTerminalMessage(text: string): TerminalMessage | TerminalRefusal {
  const value = readJson(text);
  const refusal = TerminalRefusal.safeParse(value);
  if (refusal.success) return refusal.data;
  const message = TerminalMessage.safeParse(value);
  if (message.success) return message.data;
  throw new RangeError(`a frame must be a message of a terminal: ${message.error.issues[0]?.path.join(".") ?? ""}`);
}
