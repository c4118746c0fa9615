import type { BrowserContext, ConsoleMessage } from "@playwright/test";

/** An intended response that Chromium still reports in the console. */
type ExpectedFailure = { status: number; path: RegExp };

const failedLoad = /^Failed to load resource: the server responded with a status of (\d{3})/;

// The sandbox serves pages of closed links with an error status.
const defaultExpectedFailures: ExpectedFailure[] = [{ status: 410, path: /^\/s\/[\w-]+$/ }];

const isLocal = (url: string) =>
  !/^(https?|wss?):/.test(url) || /^(127\.0\.0\.1|(.+\.)?localhost)$/.test(new URL(url).hostname);

/**
 * Records what no page may do: log an error, throw, break its content security policy, or call another
 * machine.
 */
export function startPageMonitor() {
  const errors: string[] = [];
  const expectedFailures = [...defaultExpectedFailures];

  function isExpected(message: ConsoleMessage): boolean {
    const status = Number(failedLoad.exec(message.text())?.[1]);
    const { url } = message.location();
    if (!status || !URL.canParse(url)) return false;
    const { pathname } = new URL(url);
    return expectedFailures.some(
      (failure) => failure.status === status && failure.path.test(pathname),
    );
  }

  return {
    errors: errors,

    /** Allows the test's expected error responses, which the browser logs. */
    expectFailedResponses(status: number, path: RegExp): void {
      expectedFailures.push({ status, path });
    },

    async follow(context: BrowserContext): Promise<void> {
      context.on("console", (message) => {
        if (message.type() !== "error" || isExpected(message)) return;
        errors.push(`console: ${message.text()} (${message.location().url})`);
      });
      context.on("weberror", (error) => errors.push(`page: ${error.error().message}`));
      context.on("request", (request) => {
        if (!isLocal(request.url())) errors.push(`request to elsewhere: ${request.url()}`);
      });
      await context.addInitScript(() => {
        document.addEventListener("securitypolicyviolation", (event) => {
          console.error(`Policy broken: ${event.violatedDirective} by ${event.blockedURI}`);
        });
      });
    },
  };
}

export type PageMonitor = ReturnType<typeof startPageMonitor>;
