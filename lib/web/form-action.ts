import { unstable_rethrow } from "next/navigation";
import { z } from "zod";
import type { Person } from "@/lib/auth/actor";
import { DomainError, notAllowed } from "@/lib/errors";
import { log } from "@/lib/log";
import { requestContext } from "@/lib/request-context";
import { isOutcomeUnknown, isUnavailable } from "@/lib/unavailable";
import { formRefusals } from "./form-refusals";
import type { FormState } from "./form-state";
import { currentUser } from "./session";
import { typographic } from "./typographic";

type FormAction<T> = (previous: FormState<T>, form: FormData) => Promise<FormState<T>>;

/**
 * Wraps a domain command as a form action: authenticates, validates an object made of the form's entries, and turns errors
 * into a form state, so that typed input is not lost to an error page. Next's redirects pass through.
 */
export function formAction<S extends z.ZodType, T>(
  schema: S,
  run: (actor: Person, input: z.output<S>) => Promise<T>,
): FormAction<T> {
  return (_previous, form) =>
    answered(async () => {
      const actor = await currentUser();
      if (!actor) return { status: "failed", message: signedOut };
      return runParsed(schema, form, (input) => run(actor, input));
    });
}

/** The same for a visitor who isn't signed in. */
export function visitorAction<S extends z.ZodType, T>(
  schema: S,
  run: (input: z.output<S>) => Promise<T>,
): FormAction<T> {
  return (_previous, form) => answered(() => runParsed(schema, form, run));
}

async function runParsed<S extends z.ZodType, T>(
  schema: S,
  form: unknown,
  run: (input: z.output<S>) => Promise<T>,
): Promise<FormState<T>> {
  // Actions are public endpoints: a caller may send any argument.
  if (!(form instanceof FormData)) return { status: "failed", message: "This request is not a form." };
  const input = schema.safeParse(Object.fromEntries(form));
  if (input.success) return { status: "done", data: await run(input.data) };
  const { formErrors, fieldErrors } = z.flattenError(input.error);
  const fields = Object.entries<string[] | undefined>(fieldErrors).map(([field, list]) => [
    field,
    list?.map(typographic),
  ]);
  return { status: "failed", message: formErrors[0] && typographic(formErrors[0]), fields: Object.fromEntries(fields) };
}

async function answered<T>(work: () => Promise<FormState<T>>): Promise<FormState<T>> {
  try {
    return await work();
  } catch (error) {
    unstable_rethrow(error);
    if (error instanceof DomainError) return refused(error);
    log.error({ err: error }, "an action failed");
    return { status: "failed", message: messageOf(error) };
  }
}

function messageOf(error: unknown): string {
  if (isOutcomeUnknown(error)) return unconfirmed;
  return isUnavailable(error) ? formRefusals.unavailable : broken();
}

function refused({ code, message, errors }: DomainError): FormState<never> {
  if (errors.length === 0)
    return { status: "failed", code, message: message === notAllowed ? roleChanged : typographic(message) };
  const byField = Object.groupBy(errors, (error) => error.field);
  const fields = Object.entries(byField).map(([field, list = []]) => [
    field,
    list.map((error) => typographic(error.message)),
  ]);
  return { status: "failed", code, fields: Object.fromEntries(fields) };
}

// The page offered this action, so the person was allowed to do it when the page loaded.
const roleChanged = `${notAllowed} Your role may have changed: reload the page to see what it allows.`;
const signedOut = "You are signed out. Sign in again in another tab, then come back and send this form once more.";
const unconfirmed = "The database didn’t confirm this, so it may be lost. Try again in a moment.";

function broken(): string {
  const id = requestContext()?.requestId;
  return `Something went wrong on our side. Try again${id ? `; if it happens again, tell your operator the number ${id}` : ""}.`;
}
