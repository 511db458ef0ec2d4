"use client";

import { useRouter } from "next/navigation";
import { useRef, useState, useTransition } from "react";
import type { ScopeFields } from "@/app/_parts/paths";
import { FormError } from "@/components/ui/action-form";
import { useAnnounce } from "@/components/ui/announcements";
import { Button } from "@/components/ui/button";
import type { ChangePlan } from "@/lib/access-token-list/change-plan";
import type { ChangeOfMany, TokenRevision } from "@/lib/access-tokens/change-many";
import { type FormState, refusalOf, toForm } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { notUndone, undoable } from "../changes/undo";
import type { ListState } from "../list/list-state";
import { mostCounted } from "../list/range";
import { changeManyAction, planChangeAction } from "./actions";
import { ManyDialog } from "./many-dialog";
import { buttonLabels, doneInWords } from "./words";

export type SelectionBarProps = {
  scope: ScopeFields;
  state: ListState;
  /** The tokens of the page, and those of them that are selected. */
  pageIds: readonly string[];
  ids: readonly string[];
  /** Whether the tokens of all pages are selected. */
  isAllMatching: boolean;
  total: number;
  onSelectAll: () => void;
  onClear: () => void;
  /** `focus` finds what gets the focus afterwards. */
  onDone: (focus: () => HTMLElement | undefined) => void;
};

const planChange = reachable(planChangeAction);
const changeMany = reachable(changeManyAction);
const idle = { status: "idle" } as const;
const changes = ["revoke", "reactivate", "delete"] as const;

/** What can be done to the selected tokens. */
export function SelectionBar(props: SelectionBarProps) {
  const { scope, state, pageIds, ids, isAllMatching, total, onSelectAll, onClear, onDone } = props;
  const announce = useAnnounce();
  const router = useRouter();
  const [planning, startPlanning] = useTransition();
  const [asked, setAsked] = useState<ChangeOfMany>();
  const [answer, setAnswer] = useState<FormState<ChangePlan>>(idle);
  const isDone = useRef(false);
  const latest = useRef(0);

  /** Of several clicks the last one counts. */
  function ask(change: ChangeOfMany) {
    latest.current += 1;
    const turn = latest.current;
    setAsked(change);
    setAnswer(idle);
    const { cursor, first, ...list } = state;
    const selection = JSON.stringify(isAllMatching ? { list } : { ids });
    startPlanning(async () => {
      const planned = await planChange(idle, toForm({ ...scope, change, selection }));
      if (turn === latest.current) setAnswer(planned);
    });
  }

  function send(change: ChangeOfMany, tokens: readonly TokenRevision[]) {
    const revisions = tokens.map(({ id, revision }) => ({ id, revision }));
    return changeMany(idle, toForm({ ...scope, change, tokens: JSON.stringify(revisions) }));
  }

  async function confirm(change: ChangeOfMany, { tokens }: ChangePlan) {
    const changed = await send(change, tokens);
    if (changed.status !== "done") {
      const refused = refusalOf(changed);
      const isOutdated = refused?.code === "conflict" || refused?.code === "not_found";
      return isOutdated ? { ...refused, instead: { label: "Reload the list", run: router.refresh } } : refused;
    }
    isDone.current = true;
    const undo = async () => {
      const refused = refusalOf(await send("reactivate", changed.data));
      announce(refused ? notUndone(refused, undo) : { text: doneInWords("reactivate", tokens.length) });
    };
    const text = doneInWords(change, tokens.length);
    announce(change === "revoke" ? undoable(text, undo) : { text });
    return undefined;
  }

  function close(change: ChangeOfMany, tokens: readonly TokenRevision[]) {
    setAnswer(idle);
    if (isDone.current) onDone(() => rowAfter(change, tokens));
  }

  /** The name in the first changed row or, if it was deleted, in the next row that is left. */
  function rowAfter(change: ChangeOfMany, tokens: readonly TokenRevision[]): HTMLElement | undefined {
    const changed = new Set(tokens.map(({ id }) => id));
    const start = Math.max(
      pageIds.findIndex((id) => changed.has(id)),
      0,
    );
    const order = [...pageIds.slice(start), ...pageIds.slice(0, start).reverse()];
    const left = change === "delete" ? order.filter((id) => !changed.has(id)) : order;
    return left.flatMap((id) => document.getElementById(id)?.querySelector("a") ?? [])[0];
  }

  const plan = answer.status === "done" ? answer.data : undefined;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for what a form sends.
    <div role="group" aria-label="Selected access tokens" className="selection-bar">
      <span className="font-medium">{inWords(ids.length, isAllMatching, total)}</span>
      {changes.map((change) => (
        <Button
          key={change}
          pending={planning && asked === change}
          pendingLabel="Looking up…"
          onClick={() => ask(change)}
        >
          {buttonLabels[change].label}
        </Button>
      ))}
      {!isAllMatching && total > ids.length && (
        <Button variant="quiet" onClick={onSelectAll}>
          Select all matching
        </Button>
      )}
      <Button variant="quiet" onClick={onClear}>
        Clear selection
      </Button>
      <span className="text-small text-muted">The selection ends when you leave this page of the list.</span>
      <FormError>{refusalOf(answer)?.message}</FormError>
      {asked && plan && (
        <ManyDialog
          change={asked}
          plan={plan}
          onConfirm={() => confirm(asked, plan)}
          onClose={() => close(asked, plan.tokens)}
          focusAfter={() => (isDone.current ? rowAfter(asked, plan.tokens) : undefined)}
        />
      )}
    </div>
  );
}

function inWords(selected: number, isAllMatching: boolean, total: number): string {
  if (!isAllMatching) return `${selected} selected`;
  if (total > mostCounted) return `The first ${mostCounted.toLocaleString("en")} matching are selected`;
  return `All ${total.toLocaleString("en")} matching are selected`;
}
