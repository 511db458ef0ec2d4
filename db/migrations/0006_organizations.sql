CREATE TABLE "audit_chain" (
	"organization_id" text NOT NULL,
	"position" bigint NOT NULL,
	"event_id" text NOT NULL,
	"hash" "bytea" NOT NULL,
	CONSTRAINT "audit_chain_organization_id_position_pk" PRIMARY KEY("organization_id","position"),
	CONSTRAINT "audit_chain_event" UNIQUE("event_id"),
	CONSTRAINT "audit_chain_hash_length" CHECK (octet_length("audit_chain"."hash") = 32)
);
--> statement-breakpoint
CREATE TABLE "invitations" (
	"id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"email" text NOT NULL,
	"role" text NOT NULL,
	"secret_hash" "bytea" NOT NULL,
	"invited_by_id" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"accepted_at" timestamp (3) with time zone,
	"accepted_by_id" text,
	CONSTRAINT "invitations_secret" UNIQUE("secret_hash"),
	CONSTRAINT "invitations_role" CHECK ("invitations"."role" in ('organization_admin', 'organization_user')),
	CONSTRAINT "invitations_email" CHECK ("invitations"."email" = lower("invitations"."email")),
	CONSTRAINT "invitations_secret_length" CHECK (octet_length("invitations"."secret_hash") = 32),
	CONSTRAINT "invitations_accepted" CHECK (("invitations"."accepted_at" is null) = ("invitations"."accepted_by_id" is null))
);
--> statement-breakpoint
CREATE TABLE "unsealed_audit_events" (
	"organization_id" text NOT NULL,
	"event_id" text NOT NULL,
	"proof" "bytea" NOT NULL,
	CONSTRAINT "unsealed_audit_events_organization_id_event_id_pk" PRIMARY KEY("organization_id","event_id"),
	CONSTRAINT "unsealed_audit_events_proof_length" CHECK (octet_length("unsealed_audit_events"."proof") = 32)
);
--> statement-breakpoint
DROP INDEX "audit_events_of_group";--> statement-breakpoint
ALTER TABLE "audit_events" ADD COLUMN "owner_id" text GENERATED ALWAYS AS (coalesce(group_id, organization_id)) STORED NOT NULL;--> statement-breakpoint
ALTER TABLE "audit_chain" ADD CONSTRAINT "audit_chain_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_invited_by_id_users_id_fk" FOREIGN KEY ("invited_by_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_accepted_by_id_users_id_fk" FOREIGN KEY ("accepted_by_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "invitations_open" ON "invitations" USING btree ("organization_id","email") WHERE accepted_at is null;--> statement-breakpoint
CREATE INDEX "audit_events_of_owner" ON "audit_events" USING btree ("owner_id","occurred_at","id");--> statement-breakpoint
CREATE INDEX "audit_events_by_actor" ON "audit_events" USING btree ("owner_id","actor_id","occurred_at","id");--> statement-breakpoint
CREATE INDEX "audit_events_by_actor_and_action" ON "audit_events" USING btree ("owner_id","actor_id","action","occurred_at","id");--> statement-breakpoint
CREATE INDEX "audit_events_by_action" ON "audit_events" USING btree ("owner_id","action","occurred_at","id");--> statement-breakpoint
CREATE INDEX "audit_events_by_subject" ON "audit_events" USING btree ("owner_id","subject_id","occurred_at","id");--> statement-breakpoint
CREATE INDEX "audit_events_by_token" ON "audit_events" USING btree ("owner_id","access_token_id","occurred_at","id") WHERE access_token_id is not null;--> statement-breakpoint
CREATE INDEX "version_control_accesses_of_token" ON "version_control_accesses" USING btree ("access_token_id");--> statement-breakpoint
CREATE FUNCTION refuse_change_of_audit_chain() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'audit_chain is append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;
--> statement-breakpoint
CREATE TRIGGER audit_chain_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_chain
	FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit_chain();
