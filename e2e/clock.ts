import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { inject } from "vitest";

const DATABASE_FOLDER = "v3/d1/miniflare-D1DatabaseObject";
// The server writes to the same file; it holds the lock for milliseconds.
const BUSY_MS_MAX = 5_000;

/** Makes the last proof of who somebody is an hour old, as if they had worked for an hour since signing in. */
export function ageProof(email: string): void {
  const folder = join(inject("stateDirectory"), DATABASE_FOLDER);
  const file = readdirSync(folder).find((name) => name.endsWith(".sqlite") && name !== "metadata.sqlite");
  if (file === undefined) throw new Error(`no database in ${folder}`);
  const database = new DatabaseSync(join(folder, file));
  try {
    database.exec(`PRAGMA busy_timeout = ${BUSY_MS_MAX}`);
    database
      .prepare(
        `UPDATE sessions SET stepped_up_at = stepped_up_at - 3600000
         WHERE user_id = (SELECT id FROM users WHERE email = ?)`,
      )
      .run(email);
  } finally {
    database.close();
  }
}
