"use client";

import { type ComponentProps, type FormEvent, type ReactNode, useEffect, useRef, useTransition } from "react";
import { CircleAlert } from "./icons";

type ActionFormProps = Omit<ComponentProps<"form">, "action" | "onSubmit" | "ref"> & {
  /** The dispatch of `useActionState`. */
  action: (form: FormData) => void;
};

/**
 * A form that keeps what was typed (React resets `<form action>` after every action, even a refused one). It ignores
 * further clicks while it is sent. After a refusal it focuses the first invalid field.
 */
export function ActionForm({ action, className = "flex flex-col gap-4", ...props }: ActionFormProps) {
  const form = useRef<HTMLFormElement>(null);
  // A ref, because a second click may come before React has rendered the first.
  const sent = useRef(false);
  const [pending, startTransition] = useTransition();

  useEffect(() => {
    if (pending || !sent.current) return;
    sent.current = false;
    form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [pending]);

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (sent.current) return;
    sent.current = true;
    const data = new FormData(event.currentTarget, submitterOf(event.nativeEvent));
    startTransition(() => action(data));
  }

  return <form noValidate {...props} ref={form} action={action} onSubmit={submit} className={className} />;
}

function submitterOf(event: Event): HTMLElement | null {
  return event instanceof SubmitEvent ? event.submitter : null;
}

/** An error of the whole form. Screen readers announce it when it appears. */
export function FormError({ children }: { children?: ReactNode }) {
  if (!children) return null;
  return (
    <div role="alert" className="flex gap-2 rounded-md bg-red-soft px-3 py-2 text-red">
      <CircleAlert className="mt-0.5 size-4 shrink-0" />
      <div className="min-w-0">{children}</div>
    </div>
  );
}
