DROP INDEX "access_tokens_search";--> statement-breakpoint
ALTER TABLE "access_tokens" ADD COLUMN "search_key" text collate "C";--> statement-breakpoint
-- by hand: technical users' names are in lower case. The revision stays, since callers see no difference.
ALTER TABLE "access_tokens" DISABLE TRIGGER "access_tokens_revision";--> statement-breakpoint
UPDATE "access_tokens" SET "search_key" = "access_tokens"."name_key" || E'\n' || "users"."name"
FROM "users" WHERE "users"."id" = "access_tokens"."technical_user_id";--> statement-breakpoint
ALTER TABLE "access_tokens" ENABLE TRIGGER "access_tokens_revision";--> statement-breakpoint
ALTER TABLE "access_tokens" ALTER COLUMN "search_key" SET NOT NULL;--> statement-breakpoint
CREATE INDEX "access_tokens_by_suffix" ON "access_tokens" USING btree ("owner_id","token_suffix");--> statement-breakpoint
CREATE INDEX "access_tokens_by_creator" ON "access_tokens" USING btree ("owner_id","created_by_id","created_at","id");--> statement-breakpoint
CREATE INDEX "access_tokens_never_used" ON "access_tokens" USING btree ("owner_id","created_at","id") WHERE last_used_at is null;--> statement-breakpoint
CREATE INDEX "access_tokens_idle" ON "access_tokens" USING btree ("owner_id",coalesce("last_used_at", "created_at"),"id");--> statement-breakpoint
CREATE INDEX "access_tokens_expiring" ON "access_tokens" USING btree ("owner_id","expires_at","id") WHERE revoked_at is null;--> statement-breakpoint
CREATE INDEX "access_tokens_search" ON "access_tokens" USING gin ("search_key" gin_trgm_ops);