import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { z } from "zod";

const tokenLifetimeMinutes = 30;
const secret = randomBytes(32);

const claimsSchema = z.object({
  practice_group_id: z.string(),
  partner: z.enum(["a", "b", "c"]),
  exp: z.number(),
});
export type TokenClaims = z.infer<typeof claimsSchema>;

/** An access token for a practice: a JWT, good for 30 minutes of the sandbox's clock. What Hero's holds is not documented. */
export function signToken(
  { practiceGroupId, partner }: { practiceGroupId: string; partner: TokenClaims["partner"] },
  nowMs: number,
): string {
  const issuedAt = Math.floor(nowMs / 1000);
  const signingInput = [
    { alg: "HS256", typ: "JWT" },
    {
      iss: "hero-sandbox",
      practice_group_id: practiceGroupId,
      partner,
      iat: issuedAt,
      exp: issuedAt + tokenLifetimeMinutes * 60,
      jti: randomBytes(12).toString("hex"),
    },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  return `${signingInput}.${computeSignature(signingInput).toString("base64url")}`;
}

/** What a token says; `"forged"` for anything that this process did not sign. The header is not believed. */
export function verifyToken(token: string, nowMs: number): TokenClaims | "forged" | "ended" {
  const lastDot = token.lastIndexOf(".");
  const signature = Buffer.from(token.slice(lastDot + 1), "base64url");
  const expectedSignature = computeSignature(token.slice(0, Math.max(lastDot, 0)));
  if (
    signature.length !== expectedSignature.length ||
    !timingSafeEqual(signature, expectedSignature)
  )
    return "forged";
  const claims = claimsSchema.parse(
    JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8")),
  );
  return claims.exp * 1000 > nowMs ? claims : "ended";
}

const computeSignature = (signingInput: string) =>
  createHmac("sha256", secret).update(signingInput).digest();
