CREATE TABLE `venue_connections` (
	`id` text PRIMARY KEY NOT NULL,
	`owner_id` text NOT NULL,
	`label` text NOT NULL,
	`venue` text NOT NULL,
	`environment` text NOT NULL,
	`key_end` text NOT NULL,
	`state` text NOT NULL,
	`problem` text,
	`facts` text NOT NULL,
	`checked_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	`rotated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `venue_connections_by_owner` ON `venue_connections` (`owner_id`,`created_at`);--> statement-breakpoint
ALTER TABLE `trading_accounts` ADD `connection_id` text;