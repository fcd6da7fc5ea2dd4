import { Hono } from "hono";
import { readLocalMailbox } from "../mail/local-mailbox.ts";
import type { ApiEnv } from "./api-types.ts";
import { FAULTS_PATH, takeLocalFault } from "./local-faults.ts";
import { REFERENCE_STYLE } from "./reference-style.ts";

export const MAILBOX_PATH = "/dev/mail";
const STYLE_PATH = "/dev/mail.css";

/** Pages that only a local server has. */
export function localRoutes(): Hono<ApiEnv> {
  return new Hono<ApiEnv>()
    .get(STYLE_PATH, (c) => c.body(REFERENCE_STYLE, 200, { "Content-Type": "text/css; charset=utf-8" }))
    .get(`${MAILBOX_PATH}.json`, async (c) => c.json({ rows: await readLocalMailbox(c.env) }))
    .post(FAULTS_PATH, takeLocalFault)
    .get(MAILBOX_PATH, async (c) => c.html(<MailboxPage letters={await readLocalMailbox(c.env)} />));
}

function MailboxPage({ letters }: { letters: Awaited<ReturnType<typeof readLocalMailbox>> }) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Letters of this local server</title>
        <link rel="stylesheet" href={STYLE_PATH} />
      </head>
      <body>
        <main>
          <h1>Letters of this local server</h1>
          <p>Nothing leaves this machine: what would be sent stands here, the newest first.</p>
          {letters.length === 0 ? <p>No letters yet.</p> : null}
          {letters.map((letter) => (
            <article key={letter.id}>
              <h2>{letter.subject}</h2>
              <p>
                To {letter.to}, {new Date(letter.at).toISOString()}
              </p>
              {letter.text.split("\n\n").map((paragraph) =>
                /^https?:\/\/\S+$/.test(paragraph) ? (
                  <p key={paragraph}>
                    <a href={paragraph}>{paragraph}</a>
                  </p>
                ) : (
                  <p key={paragraph}>{paragraph}</p>
                ),
              )}
            </article>
          ))}
        </main>
      </body>
    </html>
  );
}
