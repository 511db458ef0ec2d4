ALTER TABLE "version_control_accesses" ADD COLUMN "target_number" text;--> statement-breakpoint
ALTER TABLE "version_control_accesses" ADD COLUMN "allowed_tags" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "version_control_accesses" ADD COLUMN "run_untagged" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "version_control_accesses" ADD CONSTRAINT "version_control_accesses_untagged" CHECK (not "version_control_accesses"."run_untagged" or "version_control_accesses"."provider_type" = 'gitlab');--> statement-breakpoint
ALTER TABLE "version_control_accesses" ADD CONSTRAINT "version_control_accesses_tags" CHECK (cardinality("version_control_accesses"."allowed_tags") <= 50);--> statement-breakpoint
-- Accesses from before go on as they were: a runner that is registered without tags takes jobs without tags.
UPDATE "version_control_accesses" SET "run_untagged" = true WHERE "provider_type" = 'gitlab';
