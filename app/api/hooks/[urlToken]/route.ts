import { deliveryAnswer, receiveDelivery } from "@/server/services/webhooks/intake";

/**
 * Receives what Hero sends to an endpoint. `scripts/serve/webhook-intake.ts` handles these requests before
 * Next does; this file is for Next without that server.
 */
export async function POST(
  request: Request,
  { params }: { params: Promise<{ urlToken: string }> },
): Promise<Response> {
  const { urlToken } = await params;
  const headers = Object.fromEntries(request.headers);
  const rawBody = Buffer.from(await request.arrayBuffer());
  const status = await receiveDelivery({ urlToken, headers, rawBody });
  const { body, headers: answerHeaders } = deliveryAnswer(status);
  return new Response(body, { status, headers: answerHeaders });
}
