import type { ReactNode } from "react";
import type { Crumb } from "@/components/breadcrumbs";
import { Page } from "@/components/page";
import { TopBar } from "@/components/top-bar";
import { requireUser } from "@/lib/web/require-user";
import { UserMenu } from "./user-menu";

/** The frame of every page behind sign-in. */
export async function Shell({ crumbs = [], children }: { crumbs?: readonly Crumb[]; children: ReactNode }) {
  const user = await requireUser();
  return (
    <>
      <TopBar home="/groups" crumbs={crumbs}>
        <UserMenu name={user.name} email={user.email} />
      </TopBar>
      <Page>{children}</Page>
    </>
  );
}
