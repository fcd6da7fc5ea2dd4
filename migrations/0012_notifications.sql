CREATE TABLE `notice_channels` (
	`id` text PRIMARY KEY NOT NULL,
	`owner_id` text NOT NULL,
	`kind` text NOT NULL,
	`label` text NOT NULL,
	`target` text NOT NULL,
	`enabled` integer DEFAULT true NOT NULL,
	`digest` text DEFAULT 'off' NOT NULL,
	`verified_at` integer,
	`created_at` integer NOT NULL,
	`last_sent_at` integer,
	`problem` text,
	`failures` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE INDEX `notice_channels_by_owner` ON `notice_channels` (`owner_id`);--> statement-breakpoint
CREATE TABLE `notice_deliveries` (
	`id` text PRIMARY KEY NOT NULL,
	`owner_id` text NOT NULL,
	`notice_id` text NOT NULL,
	`channel_id` text NOT NULL,
	`status` text NOT NULL,
	`together` integer NOT NULL,
	`digest_id` text,
	`attempts` integer DEFAULT 0 NOT NULL,
	`next_attempt_at` integer NOT NULL,
	`reason` text,
	`created_at` integer NOT NULL,
	`sent_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `notice_deliveries_once` ON `notice_deliveries` (`notice_id`,`channel_id`);--> statement-breakpoint
CREATE INDEX `notice_deliveries_due` ON `notice_deliveries` (`next_attempt_at`) WHERE "notice_deliveries"."status" = 'waiting';--> statement-breakpoint
CREATE INDEX `notice_deliveries_by_owner` ON `notice_deliveries` (`owner_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `notice_deliveries_by_age` ON `notice_deliveries` (`created_at`);--> statement-breakpoint
CREATE TABLE `notice_rules` (
	`id` text PRIMARY KEY NOT NULL,
	`owner_id` text NOT NULL,
	`channel_id` text NOT NULL,
	`topic` text NOT NULL,
	`scope` text NOT NULL,
	`scope_id` text NOT NULL,
	`level` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `notice_rules_by_place` ON `notice_rules` (`owner_id`,`channel_id`,`topic`,`scope`,`scope_id`);--> statement-breakpoint
CREATE TABLE `notice_settings` (
	`owner_id` text PRIMARY KEY NOT NULL,
	`time_zone` text NOT NULL,
	`quiet_from` integer,
	`quiet_to` integer,
	`repeat_minutes` integer NOT NULL,
	`daily_at` integer NOT NULL,
	`read_until` integer DEFAULT 0 NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `notices` (
	`id` text PRIMARY KEY NOT NULL,
	`owner_id` text NOT NULL,
	`event` text NOT NULL,
	`level` text NOT NULL,
	`at` integer NOT NULL,
	`title` text NOT NULL,
	`text` text NOT NULL,
	`subject` text NOT NULL,
	`path` text DEFAULT '' NOT NULL,
	`account_id` text,
	`bot_id` text,
	`same_as` text DEFAULT '' NOT NULL,
	`repeats` integer DEFAULT 0 NOT NULL,
	`in_app` integer DEFAULT false NOT NULL,
	`created_at` integer NOT NULL,
	`routed_at` integer
);
--> statement-breakpoint
CREATE INDEX `notices_to_route` ON `notices` (`created_at`) WHERE "notices"."routed_at" is null;--> statement-breakpoint
CREATE INDEX `notices_in_app` ON `notices` (`owner_id`,`at`) WHERE "notices"."in_app" = 1;--> statement-breakpoint
CREATE INDEX `notices_same` ON `notices` (`owner_id`,`same_as`,`at`);--> statement-breakpoint
CREATE INDEX `notices_by_age` ON `notices` (`at`);