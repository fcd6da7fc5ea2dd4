import { z } from "zod";

export const User = z.object({ id: z.string(), email: z.string(), name: z.string() });
export type User = z.infer<typeof User>;

/** Who is signed in, and what this deployment offers. `demo` names the demo sign-in where one was seeded. */
export const Session = z.object({
  user: User.nullable(),
  demo: z.object({ email: z.string(), password: z.string() }).nullable(),
  version: z.string(),
});
export type Session = z.infer<typeof Session>;

/** A short-lived bearer token for the API and its sockets. */
export const AccessToken = z.object({ token: z.string(), expiresAt: z.number().int() });
export type AccessToken = z.infer<typeof AccessToken>;

export const Email = z.email("must be an e-mail address").max(254);
export const SignIn = z.strictObject({ email: Email, password: z.string().min(1).max(1_000) });
export type SignIn = z.infer<typeof SignIn>;
export const SignUp = z.strictObject({
  email: Email,
  password: z.string().min(1).max(1_000),
  name: z.string().trim().min(1).max(80),
});
export type SignUp = z.infer<typeof SignUp>;

/** Reply to a sign-in or sign-up. A sign-up answers the same whether or not the address was known; sign in next. */
export const SignedInUser = z.object({ user: User.nullable() });
export type SignedInUser = z.infer<typeof SignedInUser>;
