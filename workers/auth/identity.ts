import { drizzleAdapter } from "better-auth/adapters/drizzle";
import { betterAuth } from "better-auth/minimal";
import { accounts, sessions, users, verifications } from "../../schema/tables/identity.ts";
import { openDatabase } from "../platform/database.ts";
import { type Env, secretOf } from "../platform/env.ts";
import { newId } from "../platform/ids.ts";
import { hashPassword, verifyPassword } from "./password-hash.ts";
import { PASSWORD_CHARACTERS_MAX, PASSWORD_CHARACTERS_MIN } from "./password-rules.ts";

const DAY_SECONDS = 86_400;
// Idle sessions end after a day; each use moves the end, at most once an hour.
const SESSION_IDLE_SECONDS = DAY_SECONDS;
const SESSION_REFRESH_SECONDS = 3_600;
/** However often it is used, a session ends after thirty days. */
export const SESSION_ABSOLUTE_MS = 30 * DAY_SECONDS * 1_000;

export type Identity = ReturnType<typeof createIdentity>;

/**
 * Identity of one origin: users, sessions and cookies by better-auth on D1; hashes by Argon2id. Attempts, password
 * rules and the shape of errors are the business of the routes in front of it. `onUserCreated` fills a new account.
 */
export function createIdentity(env: Env, origin: string, onUserCreated: (userId: string) => Promise<void>) {
  const secure = origin.startsWith("https:");
  const pepper = secretOf(env, "PASSWORD_PEPPER");
  return betterAuth({
    baseURL: origin,
    basePath: "/api/auth",
    secret: secretOf(env, "AUTH_SECRET"),
    trustedOrigins: [origin],
    telemetry: { enabled: false },
    logger: { disabled: true },
    database: drizzleAdapter(openDatabase(env.DB), {
      provider: "sqlite",
      schema: { user: users, session: sessions, account: accounts, verification: verifications },
    }),
    emailAndPassword: {
      enabled: true,
      minPasswordLength: PASSWORD_CHARACTERS_MIN,
      maxPasswordLength: PASSWORD_CHARACTERS_MAX,
      // Without it, signing up with a known address is answered as if it were new, which tells nobody who is here.
      autoSignIn: false,
      password: {
        hash: (password) => hashPassword(password, pepper),
        verify: ({ hash, password }) => verifyPassword(password, pepper, hash),
      },
    },
    databaseHooks: {
      user: { create: { after: async (user) => onUserCreated(user.id) } },
    },
    session: { expiresIn: SESSION_IDLE_SECONDS, updateAge: SESSION_REFRESH_SECONDS },
    // Attempts are counted exactly, in a Durable Object.
    rateLimit: { enabled: false },
    advanced: {
      useSecureCookies: false,
      ipAddress: { ipAddressHeaders: ["cf-connecting-ip"] },
      cookies: {
        session_token: {
          name: secure ? "__Host-apextrade-session" : "apextrade-session",
          attributes: { secure, httpOnly: true, sameSite: "lax", path: "/" },
        },
      },
      database: { generateId: ({ model }) => (model === "user" ? newId("usr") : newId("ses")) },
    },
  });
}
