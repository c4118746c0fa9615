import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const root = fileURLToPath(new URL("../../", import.meta.url));

const practicesSchema = z.array(
  z.object({
    practiceGroupId: z.string(),
    name: z.string(),
    system: z.enum(["emis", "systmone", "private"]),
    network: z.string().nullable(),
    keys: z.array(
      z.object({
        partner: z.enum(["a", "b", "c"]),
        key: z.string(),
        scopes: z.array(z.string()),
      }),
    ),
  }),
);

const patientsSchema = z.array(
  z.object({
    practiceGroupId: z.string().nullable(),
    patientId: z.string().nullable(),
    firstName: z.string(),
    lastName: z.string(),
    nhsNumber: z.string(),
    dateOfBirth: z.string(),
    postcode: z.string(),
    email: z.string(),
    needsLogin: z.boolean(),
  }),
);

export type SandboxPractice = z.infer<typeof practicesSchema>[number];
export type SandboxPatient = z.infer<typeof patientsSchema>[number];

export interface ApiResponse {
  status: number;
  headers: Headers;
  body: unknown;
}

export interface ApiCall {
  key?: string;
  groupId?: string;
  body?: unknown;
}

/** Starts a sandbox process on free ports. */
export class Sandbox {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    readonly smtpPort: number,
  ) {}

  static async start(): Promise<Sandbox> {
    const child = spawn(process.execPath, ["--import", "tsx", "sandbox/main.ts"], {
      cwd: root,
      env: { ...process.env, SANDBOX_PORT: "0", SANDBOX_SMTP_PORT: "0", SANDBOX_PUBLIC_URL: "" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const firstLine = await new Promise<string>((resolve, reject) => {
      let text = "";
      child.stdout?.on("data", (part: Buffer) => {
        text += part.toString();
        if (text.includes("\n")) resolve(text);
      });
      child.once("exit", (code) => reject(new Error(`The sandbox ended with ${code}: ${text}`)));
    });
    const ready = z
      .object({ ready: z.literal(true), url: z.string(), smtpPort: z.number() })
      .parse(JSON.parse(firstLine));
    return new Sandbox(child, ready.url, ready.smtpPort);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const exited = once(this.child, "exit");
    this.child.kill("SIGTERM");
    await exited;
  }

  /** Calls the Hero API; a body that is not JSON is returned as text. */
  async callApi(method: string, path: string, call: ApiCall = {}): Promise<ApiResponse> {
    const headers = new Headers();
    if (call.key !== undefined) headers.set("x-api-key", call.key);
    if (call.groupId !== undefined) headers.set("x-practice-group-id", call.groupId);
    const response = await fetch(this.url + path, {
      method,
      headers,
      body: call.body === undefined ? undefined : JSON.stringify(call.body),
    });
    return {
      status: response.status,
      headers: response.headers,
      body: parseBody(await response.text()),
    };
  }

  async callControl(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(this.url + path, {
      method,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return parseBody(await response.text());
  }

  async listPractices(): Promise<SandboxPractice[]> {
    return practicesSchema.parse(await this.callControl("GET", "/_sandbox/practices"));
  }

  async listPatients(): Promise<SandboxPatient[]> {
    return patientsSchema.parse(await this.callControl("GET", "/_sandbox/patients"));
  }

  reset(): Promise<unknown> {
    return this.callControl("POST", "/_sandbox/reset");
  }
}

function parseBody(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The practice with a partner's key. */
export function getCredentials(practices: SandboxPractice[], name: string, partner = "a") {
  const practice = practices.find((candidate) => candidate.name === name);
  const key = practice?.keys.find((candidate) => candidate.partner === partner)?.key;
  if (!practice || !key) throw new Error(`No practice ${name} for partner ${partner}`);
  return { groupId: practice.practiceGroupId, key };
}
