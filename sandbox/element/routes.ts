import { readFileSync } from "node:fs";
import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { cors } from "hono/cors";
import { z } from "zod";
import { readJson } from "../api/body";
import { jsonReply, type Reply } from "../api/break-reply";
import { idField } from "../api/fields";
import { ApiProblem, errorBody, notFound, parsed } from "../api/problem";
import { type ApiContext, serve } from "../api/serve";
import { findMessageOfPractice, messageStatus, sendMessage } from "../state/messages";
import type { PatientRecord } from "../state/model";
import { findPatientOfPractice } from "../state/patients";
import type { World } from "../state/world";
import { authorise, type ElementCaller } from "./authorise";

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
 * The stand-in for Hero's Message Builder: its script, and what it asks of its own server. How Hero's
 * speaks to Hero is not documented, so that nothing but this element may rely on `/element/…`.
 */
export function elementRoutes(world: World): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();

  app.get("/message-builder/web-component/latest.js", (c) =>
    serve(world, c, "element.script", async () => ({
      status: 200,
      headers: scriptHeaders,
      body: world.scriptSuffix === "" ? script : `${script}${world.scriptSuffix}\n`,
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

  const take = (
    method: "GET" | "POST",
    path: string,
    name: string,
    work: (caller: ElementCaller, c: ApiContext) => unknown,
  ) =>
    app.on(method, path, (c) =>
      serve(world, c, `element.${name}`, () =>
        answer(() => work(authorise(world, c.req.raw.headers), c)),
      ),
    );

  take("GET", "/element/patients", "patients", ({ practice }) => ({
    practice: practice.name,
    patients: [...world.patients.values()]
      .filter((one) => one.groupId === practice.groupId && !one.isArchived)
      .map(patientView),
  }));

  take("GET", "/element/patients/:id", "patient", ({ practice }, c) => {
    const patient = findPatientOfPractice(world, practice, c.req.param("id") ?? "");
    if (!patient) throw notFound("Patient");
    return { practice: practice.name, ...patientView(patient) };
  });

  take("POST", "/element/messages", "send", async ({ practice, partner }, c) => {
    const input = parsed(messageInput, await readJson(c.req.raw));
    const message = sendMessage(world, practice, {
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

  take("GET", "/element/messages/:id", "message", ({ practice }, c) => {
    const message = findMessageOfPractice(world, practice, c.req.param("id") ?? "");
    if (!message) throw notFound("Message");
    return { status: messageStatus(message, world.clock.nowMs()) };
  });

  return app;
}

async function answer(work: () => unknown): Promise<Reply> {
  try {
    return jsonReply(200, await work());
  } catch (error) {
    if (error instanceof ApiProblem) return jsonReply(error.status, error.body);
    process.stderr.write(`sandbox: an element's call failed: ${String(error)}\n`);
    return jsonReply(500, errorBody(500, "Unknown error"));
  }
}
