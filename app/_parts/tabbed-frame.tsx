"use client";

import type { ComponentProps } from "react";
import { CopyId } from "@/components/copy-id";
import { PageHeader } from "@/components/ui/header";
import { PageTabs } from "@/components/ui/tabs";
import { Shell } from "./shell";

type Props = Omit<ComponentProps<typeof Shell>, "titles"> & {
  /** The id of the group or organization. */
  id: string;
  title: string;
  tabs: ComponentProps<typeof PageTabs>["tabs"];
};

/** The frame of a page with tabs, as one browser component (record 0059). All its props are sent to the browser. */
export function TabbedFrame({ person, crumbs, id, title, tabs, children }: Props) {
  return (
    <Shell person={person} titles={[...crumbs.slice(-1).map(({ label }) => label), title]} crumbs={crumbs}>
      <PageHeader title={title} action={<CopyId id={id} />} />
      <PageTabs label={title} tabs={tabs}>
        {children}
      </PageTabs>
    </Shell>
  );
}
