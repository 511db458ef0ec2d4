import type { Finding } from "./finding";

const marks = { right: "✓", warning: "!", wrong: "✗" } as const;

/** One line for each finding: a mark, the subject, what was found, and what to do. */
export function lineOf({ verdict, subject, says, advice }: Finding): string {
  return oneLine(`${marks[verdict]} ${subject}: ${sentence(says)}${advice ? ` → ${sentence(advice)}` : ""}`);
}

export function summaryOf(findings: readonly Finding[]): string {
  const [wrong, warnings] = [countOf(findings, "wrong"), countOf(findings, "warning")];
  if (wrong === 0 && warnings === 0) return "Everything is right.";
  return `Wrong: ${wrong}. Warnings: ${warnings}.`;
}

export function isAllRight(findings: readonly Finding[]): boolean {
  return countOf(findings, "wrong") === 0;
}

function countOf(findings: readonly Finding[], verdict: Finding["verdict"]): number {
  return findings.filter((finding) => finding.verdict === verdict).length;
}

function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** Names of databases and servers may contain any character. */
function oneLine(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, " ");
}
