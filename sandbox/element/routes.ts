import { readFileSync } from "node:fs";
import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { cors } from "hono/cors";
import { z } from "zod";
import { readJson } from "../api/body";
import { jsonReply, type Reply } from "../api/apply-fault";
import { idField } from "../api/fields";
import { ApiProblem, errorBody, notFound, parseInput } from "../api/problem";
import { type ApiContext, handleRequest } from "../api/handle-request";
import { findMessageOfPractice, messageProgress, sendMessage } from "../state/messages";
import type { PatientRecord } from "../state/model";
import { findPatientOfPractice } from "../state/patients";
import type { SandboxState } from "../state/sandbox-state";
import { authoriseElement, type ElementCaller } from "./authorise";

const script = readFileSync(new URL("message-builder.js", import.meta.url), "utf8");

const scriptHeaders = {
  "content-type": "text/javascript; charset=utf-8",
  "access-control-allow-origin": "*",
  "cross-origin-resource-policy": "cross-origin",
  "cache-control": "no-cache",
  "x-content-type-options": "nosniff",
};

const messageInput = z.strictObject({
  patientId: idField,
  text: z.string().trim().min(1),
  adminId: idField.optional(),
});

const patientView = ({ id, person }: PatientRecord) => ({
  id,
  name: [person.title, person.firstName, person.lastName].join(" "),
});

/**
 * The stand-in for Hero's Message Builder: its script and the API behind it. Hero does not document its
 * own, so nothing but this element may call `/element/…`.
 */
export function elementRoutes(sandbox: SandboxState): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();

  app.get("/message-builder/web-component/latest.js", (c) =>
    handleRequest(sandbox, c, "element.script", async () => ({
      status: 200,
      headers: scriptHeaders,
      body: sandbox.scriptSuffix === "" ? script : `${script}${sandbox.scriptSuffix}\n`,
    })),
  );

  app.use(
    "/element/*",
    cors({
      origin: "*",
      allowMethods: ["GET", "POST"],
      allowHeaders: ["authorization", "content-type", "x-tenant-id"],
      maxAge: 600,
    }),
  );

  const addRoute = (
    method: "GET" | "POST",
    path: string,
    name: string,
    handle: (caller: ElementCaller, c: ApiContext) => unknown,
  ) =>
    app.on(method, path, (c) =>
      handleRequest(sandbox, c, `element.${name}`, () =>
        handleElementRequest(() => handle(authoriseElement(sandbox, c.req.raw.headers), c)),
      ),
    );

  addRoute("GET", "/element/patients", "patients", ({ practice }) => ({
    practice: practice.name,
    patients: [...sandbox.patients.values()]
      .filter(({ person }) => !person.isCase)
      .filter(
        (patient) => patient.practiceGroupId === practice.practiceGroupId && !patient.isArchived,
      )
      .map(patientView),
  }));

  addRoute("GET", "/element/patients/:id", "patient", ({ practice }, c) => {
    const patient = findPatientOfPractice(sandbox, practice, c.req.param("id") ?? "");
    if (!patient) throw notFound("Patient");
    return { practice: practice.name, ...patientView(patient) };
  });

  addRoute("POST", "/element/messages", "send", async ({ practice, partner }, c) => {
    const input = parseInput(messageInput, await readJson(c.req.raw));
    const message = sendMessage(sandbox, practice, {
      ...input,
      channel: "hero",
      via: "element",
      submittedBy: input.adminId
        ? `Admin ${input.adminId}`
        : `Message Builder of partner ${partner.toUpperCase()}`,
    });
    if (!message) throw notFound("Patient");
    return { id: message.id };
  });

  addRoute("GET", "/element/messages/:id", "message", ({ practice }, c) => {
    const message = findMessageOfPractice(sandbox, practice, c.req.param("id") ?? "");
    if (!message) throw notFound("Message");
    return { status: messageProgress(message, sandbox.clock.nowMs()).status };
  });

  return app;
}

async function handleElementRequest(handle: () => unknown): Promise<Reply> {
  try {
    return jsonReply(200, await handle());
  } catch (error) {
    if (error instanceof ApiProblem) return jsonReply(error.status, error.body);
    process.stderr.write(`sandbox: element request failed: ${String(error)}\n`);
    return jsonReply(500, errorBody(500, "Unknown error"));
  }
}
