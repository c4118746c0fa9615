import "server-only";
import { argon2, randomBytes, timingSafeEqual } from "node:crypto";

// OWASP's first choice for argon2id: 19 MiB, two passes, one lane.
const cost = { memory: 19_456, passes: 2, parallelism: 1 } as const;
const tagLength = 32;

function derive(
  password: string,
  nonce: Buffer,
  { memory, passes, parallelism }: { memory: number; passes: number; parallelism: number },
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    argon2(
      "argon2id",
      { message: password.normalize("NFKC"), nonce, memory, passes, parallelism, tagLength },
      (error, key) => (error ? reject(error) : resolve(Buffer.from(key))),
    );
  });
}

/** An argon2id hash with its parameters, in the PHC string format. */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16);
  const key = await derive(password, nonce, cost);
  const encode = (bytes: Buffer) => bytes.toString("base64").replace(/=+$/, "");
  const parameters = `m=${cost.memory},t=${cost.passes},p=${cost.parallelism}`;
  return `$argon2id$v=19$${parameters}$${encode(nonce)}$${encode(key)}`;
}

// A hash of a random value, so that an unknown address costs the same time as a known one.
const decoy = hashPassword(randomBytes(32).toString("base64"));

/** Compares in constant time. Without a hash (no such account) it takes as long and returns false. */
export async function verifyPassword(password: string, hash: string | undefined): Promise<boolean> {
  const stored = hash ?? (await decoy);
  const [, memory, passes, parallelism, nonce, key] =
    /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/.exec(stored) ?? [];
  if (!memory || !passes || !parallelism || !nonce || !key) {
    throw new Error("A stored password hash is malformed.");
  }
  const derived = await derive(password, Buffer.from(nonce, "base64"), {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
  });
  return timingSafeEqual(derived, Buffer.from(key, "base64")) && hash !== undefined;
}
