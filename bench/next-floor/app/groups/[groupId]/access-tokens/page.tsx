import FixedRows from "../../../../fixed-rows";

export default function Page() {
  return <FixedRows />;
}
