import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { apiRoutes } from "./api/router";
import { controlRoutes } from "./control/routes";
import { elementRoutes } from "./element/routes";
import { inboxRoutes } from "./inbox/routes";
import { assetRoutes } from "./pages/assets";
import { homePage } from "./pages/home";
import { messagesPage } from "./pages/messages";
import { patientRoutes } from "./pages/routes";
import type { SandboxState } from "./state/sandbox-state";

const maxBytes = 1_000_000;

/** The sandbox over HTTP. The API limits bodies itself, so that rejected calls are recorded too. */
export function createSandboxApp(sandbox: SandboxState): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.onError((error, c) => {
    process.stderr.write(`sandbox: ${c.req.method} ${c.req.path} failed: ${error.message}\n`);
    return c.text("Something went wrong in the sandbox.", 500);
  });
  app.notFound((c) => c.text("Page not found.", 404));

  const limitBody = bodyLimit({
    maxSize: maxBytes,
    onError: (c) => c.text("Payload too large.", 413),
  });
  for (const path of ["/_sandbox/*", "/s/*", "/verify/*", "/inbox*"]) app.use(path, limitBody);

  app.get("/", (c) => homePage(c, sandbox));
  app.get("/messages", (c) => messagesPage(c, sandbox));
  app.route("/_sandbox/assets", assetRoutes());
  app.route("/_sandbox", controlRoutes(sandbox));
  app.route("/", elementRoutes(sandbox));
  app.route("/", inboxRoutes(sandbox));
  app.route("/", patientRoutes(sandbox));
  app.route("/", apiRoutes(sandbox));
  return app;
}
