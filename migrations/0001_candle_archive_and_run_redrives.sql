CREATE TABLE `candle_periods` (
	`owner_id` text NOT NULL,
	`dataset_id` text NOT NULL,
	`timeframe` text NOT NULL,
	`period` text NOT NULL,
	`object_key` text NOT NULL,
	`candles` integer NOT NULL,
	`from_ms` integer NOT NULL,
	`to_ms` integer NOT NULL,
	`version` integer NOT NULL,
	PRIMARY KEY(`owner_id`, `dataset_id`, `timeframe`, `period`)
);
--> statement-breakpoint
ALTER TABLE `backtests` ADD `redrives` integer DEFAULT 0 NOT NULL;