CREATE TABLE "access_token_uses" (
	"access_token_id" text NOT NULL,
	"day" date NOT NULL,
	"uses" bigint NOT NULL,
	CONSTRAINT "access_token_uses_access_token_id_day_pk" PRIMARY KEY("access_token_id","day"),
	CONSTRAINT "access_token_uses_positive" CHECK ("access_token_uses"."uses" > 0)
);
--> statement-breakpoint
ALTER TABLE "access_tokens" ADD COLUMN "last_used_from" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "access_token_uses" ADD CONSTRAINT "access_token_uses_access_token_id_access_tokens_id_fk" FOREIGN KEY ("access_token_id") REFERENCES "public"."access_tokens"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "access_token_uses_by_day" ON "access_token_uses" USING btree ("day");--> statement-breakpoint
ALTER TABLE "access_tokens" ADD CONSTRAINT "access_tokens_last_used_from" CHECK (jsonb_array_length("access_tokens"."last_used_from") <= 5);--> statement-breakpoint
-- by hand: a use changes nothing that a caller compares, so it does not count as a revision.
CREATE OR REPLACE TRIGGER access_tokens_revision BEFORE UPDATE ON access_tokens
	FOR EACH ROW EXECUTE FUNCTION increment_revision('revision', 'owner_id', 'last_used_at', 'last_used_from');
