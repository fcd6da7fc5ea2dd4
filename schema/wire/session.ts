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
