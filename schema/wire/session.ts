import { z } from "zod";
import { TimeMs } from "./primitive.ts";

export const Role = z.enum(["trader", "operator", "administrator"]);
export type Role = z.infer<typeof Role>;

export const User = z.object({ id: z.string(), email: z.string(), name: z.string(), role: Role });
export type User = z.infer<typeof User>;

/**
 * On what ground a session shows another's things: their invitation, or as an operator who gives support. `ended` where
 * there was one that holds no more: the session shows nothing until the person goes back to their own.
 */
export const ViewingKind = z.enum(["invited", "support", "ended"]);
export type ViewingKind = z.infer<typeof ViewingKind>;

/** Another person whose things the session shows, read only; name and address are empty where that has ended. */
export const Viewing = z.object({
  ownerId: z.string(),
  name: z.string(),
  email: z.string(),
  kind: ViewingKind,
});
export type Viewing = z.infer<typeof Viewing>;

/**
 * Who is signed in, and what this deployment offers. `demo` names the demo sign-in where one was seeded;
 * `mailboxUrl` where letters of a local server are read.
 */
export const Session = z.object({
  user: User.nullable(),
  viewing: Viewing.nullable(),
  /** Whether the account has a second factor; without one, some doors stay closed. */
  secondFactor: z.boolean(),
  /** Until when dangerous actions need no new proof. */
  steppedUpUntil: TimeMs.nullable(),
  /** When everything of the person will be erased, where they asked for it. */
  deletionDueAt: TimeMs.nullable(),
  demo: z.object({ email: z.string(), password: z.string() }).nullable(),
  mailboxUrl: z.string().nullable(),
  version: z.string(),
});
export type Session = z.infer<typeof Session>;

/** A short-lived bearer token for the API. */
export const AccessToken = z.object({ token: z.string(), expiresAt: z.number().int() });
export type AccessToken = z.infer<typeof AccessToken>;

export const Email = z.email("must be an e-mail address").max(254);
const Password = z.string().min(1).max(1_000);
const OneTimeText = z.string().min(1).max(100);
export const PersonName = z.string().trim().min(1).max(80);

/** `keep` keeps the session for a week of absence instead of a day. */
export const SignIn = z.strictObject({ email: Email, password: Password, keep: z.boolean().default(false) });
export type SignIn = z.infer<typeof SignIn>;
export const SignUp = z.strictObject({ email: Email, password: Password, name: PersonName });
export type SignUp = z.infer<typeof SignUp>;
/** The token of a sign-up's letter, with the password that was chosen at that sign-up. */
export const VerifyEmail = z.strictObject({ token: OneTimeText, password: Password });
export type VerifyEmail = z.infer<typeof VerifyEmail>;

/** Ways to show a second factor. */
export const FactorMethod = z.enum(["totp", "recovery", "passkey"]);
export type FactorMethod = z.infer<typeof FactorMethod>;

/** Either the session has started, or a second factor is asked for: send it with `challenge`. */
export const SignInReply = z.object({
  user: User.nullable(),
  challenge: z.object({ token: z.string(), methods: z.array(FactorMethod) }).nullable(),
});
export type SignInReply = z.infer<typeof SignInReply>;

/** What `navigator.credentials` answered, in its JSON form; checked part by part by the verifier. */
export const PasskeyResponse = z.looseObject({ id: z.string().max(1_400), type: z.literal("public-key") });
export const PasskeyOptions = z.object({
  /** Goes back with the response. */
  token: z.string(),
  /** For `navigator.credentials`, in JSON form. */
  options: z.looseObject({ challenge: z.string() }),
});
export type PasskeyOptions = z.infer<typeof PasskeyOptions>;

/** One proof of who a person is. */
export const FactorProof = z.discriminatedUnion("method", [
  z.strictObject({ method: z.literal("totp"), code: z.string().max(20) }),
  z.strictObject({ method: z.literal("recovery"), code: z.string().max(40) }),
  z.strictObject({ method: z.literal("passkey"), token: OneTimeText, response: PasskeyResponse }),
]);
export type FactorProof = z.infer<typeof FactorProof>;

export const SecondFactor = z.strictObject({ challenge: OneTimeText, proof: FactorProof });
export type SecondFactor = z.infer<typeof SecondFactor>;
export const ChallengeRef = z.strictObject({ challenge: OneTimeText });
export const PasskeySignIn = z.strictObject({
  token: OneTimeText,
  response: PasskeyResponse,
  keep: z.boolean().default(false),
});
export type PasskeySignIn = z.infer<typeof PasskeySignIn>;

/** Proof for a step-up: the password counts where the account has no second factor. */
export const StepUp = z.discriminatedUnion("method", [
  z.strictObject({ method: z.literal("password"), password: Password }),
  ...FactorProof.options,
]);
export type StepUp = z.infer<typeof StepUp>;

export const OneTimeRef = z.strictObject({ token: OneTimeText });
export const ForgotPassword = z.strictObject({ email: Email });
export const ResetPassword = z.strictObject({ token: OneTimeText, password: Password });
export type ResetPassword = z.infer<typeof ResetPassword>;
export const ChangePassword = z.strictObject({ currentPassword: Password, password: Password });
export type ChangePassword = z.infer<typeof ChangePassword>;
export const ChangeEmail = z.strictObject({ email: Email });
export const ChangeProfile = z.strictObject({ name: PersonName });
