import { X509Certificate } from "node:crypto";
import { createSecureContext, getCACertificates, type SecureContext } from "node:tls";
import { readTextFile } from "@/lib/text-file";

/** The certificates of a PEM file; empty if the file can't be read or contains anything else. */
export function readCertificates(file: string): string[] {
  try {
    const blocks = readTextFile(file).match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    return blocks.map((block) => new X509Certificate(block).toString());
  } catch {
    return [];
  }
}

const contexts = new Map<string, SecureContext>();

/** TLS options that trust Node's own authorities and these. Loading the authorities is slow, so contexts are cached. */
export function trust(certificates: string[]): { secureContext?: SecureContext } {
  if (certificates.length === 0) return {};
  const key = certificates.join("");
  const context = contexts.get(key) ?? createSecureContext({ ca: [...getCACertificates("default"), ...certificates] });
  contexts.set(key, context);
  return { secureContext: context };
}
