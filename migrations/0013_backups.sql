CREATE TABLE `backup_changes` (
	`sequence` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`place` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `backup_marks` (
	`number` integer PRIMARY KEY NOT NULL,
	`sequence` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `backup_state` (
	`name` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `backup_values` (
	`name` text PRIMARY KEY NOT NULL,
	`hash` text,
	`number` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `backups` (
	`id` text PRIMARY KEY NOT NULL,
	`status` text NOT NULL,
	`asked_by` text NOT NULL,
	`started_at` integer NOT NULL,
	`made_at` integer,
	`finished_at` integer,
	`sources` integer DEFAULT 0 NOT NULL,
	`units` integer DEFAULT 0 NOT NULL,
	`bytes` integer DEFAULT 0 NOT NULL,
	`rows` integer DEFAULT 0 NOT NULL,
	`reason` text
);
--> statement-breakpoint
CREATE INDEX `backups_by_start` ON `backups` (`started_at`);--> statement-breakpoint
create trigger if not exists "backup_api_keys_made" after insert on "api_keys" begin insert into backup_changes (name, place) values ('api_keys', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_api_keys_changed" after update on "api_keys" begin insert into backup_changes (name, place) values ('api_keys', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_api_keys_gone" after delete on "api_keys" begin insert into backup_changes (name, place) values ('api_keys', old.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_audit_heads_made" after insert on "audit_heads" begin insert into backup_changes (name, place) values ('audit_heads', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_audit_heads_changed" after update on "audit_heads" begin insert into backup_changes (name, place) values ('audit_heads', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_audit_heads_gone" after delete on "audit_heads" begin insert into backup_changes (name, place) values ('audit_heads', old.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_audit_outbox_made" after insert on "audit_outbox" begin insert into backup_changes (name, place) values ('audit_outbox', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_audit_outbox_changed" after update on "audit_outbox" begin insert into backup_changes (name, place) values ('audit_outbox', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_audit_outbox_gone" after delete on "audit_outbox" begin insert into backup_changes (name, place) values ('audit_outbox', old.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_backfills_made" after insert on "backfills" begin insert into backup_changes (name, place) values ('backfills', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_backfills_changed" after update on "backfills" begin insert into backup_changes (name, place) values ('backfills', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_backfills_gone" after delete on "backfills" begin insert into backup_changes (name, place) values ('backfills', old.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_backtests_made" after insert on "backtests" begin insert into backup_changes (name, place) values ('backtests', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_backtests_changed" after update on "backtests" begin insert into backup_changes (name, place) values ('backtests', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_backtests_gone" after delete on "backtests" begin insert into backup_changes (name, place) values ('backtests', old.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_backups_made" after insert on "backups" begin insert into backup_changes (name, place) values ('backups', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_backups_changed" after update on "backups" begin insert into backup_changes (name, place) values ('backups', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_backups_gone" after delete on "backups" begin insert into backup_changes (name, place) values ('backups', old.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_bots_made" after insert on "bots" begin insert into backup_changes (name, place) values ('bots', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_bots_changed" after update on "bots" begin insert into backup_changes (name, place) values ('bots', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_bots_gone" after delete on "bots" begin insert into backup_changes (name, place) values ('bots', old.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_candle_periods_made" after insert on "candle_periods" begin insert into backup_changes (name, place) values ('candle_periods', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_candle_periods_changed" after update on "candle_periods" begin insert into backup_changes (name, place) values ('candle_periods', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_candle_periods_gone" after delete on "candle_periods" begin insert into backup_changes (name, place) values ('candle_periods', old.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_data_exports_made" after insert on "data_exports" begin insert into backup_changes (name, place) values ('data_exports', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_data_exports_changed" after update on "data_exports" begin insert into backup_changes (name, place) values ('data_exports', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_data_exports_gone" after delete on "data_exports" begin insert into backup_changes (name, place) values ('data_exports', old.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_datasets_made" after insert on "datasets" begin insert into backup_changes (name, place) values ('datasets', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_datasets_changed" after update on "datasets" begin insert into backup_changes (name, place) values ('datasets', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_datasets_gone" after delete on "datasets" begin insert into backup_changes (name, place) values ('datasets', old.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_deployment_facts_made" after insert on "deployment_facts" begin insert into backup_changes (name, place) values ('deployment_facts', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_deployment_facts_changed" after update on "deployment_facts" begin insert into backup_changes (name, place) values ('deployment_facts', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_deployment_facts_gone" after delete on "deployment_facts" begin insert into backup_changes (name, place) values ('deployment_facts', old.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_erasures_made" after insert on "erasures" begin insert into backup_changes (name, place) values ('erasures', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_erasures_changed" after update on "erasures" begin insert into backup_changes (name, place) values ('erasures', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_erasures_gone" after delete on "erasures" begin insert into backup_changes (name, place) values ('erasures', old.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_fills_made" after insert on "fills" begin insert into backup_changes (name, place) values ('fills', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_fills_changed" after update on "fills" begin insert into backup_changes (name, place) values ('fills', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_fills_gone" after delete on "fills" begin insert into backup_changes (name, place) values ('fills', old.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_idempotency_keys_made" after insert on "idempotency_keys" begin insert into backup_changes (name, place) values ('idempotency_keys', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_idempotency_keys_changed" after update on "idempotency_keys" begin insert into backup_changes (name, place) values ('idempotency_keys', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_idempotency_keys_gone" after delete on "idempotency_keys" begin insert into backup_changes (name, place) values ('idempotency_keys', old.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_imports_made" after insert on "imports" begin insert into backup_changes (name, place) values ('imports', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_imports_changed" after update on "imports" begin insert into backup_changes (name, place) values ('imports', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_imports_gone" after delete on "imports" begin insert into backup_changes (name, place) values ('imports', old.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_invitations_made" after insert on "invitations" begin insert into backup_changes (name, place) values ('invitations', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_invitations_changed" after update on "invitations" begin insert into backup_changes (name, place) values ('invitations', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_invitations_gone" after delete on "invitations" begin insert into backup_changes (name, place) values ('invitations', old.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_journal_made" after insert on "journal" begin insert into backup_changes (name, place) values ('journal', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_journal_changed" after update on "journal" begin insert into backup_changes (name, place) values ('journal', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_journal_gone" after delete on "journal" begin insert into backup_changes (name, place) values ('journal', old.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_journal_tags_made" after insert on "journal_tags" begin insert into backup_changes (name, place) values ('journal_tags', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_journal_tags_changed" after update on "journal_tags" begin insert into backup_changes (name, place) values ('journal_tags', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_journal_tags_gone" after delete on "journal_tags" begin insert into backup_changes (name, place) values ('journal_tags', old.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_mail_outbox_made" after insert on "mail_outbox" begin insert into backup_changes (name, place) values ('mail_outbox', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_mail_outbox_changed" after update on "mail_outbox" begin insert into backup_changes (name, place) values ('mail_outbox', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_mail_outbox_gone" after delete on "mail_outbox" begin insert into backup_changes (name, place) values ('mail_outbox', old.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_nightly_jobs_made" after insert on "nightly_jobs" begin insert into backup_changes (name, place) values ('nightly_jobs', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_nightly_jobs_changed" after update on "nightly_jobs" begin insert into backup_changes (name, place) values ('nightly_jobs', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_nightly_jobs_gone" after delete on "nightly_jobs" begin insert into backup_changes (name, place) values ('nightly_jobs', old.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_notice_channels_made" after insert on "notice_channels" begin insert into backup_changes (name, place) values ('notice_channels', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_notice_channels_changed" after update on "notice_channels" begin insert into backup_changes (name, place) values ('notice_channels', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_notice_channels_gone" after delete on "notice_channels" begin insert into backup_changes (name, place) values ('notice_channels', old.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_notice_deliveries_made" after insert on "notice_deliveries" begin insert into backup_changes (name, place) values ('notice_deliveries', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_notice_deliveries_changed" after update on "notice_deliveries" begin insert into backup_changes (name, place) values ('notice_deliveries', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_notice_deliveries_gone" after delete on "notice_deliveries" begin insert into backup_changes (name, place) values ('notice_deliveries', old.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_notice_rules_made" after insert on "notice_rules" begin insert into backup_changes (name, place) values ('notice_rules', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_notice_rules_changed" after update on "notice_rules" begin insert into backup_changes (name, place) values ('notice_rules', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_notice_rules_gone" after delete on "notice_rules" begin insert into backup_changes (name, place) values ('notice_rules', old.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_notice_settings_made" after insert on "notice_settings" begin insert into backup_changes (name, place) values ('notice_settings', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_notice_settings_changed" after update on "notice_settings" begin insert into backup_changes (name, place) values ('notice_settings', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_notice_settings_gone" after delete on "notice_settings" begin insert into backup_changes (name, place) values ('notice_settings', old.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_notices_made" after insert on "notices" begin insert into backup_changes (name, place) values ('notices', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_notices_changed" after update on "notices" begin insert into backup_changes (name, place) values ('notices', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_notices_gone" after delete on "notices" begin insert into backup_changes (name, place) values ('notices', old.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_one_time_tokens_made" after insert on "one_time_tokens" begin insert into backup_changes (name, place) values ('one_time_tokens', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_one_time_tokens_changed" after update on "one_time_tokens" begin insert into backup_changes (name, place) values ('one_time_tokens', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_one_time_tokens_gone" after delete on "one_time_tokens" begin insert into backup_changes (name, place) values ('one_time_tokens', old.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_orders_made" after insert on "orders" begin insert into backup_changes (name, place) values ('orders', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_orders_changed" after update on "orders" begin insert into backup_changes (name, place) values ('orders', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_orders_gone" after delete on "orders" begin insert into backup_changes (name, place) values ('orders', old.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_owner_keys_made" after insert on "owner_keys" begin insert into backup_changes (name, place) values ('owner_keys', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_owner_keys_changed" after update on "owner_keys" begin insert into backup_changes (name, place) values ('owner_keys', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_owner_keys_gone" after delete on "owner_keys" begin insert into backup_changes (name, place) values ('owner_keys', old.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_passkeys_made" after insert on "passkeys" begin insert into backup_changes (name, place) values ('passkeys', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_passkeys_changed" after update on "passkeys" begin insert into backup_changes (name, place) values ('passkeys', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_passkeys_gone" after delete on "passkeys" begin insert into backup_changes (name, place) values ('passkeys', old.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_recovery_codes_made" after insert on "recovery_codes" begin insert into backup_changes (name, place) values ('recovery_codes', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_recovery_codes_changed" after update on "recovery_codes" begin insert into backup_changes (name, place) values ('recovery_codes', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_recovery_codes_gone" after delete on "recovery_codes" begin insert into backup_changes (name, place) values ('recovery_codes', old.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_sessions_made" after insert on "sessions" begin insert into backup_changes (name, place) values ('sessions', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_sessions_changed" after update on "sessions" begin insert into backup_changes (name, place) values ('sessions', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_sessions_gone" after delete on "sessions" begin insert into backup_changes (name, place) values ('sessions', old.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_strategies_made" after insert on "strategies" begin insert into backup_changes (name, place) values ('strategies', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_strategies_changed" after update on "strategies" begin insert into backup_changes (name, place) values ('strategies', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_strategies_gone" after delete on "strategies" begin insert into backup_changes (name, place) values ('strategies', old.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_strategy_versions_made" after insert on "strategy_versions" begin insert into backup_changes (name, place) values ('strategy_versions', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_strategy_versions_changed" after update on "strategy_versions" begin insert into backup_changes (name, place) values ('strategy_versions', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_strategy_versions_gone" after delete on "strategy_versions" begin insert into backup_changes (name, place) values ('strategy_versions', old.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_totp_secrets_made" after insert on "totp_secrets" begin insert into backup_changes (name, place) values ('totp_secrets', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_totp_secrets_changed" after update on "totp_secrets" begin insert into backup_changes (name, place) values ('totp_secrets', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_totp_secrets_gone" after delete on "totp_secrets" begin insert into backup_changes (name, place) values ('totp_secrets', old.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_trading_accounts_made" after insert on "trading_accounts" begin insert into backup_changes (name, place) values ('trading_accounts', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_trading_accounts_changed" after update on "trading_accounts" begin insert into backup_changes (name, place) values ('trading_accounts', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_trading_accounts_gone" after delete on "trading_accounts" begin insert into backup_changes (name, place) values ('trading_accounts', old.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_trial_counts_made" after insert on "trial_counts" begin insert into backup_changes (name, place) values ('trial_counts', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_trial_counts_changed" after update on "trial_counts" begin insert into backup_changes (name, place) values ('trial_counts', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_trial_counts_gone" after delete on "trial_counts" begin insert into backup_changes (name, place) values ('trial_counts', old.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_users_made" after insert on "users" begin insert into backup_changes (name, place) values ('users', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_users_changed" after update on "users" begin insert into backup_changes (name, place) values ('users', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_users_gone" after delete on "users" begin insert into backup_changes (name, place) values ('users', old.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_vault_secrets_made" after insert on "vault_secrets" begin insert into backup_changes (name, place) values ('vault_secrets', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_vault_secrets_changed" after update on "vault_secrets" begin insert into backup_changes (name, place) values ('vault_secrets', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_vault_secrets_gone" after delete on "vault_secrets" begin insert into backup_changes (name, place) values ('vault_secrets', old.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_venue_connections_made" after insert on "venue_connections" begin insert into backup_changes (name, place) values ('venue_connections', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_venue_connections_changed" after update on "venue_connections" begin insert into backup_changes (name, place) values ('venue_connections', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_venue_connections_gone" after delete on "venue_connections" begin insert into backup_changes (name, place) values ('venue_connections', old.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_viewers_made" after insert on "viewers" begin insert into backup_changes (name, place) values ('viewers', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_viewers_changed" after update on "viewers" begin insert into backup_changes (name, place) values ('viewers', new.rowid); end;
--> statement-breakpoint
create trigger if not exists "backup_viewers_gone" after delete on "viewers" begin insert into backup_changes (name, place) values ('viewers', old.rowid); end;
