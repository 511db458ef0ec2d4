import { redact } from "@/lib/redact";

/** RFC 9110, 10.1.5: a user agent begins with a product, such as "curl/8.5.0". Other texts have no name. */
const product = /^[a-z0-9][\w.+-]{0,39}/i;

/**
 * The product that a user agent names, without its version; at most 40 characters. Null for a text that names none or
 * contains a secret.
 */
export function clientName(userAgent: string | undefined): string | null {
  const name = product.exec(userAgent ?? "")?.[0];
  return name && redact(name) === name ? name : null;
}
