import { z } from "zod";
import { Reason, TimeMs } from "./primitive.ts";
import { Email, PasskeyResponse, Role, User } from "./session.ts";

export const Passkey = z.object({ id: z.string(), name: z.string(), createdAt: TimeMs, lastUsedAt: TimeMs.nullable() });
export type Passkey = z.infer<typeof Passkey>;

export const Security = z.object({
  totp: z.object({ since: TimeMs }).nullable(),
  recoveryCodesLeft: z.number().int(),
  passkeys: z.array(Passkey),
});
export type Security = z.infer<typeof Security>;

/** Shown once. */
export const TotpEnrolment = z.object({ secret: z.string(), uri: z.string() });
export type TotpEnrolment = z.infer<typeof TotpEnrolment>;
export const ConfirmTotp = z.strictObject({ code: z.string().max(20) });
/** Shown once; ten codes that each stand in for the second factor once. */
export const RecoveryCodes = z.object({ codes: z.array(z.string()) });
export type RecoveryCodes = z.infer<typeof RecoveryCodes>;
export const AddPasskey = z.strictObject({
  token: z.string().max(100),
  name: z.string().trim().min(1).max(60),
  response: PasskeyResponse,
});
export type AddPasskey = z.infer<typeof AddPasskey>;

export const SessionEntry = z.object({
  id: z.string(),
  current: z.boolean(),
  address: z.string(),
  userAgent: z.string(),
  secondFactor: z.boolean(),
  createdAt: TimeMs,
  usedAt: TimeMs,
});
export type SessionEntry = z.infer<typeof SessionEntry>;

export const ApiScope = z.enum(["read", "trade", "admin"]);
export type ApiScope = z.infer<typeof ApiScope>;
export const ApiKey = z.object({
  id: z.string(),
  name: z.string(),
  start: z.string(),
  scopes: z.array(ApiScope),
  allowedAddresses: z.array(z.string()).nullable(),
  createdAt: TimeMs,
  expiresAt: TimeMs.nullable(),
  lastUsedAt: TimeMs.nullable(),
  lastUsedAddress: z.string().nullable(),
});
export type ApiKey = z.infer<typeof ApiKey>;
export const CreateApiKey = z.strictObject({
  name: z.string().trim().min(1).max(60),
  scopes: z.array(ApiScope).min(1).max(3),
  /** Days after which the key stops working; null for never. */
  days: z.number().int().min(1).max(366).nullable().default(90),
  allowedAddresses: z.array(z.string().max(50)).min(1).max(20).nullable().default(null),
});
export type CreateApiKey = z.infer<typeof CreateApiKey>;
/** `secret` is shown once. */
export const NewApiKey = ApiKey.extend({ secret: z.string() });
export type NewApiKey = z.infer<typeof NewApiKey>;

export const Invitation = z.object({ id: z.string(), email: z.string(), createdAt: TimeMs, expiresAt: TimeMs });
export type Invitation = z.infer<typeof Invitation>;
export const CreateInvitation = z.strictObject({ email: Email });
/** A person who may see the owner's things, or whose things one may see. */
export const SharedWith = z.object({ userId: z.string(), name: z.string(), email: z.string(), createdAt: TimeMs });
export type SharedWith = z.infer<typeof SharedWith>;
export const Sharing = z.object({
  invitations: z.array(Invitation),
  /** Who may see mine. */
  viewers: z.array(SharedWith),
  /** Whose I may see. */
  owners: z.array(SharedWith),
});
export type Sharing = z.infer<typeof Sharing>;
/** Null ends the viewing. */
export const ViewAccount = z.strictObject({ ownerId: z.string().max(60).nullable() });

export const SocketTicket = z.object({ ticket: z.string(), expiresAt: TimeMs });
export type SocketTicket = z.infer<typeof SocketTicket>;

export const Bootstrap = z.strictObject({ secret: z.string().min(1).max(200) });
export const AdminUser = User.extend({
  emailVerified: z.boolean(),
  secondFactor: z.boolean(),
  disabledAt: TimeMs.nullable(),
  deletionDueAt: TimeMs.nullable(),
  sessions: z.number().int(),
  createdAt: TimeMs,
});
export type AdminUser = z.infer<typeof AdminUser>;
export const ChangeUser = z
  .strictObject({ role: Role.optional(), disabled: z.boolean().optional(), reason: Reason.optional() })
  .refine((change) => change.role !== undefined || change.disabled !== undefined, "must name role or disabled")
  .refine((change) => change.disabled !== true || change.reason !== undefined, {
    path: ["reason"],
    message: "is required where an account is closed",
  });
export type ChangeUser = z.infer<typeof ChangeUser>;
export const SupportView = z.strictObject({ reason: z.string().trim().min(8).max(200) });
