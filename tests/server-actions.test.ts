import { globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import {
  extractInfoFromServerReferenceId,
  omitUnusedArgs,
} from "next/dist/shared/lib/server-reference-info";
import { createElement, useActionState } from "react";
import { prerender } from "react-dom/static";
import { describe, expect, it } from "vitest";
import { type FormState, initialFormState } from "@/components/account/form-state";
import { readActionBody } from "@/scripts/serve/action-body";

/** Every server action, called as the pages call it, with React's own encoder, with and without scripts. */

type Action = (...args: unknown[]) => Promise<unknown>;
type ReactClient = {
  encodeReply: (args: unknown[]) => Promise<string | FormData>;
  createServerReference: (id: string, callServer: Action) => Action;
};
const { encodeReply, createServerReference }: ReactClient = createRequire(import.meta.url)(
  "next/dist/compiled/react-server-dom-turbopack/client.node",
);

const actions = globSync("app/**/actions.ts").flatMap((file) =>
  [...readFileSync(file, "utf8").matchAll(/export async function (\w+)\(([^)]*)\)/g)].map(
    ([, name = "", parameters = ""]) => ({
      name: `${file}: ${name}`,
      parameters: parameters.split(",").filter((parameter) => parameter.trim() !== ""),
    }),
  ),
);

/** As Next writes it: the first byte says which arguments the action takes. */
const idOf = ({ parameters }: (typeof actions)[number]) => {
  const argumentBits = "1".repeat(parameters.length).padEnd(6, "0");
  return `${Number.parseInt(`0${argumentBits}0`, 2).toString(16).padStart(2, "0")}${"ab".repeat(20)}`;
};

const typed = new FormData();
for (const [name, value] of [
  ["email", "$1:then@example.com"],
  ["name", "Zoë O’Brien 👩‍⚕️ \r\n--x"],
  ["password", '{"$K1":"$@0"}'],
  ["token", ""],
] as const) {
  typed.set(name, value);
}
const rejected: FormState = {
  values: { email: "$1:then@example.com", name: "Zoë O’Brien 👩‍⚕️" },
  fieldErrors: { email: "$ is not an email address." },
  errors: [{ field: "email", message: "$ is not an email address." }],
  isDone: false,
};

/** The states that a form can be in when it is sent. */
const states = [
  initialFormState,
  rejected,
  { ...rejected, isDone: true, isUnverified: true },
  null,
  { message: "Session signed out.", isSuccess: true },
];

/** The fields that Next receives, or undefined. */
async function readFields(body: string | FormData, isScripted: boolean) {
  const request = new Request("https://portal.example", { method: "POST", body });
  const type = request.headers.get("content-type") ?? "";
  const read = await readActionBody(Buffer.from(await request.arrayBuffer()), type, isScripted);
  if (!read) return undefined;
  if (typeof body === "string") return read.body.toString();
  const response = new Response(new Uint8Array(read.body), {
    headers: { "content-type": read.contentType },
  });
  return [...(await response.formData())];
}

const fieldsOf = (body: string | FormData) => (typeof body === "string" ? body : [...body]);

describe("D: server actions", () => {
  it("D: the list of actions is read from the code", () => {
    const names = actions.map(({ name }) => name.split(": ")[1]);
    expect(names).toEqual(
      expect.arrayContaining(["signOut", "endSessions", "signIn", "sendAgain"]),
    );
    const files = globSync("{app,components}/**/*.{ts,tsx}");
    const withActions = files.filter((file) => readFileSync(file, "utf8").includes('"use server"'));
    expect(withActions.sort()).toEqual(globSync("app/**/actions.ts").sort());
  });

  it.each(actions)("D: $name is passed on when a script calls it", async (action) => {
    const argumentLists =
      action.parameters.length === 0 ? [[typed]] : states.map((state) => [state, typed]);
    for (const args of argumentLists) {
      const sent = omitUnusedArgs(args, extractInfoFromServerReferenceId(idOf(action)));
      const body = await encodeReply(sent);
      expect(await readFields(body, true)).toEqual(fieldsOf(body));
    }
  });

  it.each(actions)("D: $name is passed on before scripts have loaded", async (action) => {
    const reference = createServerReference(idOf(action), () => Promise.resolve());
    const forms =
      action.parameters.length === 0
        ? [() => createElement("form", { action: reference })]
        : states.map((state) => () => {
            const [, submit] = useActionState<unknown, FormData>(reference, state);
            return createElement("form", { action: submit });
          });
    for (const form of forms) {
      const { prelude } = await prerender(createElement(form));
      const html = await new Response(prelude).text();
      const body = new FormData();
      for (const [, attributes = ""] of html.matchAll(/<input([^>]*)>/g)) {
        const [name = "", value = ""] = ["name", "value"].map((attribute) =>
          new RegExp(` ${attribute}="([^"]*)"`).exec(attributes)?.[1]?.replaceAll("&quot;", '"'),
        );
        body.set(name, value);
      }
      expect([...body.keys()].some((name) => name.startsWith("$ACTION_"))).toBe(true);
      for (const [name, value] of typed) body.set(name, value);
      expect(await readFields(body, false)).toEqual(fieldsOf(body));
    }
  });
});
