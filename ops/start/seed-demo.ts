import type { LocalSecrets } from "./local-secrets.ts";

const DEMO_EMAIL = "demo@apextrade.local";

/** Makes the demo user through the API, the way anyone signs up; a second time changes nothing. */
export async function seedDemo(origin: string, secrets: LocalSecrets): Promise<void> {
  const reply = await fetch(`${origin}/api/auth/sign-up/email`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Origin: origin },
    body: JSON.stringify({ email: DEMO_EMAIL, name: "Demo trader", password: secrets.DEMO_PASSWORD }),
  });
  if (!reply.ok) throw new Error(`the demo user could not be made: ${reply.status} ${await reply.text()}`);
}
