"use client";

import { StatePage } from "@/components/state-page";
import { Button } from "@/components/ui/button";

/** What was typed elsewhere stays: only this part of the page is replaced, and trying again renders it anew. */
export default function ErrorPage({ error, retry }: { error: Error & { digest?: string }; retry: () => void }) {
  return (
    <StatePage
      title="This page can’t be shown right now"
      action={
        <Button variant="primary" onClick={retry}>
          Try again
        </Button>
      }
    >
      The fault is on our side. Try again in a moment
      {error.digest ? `; if it stays, tell your operator the number ${error.digest}.` : "."}
    </StatePage>
  );
}
