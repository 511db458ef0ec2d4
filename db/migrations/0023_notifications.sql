CREATE TABLE "notification_emails" (
	"id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"group_id" text,
	"owner_id" text GENERATED ALWAYS AS (coalesce(group_id, organization_id)) STORED NOT NULL,
	"batch_id" text NOT NULL,
	"user_id" text NOT NULL,
	"state" text DEFAULT 'pending' NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"first_attempt_at" timestamp (3) with time zone,
	"next_attempt_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "notification_emails_recipient" UNIQUE("batch_id","user_id"),
	CONSTRAINT "notification_emails_state" CHECK ("notification_emails"."state" in ('pending', 'delivered', 'failed'))
);
--> statement-breakpoint
CREATE TABLE "notification_settings" (
	"owner_id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"group_id" text,
	"email_to_admins" boolean DEFAULT true NOT NULL,
	CONSTRAINT "notification_settings_owner" CHECK ("notification_settings"."owner_id" = coalesce("notification_settings"."group_id", "notification_settings"."organization_id"))
);
--> statement-breakpoint
CREATE TABLE "webhook_deliveries" (
	"id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"webhook_id" text NOT NULL,
	"notification_id" text,
	"state" text DEFAULT 'pending' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"first_attempt_at" timestamp (3) with time zone,
	"last_attempt_at" timestamp (3) with time zone,
	"next_attempt_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"answer" text,
	CONSTRAINT "webhook_deliveries_message" UNIQUE("webhook_id","notification_id"),
	CONSTRAINT "webhook_deliveries_state" CHECK ("webhook_deliveries"."state" in ('pending', 'delivered', 'failed')),
	CONSTRAINT "webhook_deliveries_answer_length" CHECK (char_length("webhook_deliveries"."answer") <= 200)
);
--> statement-breakpoint
CREATE TABLE "webhooks" (
	"id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"group_id" text,
	"owner_id" text GENERATED ALWAYS AS (coalesce(group_id, organization_id)) STORED NOT NULL,
	"url" text NOT NULL,
	"events" text[] NOT NULL,
	"sealed_secret" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"failing_since" timestamp (3) with time zone,
	"paused_at" timestamp (3) with time zone,
	CONSTRAINT "webhooks_url_length" CHECK (char_length("webhooks"."url") <= 2048),
	CONSTRAINT "webhooks_events" CHECK (cardinality("webhooks"."events") > 0)
);
--> statement-breakpoint
ALTER TABLE "access_tokens" ADD COLUMN "next_notice_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "notifications" ADD COLUMN "batch_id" text;--> statement-breakpoint
ALTER TABLE "runners" ADD COLUMN "failing_since" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "runners" ADD COLUMN "failure_notified" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "version_control_accesses" ADD COLUMN "next_notice_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "version_control_accesses" ADD COLUMN "failure_notified" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "notification_emails" ADD CONSTRAINT "notification_emails_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notification_emails" ADD CONSTRAINT "notification_emails_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notification_emails" ADD CONSTRAINT "notification_emails_group" FOREIGN KEY ("organization_id","group_id") REFERENCES "public"."groups"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notification_settings" ADD CONSTRAINT "notification_settings_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notification_settings" ADD CONSTRAINT "notification_settings_group" FOREIGN KEY ("organization_id","group_id") REFERENCES "public"."groups"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_webhook_id_webhooks_id_fk" FOREIGN KEY ("webhook_id") REFERENCES "public"."webhooks"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_notification_id_notifications_id_fk" FOREIGN KEY ("notification_id") REFERENCES "public"."notifications"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_group" FOREIGN KEY ("organization_id","group_id") REFERENCES "public"."groups"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "notification_emails_of_user" ON "notification_emails" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "notification_emails_due" ON "notification_emails" USING btree ("next_attempt_at") WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX "notification_emails_by_created" ON "notification_emails" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_of_webhook" ON "webhook_deliveries" USING btree ("webhook_id","created_at");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_of_notification" ON "webhook_deliveries" USING btree ("notification_id");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_due" ON "webhook_deliveries" USING btree ("next_attempt_at") WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX "webhook_deliveries_by_created" ON "webhook_deliveries" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "webhooks_of_owner" ON "webhooks" USING btree ("owner_id","created_at");--> statement-breakpoint
CREATE INDEX "webhooks_paused" ON "webhooks" USING btree ("owner_id") WHERE paused_at is not null;--> statement-breakpoint
CREATE INDEX "access_tokens_notices" ON "access_tokens" USING btree ("next_notice_at") WHERE next_notice_at is not null and revoked_at is null;--> statement-breakpoint
CREATE INDEX "notifications_unsent_of_owner" ON "notifications" USING btree ("owner_id","type",(data->>'days'),"created_at") WHERE sent_at is null;--> statement-breakpoint
CREATE INDEX "notifications_of_batch" ON "notifications" USING btree ("batch_id","created_at") WHERE batch_id is not null;--> statement-breakpoint
CREATE INDEX "notifications_sent" ON "notifications" USING btree ("sent_at") WHERE key is null;--> statement-breakpoint
CREATE INDEX "notifications_sent_once" ON "notifications" USING btree ("sent_at") WHERE key is not null;--> statement-breakpoint
CREATE INDEX "runners_notices" ON "runners" USING btree ("failing_since") WHERE failing_since is not null and not failure_notified;--> statement-breakpoint
CREATE INDEX "version_control_accesses_notices" ON "version_control_accesses" USING btree ("next_notice_at") WHERE removed_at is null and next_notice_at is not null;--> statement-breakpoint
CREATE INDEX "version_control_accesses_failure_notices" ON "version_control_accesses" USING btree ("id") WHERE removed_at is null and check_code is not null and not failure_notified;--> statement-breakpoint
DROP INDEX "notifications_of_token";--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_sent_batch" CHECK ("notifications"."batch_id" is null or "notifications"."sent_at" is not null);--> statement-breakpoint
-- by hand: the earliest moment of a message about an expiration that lies after `since`. Hours, since a day of the
-- session's time zone may have 23.
CREATE FUNCTION public.next_notice(expires_at timestamptz, days int[], since timestamptz) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
	SELECT min(due) FROM (SELECT expires_at - make_interval(hours => 24 * day) AS due FROM unnest(days) AS day) notices WHERE due > since
