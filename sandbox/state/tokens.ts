import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { z } from "zod";

const tokenMinutes = 30;
const secret = randomBytes(32);

const claims = z.object({
  practice_group_id: z.string(),
  partner: z.enum(["a", "b", "c"]),
  exp: z.number(),
});
export type TokenClaims = z.infer<typeof claims>;

/** An access token for a practice: a JWT, good for 30 minutes of the sandbox's clock. What Hero's holds is not documented. */
export function signToken(
  { groupId, partner }: { groupId: string; partner: TokenClaims["partner"] },
  nowMs: number,
): string {
  const issuedAt = Math.floor(nowMs / 1000);
  const signed = [
    { alg: "HS256", typ: "JWT" },
    {
      iss: "hero-sandbox",
      practice_group_id: groupId,
      partner,
      iat: issuedAt,
      exp: issuedAt + tokenMinutes * 60,
      jti: randomBytes(12).toString("hex"),
    },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  return `${signed}.${signatureOf(signed).toString("base64url")}`;
}

/** What a token says; `"forged"` for anything that this process did not sign. The header is not believed. */
export function readToken(token: string, nowMs: number): TokenClaims | "forged" | "ended" {
  const end = token.lastIndexOf(".");
  const given = Buffer.from(token.slice(end + 1), "base64url");
  const expected = signatureOf(token.slice(0, Math.max(end, 0)));
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return "forged";
  const said = claims.parse(
    JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8")),
  );
  return said.exp * 1000 > nowMs ? said : "ended";
}

const signatureOf = (signed: string) => createHmac("sha256", secret).update(signed).digest();
