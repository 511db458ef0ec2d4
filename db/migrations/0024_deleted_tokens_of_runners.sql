ALTER TABLE "runners" ADD COLUMN "deleted_token" jsonb;--> statement-breakpoint
CREATE INDEX "access_tokens_of_group" ON "access_tokens" USING btree ("group_id") WHERE group_id is not null;--> statement-breakpoint
CREATE INDEX "notification_emails_of_group" ON "notification_emails" USING btree ("group_id") WHERE group_id is not null;--> statement-breakpoint
CREATE INDEX "notifications_of_group" ON "notifications" USING btree ("group_id") WHERE group_id is not null;