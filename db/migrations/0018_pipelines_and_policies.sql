CREATE TABLE "notifications" (
	"id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"group_id" text,
	"owner_id" text GENERATED ALWAYS AS (coalesce(group_id, organization_id)) STORED NOT NULL,
	"type" text NOT NULL,
	"access_token_id" text NOT NULL,
	"data" jsonb NOT NULL,
	"key" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"sent_at" timestamp (3) with time zone,
	CONSTRAINT "notifications_key" UNIQUE("key"),
	CONSTRAINT "notifications_type" CHECK ("notifications"."type" in ('access_token.expiring', 'access_token.idle', 'access_token.expired', 'access_token.revoked', 'access_token.leaked', 'access_token.retired_secret_used', 'credential.expiring', 'credential.failed', 'runner.stuck'))
);
--> statement-breakpoint
CREATE TABLE "policies" (
	"owner_id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"group_id" text,
	"longest_lifetime_days" integer,
	"allows_admin_role" boolean DEFAULT true NOT NULL,
	"revoke_unused_after_days" integer,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "policies_owner" CHECK ("policies"."owner_id" = coalesce("policies"."group_id", "policies"."organization_id")),
	CONSTRAINT "policies_longest_lifetime" CHECK ("policies"."longest_lifetime_days" >= 1),
	CONSTRAINT "policies_revoke_unused" CHECK ("policies"."revoke_unused_after_days" >= 1)
);
--> statement-breakpoint
CREATE TABLE "refused_exchanges" (
	"id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"access_token_id" text NOT NULL,
	"occurred_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"job" jsonb,
	"reason" text,
	"differences" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"allows" jsonb
);
--> statement-breakpoint
CREATE TABLE "spent_id_tokens" (
	"hash" "bytea" PRIMARY KEY NOT NULL,
	"ends_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "trusted_pipelines" (
	"id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"access_token_id" text NOT NULL,
	"provider_type" text NOT NULL,
	"provider_url" text NOT NULL,
	"issuer" text NOT NULL,
	"project_id" text NOT NULL,
	"owner_id" text,
	"project" text NOT NULL,
	"ref" text,
	"environment" text,
	"protected_only" boolean NOT NULL,
	"merge_requests" boolean DEFAULT false NOT NULL,
	"lifetime_minutes" integer NOT NULL,
	"public_keys" jsonb,
	"created_by_id" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_used_at" timestamp (3) with time zone,
	CONSTRAINT "trusted_pipelines_provider" CHECK ("trusted_pipelines"."provider_type" in ('gitlab', 'github')),
	CONSTRAINT "trusted_pipelines_owner_id" CHECK (("trusted_pipelines"."owner_id" is not null) = ("trusted_pipelines"."provider_type" = 'github')),
	CONSTRAINT "trusted_pipelines_condition" CHECK ("trusted_pipelines"."ref" is not null or "trusted_pipelines"."environment" is not null),
	CONSTRAINT "trusted_pipelines_lifetime" CHECK ("trusted_pipelines"."lifetime_minutes" between 5 and 60)
);
--> statement-breakpoint
ALTER TABLE "access_token_secrets" DROP CONSTRAINT "access_token_secrets_ends_by";--> statement-breakpoint
DROP INDEX "access_token_secrets_retiring";--> statement-breakpoint
DROP INDEX "access_token_secrets_by_suffix";--> statement-breakpoint
ALTER TABLE "access_token_secrets" ADD COLUMN "trusted_pipeline_id" text;--> statement-breakpoint
ALTER TABLE "access_token_secrets" ADD COLUMN "job" jsonb;--> statement-breakpoint
ALTER TABLE "access_tokens" ADD COLUMN "lifetime_from" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "access_tokens" ADD COLUMN "reactivated_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "access_tokens" ADD COLUMN "leaked_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_group" FOREIGN KEY ("organization_id","group_id") REFERENCES "public"."groups"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "policies" ADD CONSTRAINT "policies_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "policies" ADD CONSTRAINT "policies_group" FOREIGN KEY ("organization_id","group_id") REFERENCES "public"."groups"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "refused_exchanges" ADD CONSTRAINT "refused_exchanges_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "refused_exchanges" ADD CONSTRAINT "refused_exchanges_access_token_id_access_tokens_id_fk" FOREIGN KEY ("access_token_id") REFERENCES "public"."access_tokens"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trusted_pipelines" ADD CONSTRAINT "trusted_pipelines_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trusted_pipelines" ADD CONSTRAINT "trusted_pipelines_access_token_id_access_tokens_id_fk" FOREIGN KEY ("access_token_id") REFERENCES "public"."access_tokens"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trusted_pipelines" ADD CONSTRAINT "trusted_pipelines_created_by_id_users_id_fk" FOREIGN KEY ("created_by_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "notifications_unsent" ON "notifications" USING btree ("created_at") WHERE sent_at is null;--> statement-breakpoint
CREATE INDEX "notifications_of_token" ON "notifications" USING btree ("access_token_id");--> statement-breakpoint
CREATE INDEX "refused_exchanges_of_token" ON "refused_exchanges" USING btree ("access_token_id","occurred_at","id");--> statement-breakpoint
CREATE INDEX "spent_id_tokens_ending" ON "spent_id_tokens" USING btree ("ends_at");--> statement-breakpoint
CREATE INDEX "trusted_pipelines_of_token" ON "trusted_pipelines" USING btree ("access_token_id","created_at");--> statement-breakpoint
ALTER TABLE "access_token_secrets" ADD CONSTRAINT "access_token_secrets_trusted_pipeline_id_trusted_pipelines_id_fk" FOREIGN KEY ("trusted_pipeline_id") REFERENCES "public"."trusted_pipelines"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "access_token_secrets_of_pipeline" ON "access_token_secrets" USING btree ("trusted_pipeline_id") WHERE trusted_pipeline_id is not null;--> statement-breakpoint
CREATE INDEX "access_token_secrets_of_pipelines" ON "access_token_secrets" USING btree ("access_token_id","ends_at") WHERE trusted_pipeline_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "access_token_secrets_retiring" ON "access_token_secrets" USING btree ("access_token_id") WHERE ends_at is not null and not is_retired and trusted_pipeline_id is null;--> statement-breakpoint
CREATE INDEX "access_token_secrets_by_suffix" ON "access_token_secrets" USING btree ("suffix") WHERE ends_at is not null and not is_retired and trusted_pipeline_id is null;--> statement-breakpoint
ALTER TABLE "access_token_secrets" ADD CONSTRAINT "access_token_secrets_job" CHECK (("access_token_secrets"."trusted_pipeline_id" is null) = ("access_token_secrets"."job" is null));--> statement-breakpoint
ALTER TABLE "access_token_secrets" ADD CONSTRAINT "access_token_secrets_lifetime" CHECK (("access_token_secrets"."trusted_pipeline_id" is not null) = ("access_token_secrets"."ends_by" is not distinct from 'lifetime'));--> statement-breakpoint
ALTER TABLE "access_token_secrets" ADD CONSTRAINT "access_token_secrets_ends_by" CHECK ("access_token_secrets"."ends_by" in ('use', 'date', 'hand', 'lifetime'));--> statement-breakpoint
ALTER TABLE "access_tokens" ADD CONSTRAINT "access_tokens_leaked" CHECK ("access_tokens"."leaked_at" is null or "access_tokens"."revoked_at" is not null);