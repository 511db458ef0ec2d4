CREATE TABLE "environment_variables" (
	"access_token_id" text NOT NULL,
	"name" text collate "C" NOT NULL,
	"size" integer NOT NULL,
	"revision" text NOT NULL,
	"updated_by_id" text NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "environment_variables_access_token_id_name_pk" PRIMARY KEY("access_token_id","name"),
	CONSTRAINT "environment_variables_name" CHECK ("environment_variables"."name" ~ '^[A-Za-z_][A-Za-z0-9_]{0,254}$'),
	CONSTRAINT "environment_variables_size" CHECK ("environment_variables"."size" between 0 and 49152)
);
--> statement-breakpoint
CREATE TABLE "environments" (
	"access_token_id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"sealed_values" "bytea" NOT NULL
);
--> statement-breakpoint
ALTER TABLE "environment_variables" ADD CONSTRAINT "environment_variables_access_token_id_access_tokens_id_fk" FOREIGN KEY ("access_token_id") REFERENCES "public"."access_tokens"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "environment_variables" ADD CONSTRAINT "environment_variables_updated_by_id_users_id_fk" FOREIGN KEY ("updated_by_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "environments" ADD CONSTRAINT "environments_access_token_id_access_tokens_id_fk" FOREIGN KEY ("access_token_id") REFERENCES "public"."access_tokens"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "environments" ADD CONSTRAINT "environments_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;