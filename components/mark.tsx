/** The product's logo: a V whose right arm ends in a contact, on a chip. Decorative: the name is beside it. */
export function Mark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 20 20" aria-hidden="true" focusable="false" className={className}>
      <rect width="20" height="20" rx="5" className="fill-accent" />
      <path
        d="M5 6.5 9.25 14 12.6 8.1"
        fill="none"
        strokeWidth="2"
        strokeLinecap="round"
        strokeLinejoin="round"
        className="stroke-accent-contrast"
      />
      <circle cx="14.25" cy="6" r="1.75" className="fill-accent-contrast" />
    </svg>
  );
}
