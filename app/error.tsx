"use client";

import { StatePage } from "@/components/state-page";
import { Button } from "@/components/ui/button";
import { databaseAway } from "@/lib/web/error-digest";
import { formRefusals } from "@/lib/web/form-refusals";

/** Replaces only the part of the page that failed, so that typed text elsewhere stays. */
export default function ErrorPage({ error, retry }: { error: Error & { digest?: string }; retry: () => void }) {
  return (
    <StatePage
      title="This page can’t be shown right now"
      tabTitle="Not available"
      action={
        <Button variant="primary" onClick={retry}>
          Try again
        </Button>
      }
    >
      {error.message === formRefusals.tooManyAtOnce ? error.message : sentenceOf(error.digest)}
    </StatePage>
  );
}

function sentenceOf(digest: string | undefined): string {
  if (digest === databaseAway)
    return "The database can’t be reached right now. Nothing is lost: try again in a moment.";
  const number = digest ? `; if it stays, tell your operator the number ${digest}.` : ".";
  return `The fault is on our side. Try again in a moment${number}`;
}
