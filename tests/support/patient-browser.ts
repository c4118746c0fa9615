/** A minimal browser: cookies by path, forms, redirects. */
export class PatientBrowser {
  private readonly cookies = new Map<string, string>();
  status = 0;
  html = "";
  path = "";

  constructor(private readonly sandbox: { readonly url: string }) {}

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
