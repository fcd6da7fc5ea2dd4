CREATE TABLE `bots` (
	`id` text PRIMARY KEY NOT NULL,
	`owner_id` text NOT NULL,
	`account_id` text NOT NULL,
	`name` text NOT NULL,
	`strategy_title` text NOT NULL,
	`document` text,
	`version` integer NOT NULL,
	`definition` text NOT NULL,
	`status` text NOT NULL,
	`reason` text,
	`archived` integer DEFAULT false NOT NULL,
	`simulated` integer NOT NULL,
	`equity` text,
	`profit` text,
	`profit_today` text,
	`trades` integer DEFAULT 0 NOT NULL,
	`spark` text NOT NULL,
	`last_candle_at` integer,
	`due_at` integer,
	`created_at` integer NOT NULL,
	`started_at` integer
);
--> statement-breakpoint
CREATE INDEX `bots_by_owner` ON `bots` (`owner_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `bots_by_account` ON `bots` (`account_id`);--> statement-breakpoint
CREATE INDEX `bots_by_due` ON `bots` (`due_at`);--> statement-breakpoint
CREATE TABLE `fills` (
	`id` text PRIMARY KEY NOT NULL,
	`owner_id` text NOT NULL,
	`account_id` text NOT NULL,
	`trade_id` text NOT NULL,
	`bot_id` text,
	`order_id` text,
	`instrument` text NOT NULL,
	`side` text NOT NULL,
	`quantity` text NOT NULL,
	`price` text NOT NULL,
	`fee` text NOT NULL,
	`fee_currency` text NOT NULL,
	`liquidity` text NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `fills_by_owner` ON `fills` (`owner_id`,`at`,`id`);--> statement-breakpoint
CREATE INDEX `fills_by_bot` ON `fills` (`bot_id`,`at`);--> statement-breakpoint
CREATE TABLE `journal` (
	`id` text PRIMARY KEY NOT NULL,
	`owner_id` text NOT NULL,
	`account_id` text NOT NULL,
	`bot_id` text,
	`instrument` text NOT NULL,
	`side` text NOT NULL,
	`quantity` text NOT NULL,
	`opened_at` integer NOT NULL,
	`closed_at` integer NOT NULL,
	`entry_price` text NOT NULL,
	`exit_price` text NOT NULL,
	`fees` text NOT NULL,
	`profit` text NOT NULL,
	`won` integer NOT NULL,
	`exit_reason` text NOT NULL,
	`notes` text DEFAULT '' NOT NULL,
	`rating` integer,
	`picture_key` text
);
--> statement-breakpoint
CREATE INDEX `journal_by_owner` ON `journal` (`owner_id`,`closed_at`,`id`);--> statement-breakpoint
CREATE TABLE `journal_tags` (
	`owner_id` text NOT NULL,
	`trade_id` text NOT NULL,
	`tag` text NOT NULL,
	PRIMARY KEY(`trade_id`, `tag`)
);
--> statement-breakpoint
CREATE INDEX `journal_tags_by_owner` ON `journal_tags` (`owner_id`,`tag`);--> statement-breakpoint
CREATE TABLE `orders` (
	`id` text PRIMARY KEY NOT NULL,
	`owner_id` text NOT NULL,
	`account_id` text NOT NULL,
	`bot_id` text,
	`instrument` text NOT NULL,
	`side` text NOT NULL,
	`kind` text NOT NULL,
	`role` text NOT NULL,
	`quantity` text NOT NULL,
	`limit_price` text,
	`stop_price` text,
	`trail` text,
	`parent` text,
	`filled` text NOT NULL,
	`average_price` text,
	`state` text NOT NULL,
	`cancel_requested` integer NOT NULL,
	`reason` text,
	`signal` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`change` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `orders_by_owner` ON `orders` (`owner_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `orders_by_bot` ON `orders` (`bot_id`,`created_at`);--> statement-breakpoint
CREATE TABLE `trading_accounts` (
	`id` text PRIMARY KEY NOT NULL,
	`owner_id` text NOT NULL,
	`name` text NOT NULL,
	`mode` text NOT NULL,
	`market` text NOT NULL,
	`currency` text NOT NULL,
	`method` text NOT NULL,
	`cash` text NOT NULL,
	`fees` text NOT NULL,
	`slippage` text NOT NULL,
	`latency_ms` integer NOT NULL,
	`volume_limit_ppm` integer,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `trading_accounts_by_owner` ON `trading_accounts` (`owner_id`,`created_at`);