import { problem, validationBody, ApiProblem } from "./problem";

const maximumBytes = 1_000_000;

/** The JSON of a request; an empty body is an empty object. Refuses over 1 MB, and nonsense. */
export async function readJson(request: Request): Promise<unknown> {
  const text = await readText(request);
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

async function readText(request: Request): Promise<string> {
  if (Number(request.headers.get("content-length") ?? 0) > maximumBytes) throw tooLarge();
  if (!request.body) return "";
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of request.body) {
    bytes += part.byteLength;
    if (bytes > maximumBytes) throw tooLarge();
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function tooLarge(): ApiProblem {
  return problem(413, "Payload too large");
}
