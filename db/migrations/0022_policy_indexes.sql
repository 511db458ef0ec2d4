ALTER TABLE "access_tokens" ADD COLUMN "idle_noticed_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "policies" ADD COLUMN "revoke_unused_set_at" timestamp (3) with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
CREATE INDEX "access_tokens_by_lifetime" ON "access_tokens" USING btree ("owner_id",("expires_at" - coalesce("lifetime_from", "created_at")),"expires_at") WHERE revoked_at is null;--> statement-breakpoint
CREATE INDEX "access_tokens_admins" ON "access_tokens" USING btree ("owner_id","expires_at") WHERE is_admin and revoked_at is null;--> statement-breakpoint
CREATE INDEX "access_tokens_unused" ON "access_tokens" USING btree ("owner_id",greatest("created_at", "last_used_at", "reactivated_at"),"expires_at") WHERE revoked_at is null;--> statement-breakpoint
-- by hand: a notice changes nothing that a caller compares, so it does not count as a revision.
CREATE OR REPLACE TRIGGER access_tokens_revision BEFORE UPDATE ON access_tokens
	FOR EACH ROW EXECUTE FUNCTION increment_revision(
		'revision', 'owner_id', 'last_used_at', 'last_used_from', 'pipelines_last_used_at', 'secret_last_used_at',
		'idle_noticed_at');