$$;
--> statement-breakpoint
CREATE FUNCTION set_next_notice_of_token() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'INSERT' OR NEW.expires_at <> OLD.expires_at OR NEW.created_at <> OLD.created_at THEN
		NEW.next_notice_at := public.next_notice(NEW.expires_at, '{30,7,1,0}', NEW.created_at);
	END IF;
	RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER access_tokens_next_notice BEFORE INSERT OR UPDATE OF expires_at, created_at ON access_tokens
	FOR EACH ROW EXECUTE FUNCTION set_next_notice_of_token();
--> statement-breakpoint
CREATE FUNCTION set_next_notice_of_access() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'INSERT' OR NEW.token_expires_at IS DISTINCT FROM OLD.token_expires_at OR NEW.created_at <> OLD.created_at THEN
		NEW.next_notice_at := public.next_notice(NEW.token_expires_at, '{14,3}', NEW.created_at);
	END IF;
	IF NEW.check_code IS NULL THEN
		NEW.failure_notified := false;
	END IF;
	RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER version_control_accesses_next_notice
	BEFORE INSERT OR UPDATE OF token_expires_at, created_at, check_code ON version_control_accesses
	FOR EACH ROW EXECUTE FUNCTION set_next_notice_of_access();
--> statement-breakpoint
-- Messages change nothing that a caller compares, so they don't count as a revision.
CREATE OR REPLACE TRIGGER access_tokens_revision BEFORE UPDATE ON access_tokens
	FOR EACH ROW EXECUTE FUNCTION increment_revision(
		'revision', 'owner_id', 'last_used_at', 'last_used_from', 'pipelines_last_used_at', 'secret_last_used_at',
		'idle_noticed_at', 'next_notice_at');
--> statement-breakpoint
CREATE OR REPLACE TRIGGER version_control_accesses_revision BEFORE UPDATE ON version_control_accesses
	FOR EACH ROW EXECUTE FUNCTION increment_revision(
		'revision', 'check_code', 'check_message', 'checked_at', 'next_check_at', 'target_number', 'token_expires_at',
		'next_notice_at', 'failure_notified');
--> statement-breakpoint
-- What has passed before this upgrade is not notified afterwards.
UPDATE access_tokens SET next_notice_at = public.next_notice(expires_at, '{30,7,1,0}', now()) WHERE expires_at > now();
--> statement-breakpoint
UPDATE version_control_accesses
SET next_notice_at = public.next_notice(token_expires_at, '{14,3}', now()), failure_notified = check_code IS NOT NULL
WHERE removed_at IS NULL AND (check_code IS NOT NULL OR token_expires_at > now());
