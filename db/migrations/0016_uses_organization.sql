ALTER TABLE "access_tokens" ALTER COLUMN "is_admin" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "access_token_uses" ADD COLUMN "organization_id" text;--> statement-breakpoint
ALTER TABLE "access_token_uses" ADD CONSTRAINT "access_token_uses_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
-- by hand
UPDATE "access_token_uses" SET "organization_id" = "access_tokens"."organization_id"
FROM "access_tokens" WHERE "access_tokens"."id" = "access_token_uses"."access_token_id";--> statement-breakpoint
ALTER TABLE "access_token_uses" ALTER COLUMN "organization_id" SET NOT NULL;
