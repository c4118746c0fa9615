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

/** A JWT that is valid for 30 minutes of sandbox time. Hero does not document its claims. */
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

/** Returns the claims; `"forged"` for any token that this process did not sign. Ignores the header. */
export function verifyToken(token: string, nowMs: number): TokenClaims | "forged" | "expired" {
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
  return claims.exp * 1000 > nowMs ? claims : "expired";
}

const computeSignature = (signingInput: string) =>
  createHmac("sha256", secret).update(signingInput).digest();
