import { forbidden, notFound } from "next/navigation";
import { DomainError } from "@/lib/errors";
import { tellDatabaseAway } from "./tell-database-away";

/** What a page shows of a query: its answer, or Next's 404 or 403 page where the domain says so. */
export async function visible<T>(query: Promise<T>): Promise<T> {
  try {
    return await tellDatabaseAway(query);
  } catch (error) {
    if (error instanceof DomainError && error.code === "not_found") notFound();
    if (error instanceof DomainError && error.code === "forbidden") forbidden();
    throw error;
  }
}
