import { headers } from "next/headers";

const rows = Array.from({ length: 20 }, (_, index) => ({
  name: `nightly-${index}`,
  technicalUser: `nightly-${index}-x9Qz`,
  role: "Group user",
  created: "3 months ago",
  lastUsed: "2 months ago",
  expires: "in 15 months",
  status: "Active",
}));

// Reading a header keeps Next from rendering the page at build time.
export default async function Page() {
  await headers();
  return (
    <main>
      <h1>Access tokens</h1>
      <table>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name}>
              {Object.entries(row).map(([name, value]) => (
                <td key={name}>{value}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </main>
  );
}
