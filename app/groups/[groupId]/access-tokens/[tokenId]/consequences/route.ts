import { consequencesAnswer } from "@/app/_access-tokens/changes/consequences-answer";

type Props = { params: Promise<{ groupId: string; tokenId: string }> };

export async function GET(_request: Request, { params }: Props): Promise<Response> {
  return consequencesAnswer(await params);
}
