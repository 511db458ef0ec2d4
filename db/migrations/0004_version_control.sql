CREATE TABLE "runners" (
	"id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"access_id" text NOT NULL,
	"access_token_id" text,
	"state" text NOT NULL,
	"remote_id" text,
	"sealed_runner_token" "bytea",
	"tags" text[] NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"last_error" text,
	"next_attempt_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "runners_state" CHECK ("runners"."state" in ('registering', 'registered', 'unregistering'))
);
--> statement-breakpoint
CREATE TABLE "version_control_accesses" (
	"id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"access_token_id" text,
	"provider_type" text NOT NULL,
	"provider_url" text NOT NULL,
	"token_scope" text NOT NULL,
	"target_id" text NOT NULL,
	"sealed_token" "bytea" NOT NULL,
	"token_suffix" text NOT NULL,
	"accepts_personal_token" boolean NOT NULL,
	"check_code" text,
	"check_message" text,
	"checked_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"token_expires_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"removed_at" timestamp (3) with time zone,
	CONSTRAINT "version_control_accesses_provider" CHECK ("version_control_accesses"."provider_type" in ('gitlab', 'github')),
	CONSTRAINT "version_control_accesses_scope" CHECK ("version_control_accesses"."token_scope" in ('project', 'group')),
	CONSTRAINT "version_control_accesses_check" CHECK (("version_control_accesses"."check_code" is null) = ("version_control_accesses"."check_message" is null)),
	CONSTRAINT "version_control_accesses_owner" CHECK ("version_control_accesses"."access_token_id" is not null or "version_control_accesses"."removed_at" is not null)
);
--> statement-breakpoint
ALTER TABLE "runners" ADD CONSTRAINT "runners_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runners" ADD CONSTRAINT "runners_access_id_version_control_accesses_id_fk" FOREIGN KEY ("access_id") REFERENCES "public"."version_control_accesses"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runners" ADD CONSTRAINT "runners_access_token_id_access_tokens_id_fk" FOREIGN KEY ("access_token_id") REFERENCES "public"."access_tokens"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "version_control_accesses" ADD CONSTRAINT "version_control_accesses_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "version_control_accesses" ADD CONSTRAINT "version_control_accesses_access_token_id_access_tokens_id_fk" FOREIGN KEY ("access_token_id") REFERENCES "public"."access_tokens"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "runners_of_token" ON "runners" USING btree ("access_token_id","created_at");--> statement-breakpoint
CREATE INDEX "runners_of_access" ON "runners" USING btree ("access_id");--> statement-breakpoint
CREATE INDEX "runners_due" ON "runners" USING btree ("next_attempt_at") WHERE state <> 'registered';--> statement-breakpoint
CREATE UNIQUE INDEX "version_control_accesses_url" ON "version_control_accesses" USING btree ("access_token_id","provider_url") WHERE removed_at is null;