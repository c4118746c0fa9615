import { problem, validationBody, ApiProblem } from "./problem";

/** Parses a request body as JSON, of at most 1 MB unless another size is given; an empty body is `{}`. */
export async function readJson(request: Request, maxBytes = 1_000_000): Promise<unknown> {
  const text = await readText(request, maxBytes);
  if (text.trim() === "") return {};
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiProblem(
      400,
      validationBody([{ code: "invalid_json", expected: "JSON", path: [] }]),
    );
  }
}

async function readText(request: Request, maxBytes: number): Promise<string> {
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge();
  if (!request.body) return "";
  const chunks: Uint8Array[] = [];
  let receivedBytes = 0;
  for await (const chunk of request.body) {
    receivedBytes += chunk.byteLength;
    if (receivedBytes > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function tooLarge(): ApiProblem {
  return problem(413, "Payload too large");
}
