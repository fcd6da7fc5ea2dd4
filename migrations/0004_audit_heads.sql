CREATE TABLE `audit_heads` (
	`owner_id` text PRIMARY KEY NOT NULL,
	`seq` integer NOT NULL,
	`hash` text NOT NULL,
	`anchored_seq` integer DEFAULT 0 NOT NULL,
	`anchored_at` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE INDEX `audit_heads_moved` ON `audit_heads` (`anchored_at`) WHERE "audit_heads"."seq" > "audit_heads"."anchored_seq";