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

/** A minimal browser: cookies by path, forms, redirects. */
export class PatientBrowser {
  private readonly cookies = new Map<string, string>();
  status = 0;
  html = "";
  path = "";

  constructor(private readonly sandbox: Sandbox) {}

  async open(address: string): Promise<void> {
    await this.follow(await this.send("GET", new URL(address, this.sandbox.url).pathname));
  }

  /** Sends a form of the current page with its hidden token. */
  async submit(action: string, fields: Record<string, string> = {}): Promise<void> {
    const token = /name="token" value="([^"]+)"/.exec(this.html)?.[1] ?? "";
    const body = new URLSearchParams({ token, ...fields });
    await this.follow(await this.send("POST", action, body));
  }

  heading(): string {
    return (/<h1>([\s\S]*?)<\/h1>/.exec(this.html)?.[1] ?? "").trim();
  }

  slots(): string[] {
    return [...this.html.matchAll(/name="slot" value="(\d+)"/g)].map((match) => match[1] ?? "");
  }

  private async follow(first: Response): Promise<void> {
    let response = first;
    for (let hops = 0; response.status === 303 && hops < 5; hops += 1) {
      response = await this.send("GET", response.headers.get("location") ?? "/");
    }
    this.status = response.status;
    this.html = await response.text();
  }

  private async send(method: string, path: string, body?: URLSearchParams): Promise<Response> {
    this.path = path;
    const cookie = [...this.cookies].find(([cookiePath]) => path.startsWith(cookiePath))?.[1];
    const response = await fetch(this.sandbox.url + path, {
      method,
      body,
      redirect: "manual",
      headers: cookie ? { cookie } : {},
    });
    for (const setCookie of response.headers.getSetCookie()) {
      const cookiePath = /path=([^;]+)/i.exec(setCookie)?.[1] ?? "/";
      this.cookies.set(cookiePath, setCookie.split(";")[0] ?? "");
    }
    return response;
  }
}

/** The three fields of a date of birth. */
export function birthFields(date: string): Record<string, string> {
  const [year = "", month = "", day = ""] = date.split("-");
  return { day, month, year };
}
