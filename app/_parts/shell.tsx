"use client";

import type { ReactNode } from "react";
import type { Crumb } from "@/components/breadcrumbs";
import { DocumentTitle } from "@/components/document-title";
import { TopBar } from "@/components/top-bar";
import { useLinkNavigation } from "@/components/ui/navigation-area";
import type { SignedInPerson } from "@/lib/sign-in/sessions";
import { UserMenu } from "./user-menu";

type Props = {
  person: Pick<SignedInPerson, "name" | "email">;
  /** The parts of the browser tab's title: "hil-bench-07", "Powertrain". */
  titles: readonly string[];
  crumbs: readonly Crumb[];
  children: ReactNode;
};

/** The frame of every page behind sign-in, as one browser component (record 0059). A page reads all its data before it renders this (record 0026). */
export function Shell({ person, titles, crumbs, children }: Props) {
  const isLeaving = useLinkNavigation();
  return (
    <>
      <DocumentTitle parts={titles} />
      <TopBar home="/groups" crumbs={crumbs}>
        <UserMenu name={person.name} email={person.email} />
      </TopBar>
      {/* The target of the skip link, dimmed while another page loads. */}
      <main
        id="content"
        tabIndex={-1}
        aria-busy={isLeaving || undefined}
        className="mx-auto w-full max-w-column px-4 py-6 sm:px-6"
      >
        {children}
      </main>
    </>
  );
}
