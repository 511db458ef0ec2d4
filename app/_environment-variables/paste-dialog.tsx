"use client";

import { type ChangeEvent, useActionState, useRef, useState } from "react";
import type { TokenRef } from "@/app/_parts/paths";
import { ActionForm, FormError } from "@/components/ui/action-form";
import { Button } from "@/components/ui/button";
import { DialogActions, DialogBody } from "@/components/ui/dialog-actions";
import { CheckboxField, Field, TextAreaField } from "@/components/ui/field";
import { FormFrame } from "@/components/ui/form-dialog";
import type { Plan } from "@/lib/environment-variables/dotenv-import";
import { dotenvLength, dotenvTooLong } from "@/lib/environment-variables/limits";
import { byteSize } from "@/lib/format";
import { type FormState, type Refusal, toForm } from "@/lib/web/form-state";
import { reachable } from "@/lib/web/reachable";
import { applyDotenvAction, planDotenvAction } from "./actions";
import { PlanPreview } from "./plan-preview";

/** The file's text, or why it could not be read. */
async function readTextFile(file: File): Promise<{ text: string } | { problem: string }> {
  if (file.size > dotenvLength) {
    return { problem: `The file is larger than ${byteSize(dotenvLength)}, more than all variables together may have.` };
  }
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer()) };
  } catch (error) {
    const isOtherEncoding = error instanceof TypeError;
    return { problem: isOtherEncoding ? "The file is not text in UTF-8." : "The file could not be read." };
  }
}

type DotenvFieldProps = { onChange: (text: string) => void; errors?: readonly string[] };

/** Filled by pasting or from a file. Uncontrolled, because React would write a controlled value into the page's HTML. */
function DotenvField({ onChange, errors }: DotenvFieldProps) {
  const text = useRef<HTMLTextAreaElement>(null);
  const [fileErrors, setFileErrors] = useState<readonly string[]>();

  async function read({ target }: ChangeEvent<HTMLInputElement>) {
    const file = target.files?.[0];
    if (!file) return;
    const read = await readTextFile(file);
    setFileErrors("problem" in read ? [read.problem] : undefined);
    if ("problem" in read || !text.current) return;
    text.current.value = read.text;
    onChange(text.current.value);
  }

  return (
    <>
      <TextAreaField
        ref={text}
        label=".env text"
        rows={6}
        errors={errors}
        onChange={(event) => onChange(event.target.value)}
      />
      <Field
        label="Choose a file"
        type="file"
        help="Its text is put into the field above, in your browser."
        errors={fileErrors}
        onChange={read}
        // So that the same file can be chosen again after it was corrected.
        onClick={(event) => {
          event.currentTarget.value = "";
        }}
        className="py-1 file:mr-3 file:border-0 file:bg-transparent file:p-0 file:font-medium file:text-accent"
      />
    </>
  );
}

const planDotenv = reachable(planDotenvAction);
const applyDotenv = reachable(applyDotenvAction);

/** The answer to `text`. A plan is dropped after it was tried, because it may be outdated by then. */
type Answer = { text?: string; plan?: Plan; failed?: Refusal };
type Request = { text: string; confirmed?: { plan: Plan; leaveOutRefused: boolean } };

/** Previews a text and applies it. A plan or refusal of an earlier text is not shown. */
function useDotenvImport(tokenRef: TokenRef, onDone: () => void) {
  const [text, setText] = useState("");
  const [answer, send, pending] = useActionState(async (_previous: Answer, request: Request): Promise<Answer> => {
    const next = await answerTo(tokenRef, request);
    if (next.status === "done" && !next.data) onDone();
    return {
      text: request.text,
      plan: next.status === "done" ? next.data : undefined,
      failed: next.status === "failed" ? aboutAll(next) : undefined,
    };
  }, {});
  const { plan, failed } = answer.text === text ? answer : {};
  return {
    setText,
    plan,
    failed,
    pending,
    preview: () => send({ text }),
    confirm: (confirmed: Request["confirmed"]) => send({ text, confirmed }),
  };
}

async function answerTo(tokenRef: TokenRef, { text, confirmed }: Request): Promise<FormState<Plan | undefined>> {
  // The server may refuse a larger form unread, without naming the field.
  if (text.length > dotenvLength) return { status: "failed", fields: { text: [dotenvTooLong] } };
  const fields = { ...tokenRef, text: JSON.stringify(text) };
  if (!confirmed) return planDotenv({ status: "idle" }, toForm(fields));
  const { plan, leaveOutRefused } = confirmed;
  const expected = plan.lines.flatMap((line) => (line.kind === "refused" ? [] : [[line.name, line.expected]]));
  const form = toForm({
    ...fields,
    expected: JSON.stringify(expected),
    ...(leaveOutRefused && { leaveOutRefused: "on" }),
  });
  const answer = await applyDotenv({ status: "idle" }, form);
  return answer.status === "done" ? { status: "done", data: undefined } : answer;
}

/** Turns a conflict about a variable, which has no field here, into a message about the whole form. */
function aboutAll(failed: Refusal): Refusal {
  if (failed.code !== "conflict") return failed;
  const message = failed.message ?? failed.fields?.name?.join(" ");
  return { ...failed, message: `${message} “Preview” shows what the text does now.` };
}

export function PasteDialog({ tokenRef, onClose }: { tokenRef: TokenRef; onClose: () => void }) {
  const { setText, plan, failed, preview, confirm, pending } = useDotenvImport(tokenRef, onClose);
  const [leftOutOf, setLeftOutOf] = useState<Plan>();
  const leave = () => !pending && onClose();
  const leaveOutRefused = plan !== undefined && leftOutOf === plan;
  const hasRefused = plan?.lines.some(({ kind }) => kind === "refused") ?? false;
  const isReady = !plan?.problem && (leaveOutRefused || !hasRefused);

  function submit() {
    if (!plan) preview();
    else if (isReady) confirm({ plan, leaveOutRefused });
  }

  return (
    <FormFrame
      pending={pending}
      onClose={onClose}
      title="Paste .env"
      description="You see what each line does before anything is changed."
    >
      <ActionForm action={submit}>
        <DialogBody>
          <DotenvField onChange={setText} errors={failed?.fields?.text} />
          {plan && <PlanPreview plan={plan} />}
          {plan && hasRefused && !plan.problem && (
            <CheckboxField
              label="Leave out the refused lines"
              checked={leaveOutRefused}
              onChange={(event) => setLeftOutOf(event.target.checked ? plan : undefined)}
            />
          )}
          <FormError>{plan?.problem ?? failed?.message}</FormError>
        </DialogBody>
        <DialogActions>
          <Button onClick={leave}>Cancel</Button>
          {plan ? (
            <Button type="submit" variant="primary" disabled={!isReady} pending={pending} pendingLabel="Storing…">
              Confirm
            </Button>
          ) : (
            <Button key="preview" type="submit" variant="primary" pending={pending} pendingLabel="Reading…">
              Preview
            </Button>
          )}
        </DialogActions>
      </ActionForm>
    </FormFrame>
  );
}
