DROP INDEX "access_tokens_by_expires";--> statement-breakpoint
DROP INDEX "access_tokens_expiring";--> statement-breakpoint
CREATE INDEX "access_tokens_by_expires" ON "access_tokens" USING btree ("owner_id","expires_at","id","created_at");--> statement-breakpoint
CREATE INDEX "access_tokens_expiring" ON "access_tokens" USING btree ("owner_id","expires_at","id","created_at","last_used_at","name_key") WHERE revoked_at is null;