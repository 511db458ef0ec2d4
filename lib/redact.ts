const secretKey = /"([\w-]*(?:password|passwd|secret|token|cookie|authorization|credential|api_?key)[\w-]*)":/i;
const jsonValue = /(?:"(?:[^"\\]|\\.)*"|\[(?:[^"\]]|"(?:[^"\\]|\\.)*")*\]|[^,}\]\s]+)/;
const secretMember = new RegExp(secretKey.source + jsonValue.source, "gi");

const inText: [RegExp, string][] = [
  [/\bvh[go]_[0-9A-Za-z]{8,}/g, "vh*_[redacted]"],
  [/\b(bearer|basic)\s+[\w.~+/=-]+/gi, "$1 [redacted]"],
  [/((?:__Host-|__Secure-)?authjs\.[\w.-]+)=[^;\s"\\]+/gi, "$1=[redacted]"],
  [/\$argon2[^\s"\\]*/g, "[redacted]"],
  [/(postgres(?:ql)?:\/\/[^:@/\s"]+):[^@\s"]+@/g, "$1:[redacted]@"],
  // Drizzle's errors repeat the parameters of the failed query.
  [/(\\nparams: ).*?(?=\\n|"[,}])/g, "$1[redacted]"],
];

/** Takes secrets out of one line of JSON, by the names of its members and by their looks. The last door before the log. */
export function redact(line: string): string {
  const named = line.replace(secretMember, (_all, key: string) => `"${key}":"[redacted]"`);
  return inText.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), named);
}
