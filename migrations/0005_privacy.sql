CREATE TABLE `erasures` (
	`owner_hash` text PRIMARY KEY NOT NULL,
	`owner_id` text,
	`started_at` integer NOT NULL,
	`erased_at` integer,
	`swept_at` integer
);
--> statement-breakpoint
CREATE TABLE `nightly_jobs` (
	`name` text PRIMARY KEY NOT NULL,
	`day` text NOT NULL,
	`done_at` integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE `data_exports` ADD `origin` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `data_exports` ADD `lease_token` text;--> statement-breakpoint
ALTER TABLE `data_exports` ADD `lease_until_ms` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `data_exports` ADD `alive_at` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `data_exports` ADD `redrives` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `data_exports` ADD `checkpoint` text;--> statement-breakpoint
CREATE INDEX `data_exports_by_life` ON `data_exports` (`status`,`alive_at`);