import type { ScopeFields } from "@/app/_parts/paths";
import { scopeOf } from "@/app/_parts/scope";
import { EmptyState } from "@/components/ui/empty-state";
import { SectionHeader } from "@/components/ui/header";
import { getNotificationSettings } from "@/lib/notifications/queries";
import { requireUser } from "@/lib/web/session";
import { visible } from "@/lib/web/visible";
import { listWebhooks } from "@/lib/webhooks/queries";
import { AddWebhook } from "./add-webhook";
import { EmailCheckbox } from "./email-checkbox";
import { WebhookTable } from "./webhook-table";

type Props = { scope: ScopeFields };

export async function NotificationsSection({ scope }: Props) {
  const owner = "groupId" in scope ? "group" : "organization";
  const actor = await requireUser();
  const [settings, webhooks] = await visible(
    Promise.all([getNotificationSettings(actor, scopeOf(scope)), listWebhooks(actor, scopeOf(scope))]),
  );
  return (
    <section aria-label="Notifications">
      <SectionHeader title="Notifications">
        How the admins of this {owner} hear what happens to its access tokens and stored credentials.
      </SectionHeader>
      <EmailCheckbox scope={scope} {...settings} />
      <div id="webhooks" className="mt-6 scroll-mt-4">
        <div className="mb-3 flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
          <div className="min-w-0 flex-1 basis-60">
            <h3 className="font-semibold">Webhooks</h3>
            <p className="max-w-prose text-muted">
              Signed messages to a chat or a program, for each event that you choose.
            </p>
          </div>
          <AddWebhook scope={scope} />
        </div>
        {webhooks.length > 0 ? (
          <WebhookTable scope={scope} webhooks={webhooks} now={new Date()} />
        ) : (
          <EmptyState title="No webhooks yet">
            A webhook gets a message when an access token or a stored credential expires, leaks or fails. It is signed,
            so that the receiver can tell that it comes from here.
          </EmptyState>
        )}
      </div>
    </section>
  );
}
