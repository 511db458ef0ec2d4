"use client";

import { useEffect, useRef, useState } from "react";
import type { Policy } from "@/lib/policies/policy";
import type { Unmet } from "@/lib/policies/queries";
import { reachable } from "@/lib/web/reachable";
import { previewPolicyAction } from "./actions";

const preview = reachable(previewPolicyAction);

/** Typing pauses for this long before the server is asked. */
const pause = 300;

export type Preview = {
  /** Undefined where what is typed is no policy. */
  unmet: Unmet | undefined;
  /** Whether that is the stored policy. */
  isSaved: boolean;
  ask: (form: FormData) => void;
};

/** What the stored policy hits and, once something is typed, what that would hit. */
export function usePreview(saved: Unmet, stored: Policy): Preview {
  const [found, setFound] = useState<{ unmet: Unmet | undefined }>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const latest = useRef(0);
  const key = JSON.stringify(stored);

  // A saved policy has been counted by the page.
  useEffect(() => {
    latest.current += 1;
    setFound(undefined);
    return () => clearTimeout(timer.current);
  }, [key]);

  function ask(form: FormData) {
    clearTimeout(timer.current);
    const asked = ++latest.current;
    timer.current = setTimeout(async () => {
      const answer = await preview({ status: "idle" }, form);
      // A later answer may have come before.
      if (asked === latest.current) setFound({ unmet: answer.status === "done" ? answer.data : undefined });
    }, pause);
  }

  return { unmet: found ? found.unmet : saved, isSaved: !found, ask };
}
