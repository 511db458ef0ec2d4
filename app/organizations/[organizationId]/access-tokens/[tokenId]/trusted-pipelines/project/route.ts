import { projectAnswer } from "@/app/_trusted-pipelines/project-answer";

type Props = { params: Promise<{ organizationId: string; tokenId: string }> };

export async function GET(request: Request, { params }: Props): Promise<Response> {
  return projectAnswer(request, await params);
}
