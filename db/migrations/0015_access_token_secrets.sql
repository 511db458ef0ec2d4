CREATE TABLE "access_token_secrets" (
	"hash" "bytea" PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"access_token_id" text NOT NULL,
	"suffix" text NOT NULL,
	"replaces" "bytea",
	"created_by_id" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"first_used_at" timestamp (3) with time zone,
	"last_used_at" timestamp (3) with time zone,
	"ends_at" timestamp (3) with time zone,
	"ends_by" text,
	"is_retired" boolean DEFAULT false NOT NULL,
	CONSTRAINT "access_token_secrets_hash_length" CHECK (octet_length("access_token_secrets"."hash") = 32),
	CONSTRAINT "access_token_secrets_suffix_length" CHECK (char_length("access_token_secrets"."suffix") = 4),
	CONSTRAINT "access_token_secrets_ends_by" CHECK ("access_token_secrets"."ends_by" in ('use', 'date', 'hand')),
	CONSTRAINT "access_token_secrets_end" CHECK (("access_token_secrets"."ends_at" is null) = ("access_token_secrets"."ends_by" is null)),
	CONSTRAINT "access_token_secrets_retired_has_end" CHECK (not "access_token_secrets"."is_retired" or "access_token_secrets"."ends_at" is not null)
);
--> statement-breakpoint
ALTER TABLE "access_tokens" DROP CONSTRAINT "access_tokens_secret";--> statement-breakpoint
ALTER TABLE "access_tokens" DROP CONSTRAINT "access_tokens_secret_length";--> statement-breakpoint
ALTER TABLE "idempotency_keys" ADD COLUMN "secret_hash" "bytea";--> statement-breakpoint
-- by hand: before the constraints and indexes, which are then checked and built once.
INSERT INTO "access_token_secrets" ("hash", "organization_id", "access_token_id", "suffix", "created_by_id", "created_at", "last_used_at")
SELECT "secret_hash", "organization_id", "id", "token_suffix", "created_by_id", "created_at", "last_used_at" FROM "access_tokens";--> statement-breakpoint
ALTER TABLE "access_token_secrets" ADD CONSTRAINT "access_token_secrets_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "access_token_secrets" ADD CONSTRAINT "access_token_secrets_access_token_id_access_tokens_id_fk" FOREIGN KEY ("access_token_id") REFERENCES "public"."access_tokens"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "access_token_secrets" ADD CONSTRAINT "access_token_secrets_created_by_id_users_id_fk" FOREIGN KEY ("created_by_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "access_token_secrets_current" ON "access_token_secrets" USING btree ("access_token_id") WHERE ends_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "access_token_secrets_retiring" ON "access_token_secrets" USING btree ("access_token_id") WHERE ends_at is not null and not is_retired;--> statement-breakpoint
CREATE INDEX "access_token_secrets_by_suffix" ON "access_token_secrets" USING btree ("suffix") WHERE ends_at is not null and not is_retired;--> statement-breakpoint
CREATE INDEX "access_token_secrets_of_token" ON "access_token_secrets" USING btree ("access_token_id");--> statement-breakpoint
CREATE INDEX "access_token_secrets_ending" ON "access_token_secrets" USING btree ("ends_at") WHERE ends_at is not null and not is_retired;--> statement-breakpoint
CREATE INDEX "access_token_secrets_retired" ON "access_token_secrets" USING btree ("ends_at") WHERE is_retired;--> statement-breakpoint
ALTER TABLE "access_tokens" DROP COLUMN "secret_hash";--> statement-breakpoint
-- by hand: the first requests should not wait for statistics.
ANALYZE "access_token_secrets";
