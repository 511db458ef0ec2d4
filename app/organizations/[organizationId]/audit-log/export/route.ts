import { exportAnswer } from "@/app/_audit-log/export-answer";

type Props = { params: Promise<{ organizationId: string }> };

export async function POST(request: Request, { params }: Props): Promise<Response> {
  return exportAnswer(request, await params);
}
