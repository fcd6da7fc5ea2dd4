import { resolve } from "node:path";
import { parseArgs } from "node:util";

export interface RestoreOptions {
  /** UTC ms. */
  readonly to: number;
  /** Folder of the backups, or the origin that serves one. */
  readonly from: string;
  /** State folder of the local server; it is replaced at the end. */
  readonly state: string;
  /** File with the secrets under which the backups were sealed. */
  readonly secrets: string;
  /** Whether to go on without asking: for drills. */
  readonly isAgreed: boolean;
  /** Whether to say only what would be brought back. */
  readonly isDry: boolean;
  /** Whether accounts may differ from their venues in what the loss of the last seconds does not explain. */
  readonly acceptsDifferences: boolean;
}

const USAGE =
  "usage: npm run restore -- --to 2026-03-01T12:00:00Z|now [--from .wrangler/backups] [--state .wrangler/state] [--secrets FILE] [--dry-run] [--yes] [--accept-differences]";

/** The options, or what is wrong with them in one line. */
export function readRestoreOptions(argv: readonly string[], nowMs: number): RestoreOptions | string {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        to: { type: "string" },
        from: { type: "string" },
        state: { type: "string" },
        secrets: { type: "string" },
        "dry-run": { type: "boolean" },
        yes: { type: "boolean" },
        "accept-differences": { type: "boolean" },
        help: { type: "boolean" },
      },
      strict: true,
    });
    if (values.help === true) return USAGE;
    const to = values.to === "now" ? nowMs : Date.parse(values.to ?? "");
    const isInstant = values.to === "now" || /(?:Z|[+-]\d\d:\d\d)$/.test(values.to ?? "");
    if (!Number.isFinite(to) || !isInstant) {
      return `--to must be an instant with its zone, such as 2026-03-01T12:00:00Z, or now; was ${values.to ?? "nothing"}\n${USAGE}`;
    }
    if (to > nowMs) return `--to must not be in the future, was ${values.to}`;
    const given = values.from ?? ".wrangler/backups";
    const from = /^https?:\/\//.test(given) ? given : resolve(given);
    const secrets = resolve(values.secrets ?? `${given}.secrets.env`);
    return {
      ...{ to, from, state: resolve(values.state ?? ".wrangler/state"), secrets },
      ...{ isAgreed: values.yes === true, isDry: values["dry-run"] === true },
      acceptsDifferences: values["accept-differences"] === true,
    };
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}\n${USAGE}`;
  }
}
