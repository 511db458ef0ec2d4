ALTER TABLE "access_tokens" ALTER COLUMN "token_suffix" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "access_tokens" ADD COLUMN "pipelines_last_used_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "access_tokens" ADD COLUMN "secret_last_used_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "access_tokens" ADD CONSTRAINT "access_tokens_last_used_by" CHECK ("access_tokens"."secret_last_used_at" is null or "access_tokens"."pipelines_last_used_at" is not null);--> statement-breakpoint
-- by hand: a use changes nothing that a caller compares, so it does not count as a revision.
CREATE OR REPLACE TRIGGER access_tokens_revision BEFORE UPDATE ON access_tokens
	FOR EACH ROW EXECUTE FUNCTION increment_revision(
		'revision', 'owner_id', 'last_used_at', 'last_used_from', 'pipelines_last_used_at', 'secret_last_used_at');
