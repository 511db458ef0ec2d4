import { redirect } from "next/navigation";
import { expect, test, vi } from "vitest";
import { z } from "zod";
import { DomainError, forbidden, invalid } from "@/lib/errors";
import { withRequestContext } from "@/lib/request-context";

vi.stubEnv("LOG_LEVEL", "silent");
const { visitorAction } = await import("./form-action");

const schema = z.object({ name: z.string().min(1, "Give a name.") });

/** The form state for a command. */
function answer(command: (name: string) => unknown, fields: Record<string, string> = { name: "nightly" }) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  const action = visitorAction(schema, async ({ name }) => command(name));
  const context = { requestId: "req-1", channel: "page", address: null } as const;
  return withRequestContext(context, () => action({ status: "idle" }, form));
}

function throwing(error: unknown) {
  return () => {
    throw error;
  };
}

test("the command's result is returned", async () => {
  expect(await answer((name) => name.toUpperCase())).toEqual({ status: "done", data: "NIGHTLY" });
});

test("invalid input is refused by field, without running the command", async () => {
  const refused = { status: "failed", message: undefined, fields: { name: ["Give a name."] } };
  expect(await answer(throwing(new Error("run")), { name: "" })).toEqual(refused);
});

test("an argument that is not a form is refused", async () => {
  const action = visitorAction(schema, throwing(new Error("run")));
  // The arguments of a handwritten request.
  expect(await Reflect.apply(action, undefined, [{ status: "idle" }, "name=x"])).toMatchObject({ status: "failed" });
  expect(await Reflect.apply(action, undefined, [])).toMatchObject({ status: "failed" });
});

test.each([
  [new DomainError("conflict", "Someone changed it."), { code: "conflict", message: "Someone changed it." }],
  [forbidden("Not this one."), { code: "forbidden", message: "Not this one." }],
  [
    forbidden(),
    {
      code: "forbidden",
      message: "You are not allowed to do this. Your role may have changed: reload the page to see what it allows.",
    },
  ],
  [invalid("name", "It is too long."), { code: "invalid", fields: { name: ["It is too long."] } }],
  [
    new DomainError("invalid", "No.", {
      errors: [
        { field: "name", message: "It is too long." },
        { field: "url", message: "It is no URL." },
        { field: "name", message: "It is taken." },
      ],
    }),
    { code: "invalid", fields: { name: ["It is too long.", "It is taken."], url: ["It is no URL."] } },
  ],
])("a domain error becomes the form's message: %s", async (error, expected) => {
  expect(await answer(throwing(error))).toEqual({ status: "failed", ...expected });
});

test("an unreachable database gets another message than a bug", async () => {
  const away = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:5432"), { code: "ECONNREFUSED" });
  expect(await answer(throwing(away))).toEqual({
    status: "failed",
    message: "The database can’t be reached right now, so nothing was changed. Try again in a moment.",
  });
  expect(await answer(throwing(new TypeError("x is not a function")))).toEqual({
    status: "failed",
    message: "Something went wrong on our side. Try again; if it happens again, tell your operator the number req-1.",
  });
});

test("Next's redirect passes through", async () => {
  await expect(answer(() => redirect("/groups"))).rejects.toThrow("NEXT_REDIRECT");
});
