"use client";

import { useRef, useState } from "react";
import { listPathOf, type ScopeFields, type TokenRef } from "@/app/_parts/paths";
import type { Project } from "@/lib/trusted-pipelines/projects/project";
import type { ProjectAnswer } from "./project-answer";

/** What of a project is looked up. */
export type Named = { providerType: string; providerUrl: string; project: string };

type Lookup =
  | { state: "idle" | "looking" }
  | { state: "found"; project: Project }
  | { state: "failed"; message: string };

/** The lookup of a project at its provider. Only the last one counts; the same is not looked up twice. */
export function useProject(place: ScopeFields & TokenRef, onFound: (project: Project) => void) {
  const [lookup, setLookup] = useState<Lookup>({ state: "idle" });
  const last = useRef<{ key: string; controller: AbortController }>(undefined);

  async function find(named: Named): Promise<void> {
    if (!named.providerUrl.trim() || !named.project.trim()) return;
    const key = JSON.stringify(named);
    if (last.current?.key === key) return;
    last.current?.controller.abort();
    const own = { key, controller: new AbortController() };
    last.current = own;
    setLookup({ state: "looking" });
    const answer = await ask(place, named, own.controller.signal);
    if (last.current !== own) return;
    if ("project" in answer) {
      onFound(answer.project);
      setLookup({ state: "found", project: answer.project });
    } else {
      // The next time that the field is left it is tried again.
      last.current = undefined;
      setLookup({ state: "failed", message: answer.message });
    }
  }

  return { lookup, find };
}

async function ask(place: ScopeFields & TokenRef, named: Named, signal: AbortSignal): Promise<ProjectAnswer> {
  try {
    const path = `${listPathOf(place)}/${place.tokenId}/trusted-pipelines/project`;
    const response = await fetch(`${path}?${new URLSearchParams(named)}`, { signal });
    if (response.ok) return await response.json();
  } catch {
    // No answer: the message below says so.
  }
  return { message: "The project could not be looked up. Check your connection, or reload the page." };
}
