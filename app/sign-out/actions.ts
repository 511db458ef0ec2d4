"use server";

import { redirect } from "next/navigation";
import { endSession } from "@/lib/web/session";

export async function signOutAction(): Promise<void> {
  await endSession();
  redirect("/sign-in");
}
