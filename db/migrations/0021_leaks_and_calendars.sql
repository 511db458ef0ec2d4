CREATE TABLE "calendars" (
	"id" text PRIMARY KEY NOT NULL,
	"owner_id" text NOT NULL,
	"organization_id" text NOT NULL,
	"group_id" text,
	"secret_hash" "bytea" NOT NULL,
	"created_by_id" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "calendars_owner" UNIQUE("owner_id"),
	CONSTRAINT "calendars_secret" UNIQUE("secret_hash"),
	CONSTRAINT "calendars_owner_id" CHECK ("calendars"."owner_id" = coalesce("calendars"."group_id", "calendars"."organization_id")),
	CONSTRAINT "calendars_secret_length" CHECK (octet_length("calendars"."secret_hash") = 32)
);
--> statement-breakpoint
CREATE TABLE "leak_reports" (
	"id" text PRIMARY KEY NOT NULL,
	"hashes" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"due_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "leak_reports_hashes_length" CHECK (octet_length("leak_reports"."hashes") % 32 = 0)
);
--> statement-breakpoint
ALTER TABLE "version_control_accesses" ADD COLUMN "next_check_at" timestamp (3) with time zone DEFAULT now() + interval '1 day' NOT NULL;--> statement-breakpoint
ALTER TABLE "calendars" ADD CONSTRAINT "calendars_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "calendars" ADD CONSTRAINT "calendars_created_by_id_users_id_fk" FOREIGN KEY ("created_by_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "calendars" ADD CONSTRAINT "calendars_group" FOREIGN KEY ("organization_id","group_id") REFERENCES "public"."groups"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "leak_reports_due" ON "leak_reports" USING btree ("due_at");--> statement-breakpoint
CREATE INDEX "version_control_accesses_due" ON "version_control_accesses" USING btree ("next_check_at") WHERE removed_at is null;--> statement-breakpoint
-- by hand: a check changes nothing that a caller compares, so neither does the time of the next one.
CREATE OR REPLACE TRIGGER version_control_accesses_revision BEFORE UPDATE ON version_control_accesses
	FOR EACH ROW EXECUTE FUNCTION increment_revision(
		'revision', 'check_code', 'check_message', 'checked_at', 'next_check_at', 'target_number', 'token_expires_at');
--> statement-breakpoint
-- Spreads the first checks of the stored credentials over a day.
UPDATE "version_control_accesses" SET "next_check_at" = now() + random() * interval '1 day';
