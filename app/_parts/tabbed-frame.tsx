"use client";

import type { ComponentProps } from "react";
import { PageHeader } from "@/components/ui/header";
import { PageTabs } from "@/components/ui/tabs";
import { Shell } from "./shell";

type Props = ComponentProps<typeof Shell> & { title: string; tabs: ComponentProps<typeof PageTabs>["tabs"] };

/**
 * The frame of a page whose parts are tabs, as one component of the browser: each one costs a page some more. All that it
 * is given is sent there.
 */
export function TabbedFrame({ person, crumbs, title, tabs, children }: Props) {
  return (
    <Shell person={person} crumbs={crumbs}>
      <PageHeader title={title} />
      <PageTabs label={title} tabs={tabs}>
        {children}
      </PageTabs>
    </Shell>
  );
}
