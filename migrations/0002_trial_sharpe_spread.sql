ALTER TABLE `backtests` ADD `trial_subject` text;--> statement-breakpoint
ALTER TABLE `trial_counts` ADD `finished` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `trial_counts` ADD `sharpe_sum` real DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `trial_counts` ADD `sharpe_squares` real DEFAULT 0 NOT NULL;