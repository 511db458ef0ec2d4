/** The password of the run's demo accounts. */
export function demoPassword(): string {
  const password = process.env.E2E_DEMO_PASSWORD;
  if (!password) throw new Error("the global setup has set no demo password");
  return password;
}
