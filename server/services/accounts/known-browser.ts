import "server-only";
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { env } from "../../env";

/**
 * A signed value that a browser keeps after a sign-in: its id, and one signature for each account that has
 * signed in there. It only exempts the browser from limits that others can use up, and proves nothing else.
 * A signature covers the password's hash, so that a new password ends it.
 */

const maxAccounts = 5;
const pattern = /^([A-Za-z0-9_-]{22})((?:\.[A-Za-z0-9_-]{43}){1,5})$/;

type Account = { readonly email: string; readonly passwordHash: string };

function parse(value: string | undefined) {
  const [, browserId, signatures] = pattern.exec(value ?? "") ?? [];
  if (!browserId || !signatures) return undefined;
  return { browserId, signatures: signatures.slice(1).split(".") };
}

const sign = (browserId: string, { email, passwordHash }: Account) =>
  createHmac("sha256", env().AUTH_SECRET)
    .update(`known browser\n${browserId}\n${email}\n${passwordHash}`)
    .digest();

/** The browser's id if it has signed in to this account with its current password. */
export function findKnownBrowser(
  value: string | undefined,
  account: Account | undefined,
): string | undefined {
  const parsed = parse(value);
  if (!parsed || !account) return undefined;
  const expected = sign(parsed.browserId, account);
  const isKnown = parsed.signatures.some((signature) =>
    timingSafeEqual(Buffer.from(signature, "base64url"), expected),
  );
  return isKnown ? parsed.browserId : undefined;
}

/** The value for a browser that has just signed in. It keeps the accounts used there before. */
export function rememberBrowser(value: string | undefined, account: Account): string {
  const { browserId, signatures } = parse(value) ?? {
    browserId: randomBytes(16).toString("base64url"),
    signatures: [],
  };
  const signature = sign(browserId, account).toString("base64url");
  const others = signatures.filter((other) => other !== signature);
  return [browserId, signature, ...others].slice(0, maxAccounts + 1).join(".");
}
