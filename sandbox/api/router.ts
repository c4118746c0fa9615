import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import type { SandboxState } from "../state/sandbox-state";
import { appointmentOperations } from "./appointments";
import { attachmentOperations } from "./attachments";
import { batchOperations } from "./batches";
import { authenticate } from "./authenticate";
import { automatedMessageOperations } from "./automated-messages";
import { readJson } from "./body";
import { bookingLinkOperations } from "./booking-links";
import { jsonReply, type Reply } from "./apply-fault";
import { type Dialect, dialectOf, fromDialect, toDialect } from "./dialect";
import { formOperations } from "./forms";
import { meOperations } from "./me";
import { messageOperations } from "./messages";
import type { Operation } from "./operation";
import { patientEhrOperations } from "./patient-ehr";
import { patientMergeOperations } from "./patient-merge";
import { patientOperations } from "./patients";
import { ApiProblem, errorBody } from "./problem";
import { referenceOperations } from "./reference";
import { type ApiContext, handleRequest } from "./handle-request";
import { shortLinkOperations } from "./short-links";
import { slotOperations } from "./slots";
import { taskOperations } from "./tasks";
import { templateOperations } from "./templates";
import { webhookOperations } from "./webhooks";

const operations: Operation[] = [
  ...meOperations,
  ...referenceOperations,
  ...patientOperations,
  ...patientEhrOperations,
  ...patientMergeOperations,
  ...attachmentOperations,
  ...slotOperations,
  ...appointmentOperations,
  ...bookingLinkOperations,
  ...shortLinkOperations,
  ...formOperations,
  ...messageOperations,
  ...batchOperations,
  ...templateOperations,
  ...automatedMessageOperations,
  ...taskOperations,
  ...webhookOperations,
].sort((a, b) => Number(a.path.includes("{")) - Number(b.path.includes("{")));

/** Hero's API under `/v1` and `/v2`. Fixed paths are matched before those with an id. */
export function apiRoutes(sandbox: SandboxState): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  for (const operation of operations) {
    app.on(operation.method, operation.path.replace("{id}", ":id"), (c) =>
      handleRequest(sandbox, c, operation.operationId, async (isHalf) => {
        const dialect = dialectOf(c.req.header("x-api-key"));
        const reply = await handleOperation(sandbox, c, operation, dialect, isHalf);
        if (dialect.size === 0) return reply;
        const id = c.req.param("id") ?? "";
        return toDialect(dialect, { operationId: operation.operationId, id }, sandbox, reply);
      }),
    );
  }
  for (const version of ["/v1/*", "/v2/*"]) {
    app.all(version, (c) =>
      handleRequest(sandbox, c, "unknown", async () =>
        jsonReply(404, errorBody(404, "No such operation")),
      ),
    );
  }
  return app;
}

async function handleOperation(
  sandbox: SandboxState,
  c: ApiContext,
  operation: Operation,
  dialect: Dialect,
  isHalf: boolean,
): Promise<Reply> {
  try {
    const caller = authenticate(sandbox, c.req.raw.headers, operation.scope);
    const body =
      operation.method === "GET" ? {} : await readJson(c.req.raw, operation.maxBodyBytes);
    const call = {
      ...caller,
      sandbox,
      id: c.req.param("id") ?? "",
      query: new URL(c.req.url).searchParams,
      body,
      isHalf,
    };
    const { operationId } = operation;
    const value = operation.handle(fromDialect(dialect, operationId, call));
    return jsonReply(200, value);
  } catch (error) {
    if (error instanceof ApiProblem) return jsonReply(error.status, error.body);
    process.stderr.write(`sandbox: ${operation.operationId} failed: ${String(error)}\n`);
    return jsonReply(500, errorBody(500, "Unknown error"));
  }
}
