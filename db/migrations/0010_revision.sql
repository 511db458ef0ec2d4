ALTER TABLE "access_tokens" ADD COLUMN "revision" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "environment_variables" ADD COLUMN "organization_id" text;--> statement-breakpoint
ALTER TABLE "version_control_accesses" ADD COLUMN "revision" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "environment_variables" ADD CONSTRAINT "environment_variables_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
-- by hand
UPDATE "environment_variables" SET "organization_id" = "access_tokens"."organization_id"
FROM "access_tokens" WHERE "access_tokens"."id" = "environment_variables"."access_token_id";--> statement-breakpoint
ALTER TABLE "environment_variables" ALTER COLUMN "organization_id" SET NOT NULL;--> statement-breakpoint
-- The arguments are the columns whose changes don't count: a new column counts unless it is named here. A generated
-- column has no value yet when the trigger runs.
CREATE FUNCTION increment_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF to_jsonb(NEW) - TG_ARGV IS DISTINCT FROM to_jsonb(OLD) - TG_ARGV THEN
		NEW.revision := OLD.revision + 1;
	END IF;
	RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER access_tokens_revision BEFORE UPDATE ON access_tokens
	FOR EACH ROW EXECUTE FUNCTION increment_revision('revision', 'owner_id', 'last_used_at');
--> statement-breakpoint
CREATE TRIGGER version_control_accesses_revision BEFORE UPDATE ON version_control_accesses
	FOR EACH ROW EXECUTE FUNCTION increment_revision(
		'revision', 'check_code', 'check_message', 'checked_at', 'target_number', 'token_expires_at');
--> statement-breakpoint
-- A token's role, which it shows, is that of its technical user.
CREATE FUNCTION increment_revision_of_token() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE access_tokens SET revision = revision + 1 WHERE technical_user_id = NEW.user_id;
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER memberships_revision_of_token AFTER UPDATE OF role ON memberships
	FOR EACH ROW WHEN (NEW.kind = 'technical' AND OLD.role IS DISTINCT FROM NEW.role)
	EXECUTE FUNCTION increment_revision_of_token();
