"use client";

import { CopyField } from "@/components/copy-field";
import { SectionHeader } from "@/components/ui/header";
import { PanelTabs } from "@/components/ui/panel-tabs";
import { jobDefinitions } from "./job-lines";

type Props = { tokenId: string; origin: string };

/** Ready jobs that exchange their ID token and use the secret. */
export function JobDefinitions({ tokenId, origin }: Props) {
  const panels = jobDefinitions(tokenId, origin).map(({ label, help, lines }) => ({
    label,
    content: (
      <div className="flex flex-col gap-2">
        <p className="text-small text-muted">{help}</p>
        <CopyField label={`Job for ${label}`} hidesLabel value={lines.join("\n")} />
      </div>
    ),
  }));
  return (
    <section className="mt-8">
      <SectionHeader title="Job definitions">
        Ready to copy, with this access token’s ID, which is no secret. They print neither the ID token nor the secret.
      </SectionHeader>
      <PanelTabs label="Job definitions" panels={panels} />
    </section>
  );
}
