import { missingTriggers } from "./backup/migrated-database.ts";

/**
 * `node ops/backup-triggers.ts >> migrations/<new one>.sql`: the triggers by which changes of tables are backed up, of those
 * tables that the migrations make and that have none yet.
 */
for (const statement of await missingTriggers("migrations")) console.log(`--> statement-breakpoint\n${statement};`);
