-- by hand: secrets that are gone already.
UPDATE "idempotency_keys" SET "secret_hash" = null
WHERE "secret_hash" is not null AND NOT EXISTS (SELECT FROM "access_token_secrets" WHERE "hash" = "secret_hash");--> statement-breakpoint
ALTER TABLE "idempotency_keys" ADD CONSTRAINT "idempotency_keys_secret_hash_access_token_secrets_hash_fk" FOREIGN KEY ("secret_hash") REFERENCES "public"."access_token_secrets"("hash") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "idempotency_keys_secret" ON "idempotency_keys" USING btree ("secret_hash") WHERE secret_hash is not null;