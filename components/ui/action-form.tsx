"use client";

import { type ComponentProps, type FormEvent, useEffect, useRef, useTransition } from "react";

type Props = Omit<ComponentProps<"form">, "action" | "onSubmit" | "ref"> & {
  /** The dispatch of `useActionState`. */
  action: (form: FormData) => void;
};

/**
 * A form that keeps what was typed (React empties `<form action>` after every action, refused or not), submits once
 * however often it is clicked, and after a refusal focuses the first field marked invalid.
 */
export function ActionForm({ action, className = "flex flex-col gap-4", ...props }: Props) {
  const form = useRef<HTMLFormElement>(null);
  // A ref, since a second click may come before React has rendered the first.
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
