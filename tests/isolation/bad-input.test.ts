import { beforeAll, describe, expect, it } from "vitest";
import { type BadValue, badBodies, badValues } from "./bad-values";
import {
  account,
  type Answer,
  ask,
  askPortal,
  askRaw,
  expectNothingDone,
  type Furnished,
  furnishTenant,
  portal,
  sentence,
} from "./support";

let a: Furnished;

beforeAll(async () => {
  a = await furnishTenant({
    main: "20533",
    neighbour: "20690",
    spare: "kingsway-31",
    partner: "c",
  });
});

const fieldsOf = (input: Record<string, unknown> | undefined) => Object.keys(input ?? {});

function spoil(input: Record<string, unknown>, field: string, value: unknown) {
  const { [field]: _, ...rest } = input;
  return value === undefined ? rest : { ...rest, [field]: value };
}

function expectRefusal(answer: Answer, field: string, bad: string): void {
  const about = `${field}: ${bad}`;
  expect({ about, code: answer.code }).toEqual({ about, code: "BAD_REQUEST" });
  const sentences = Object.entries(answer.fieldErrors);
  expect({ about, fields: sentences.map(([name]) => name.split(".", 1)[0]) }).toEqual({
    about,
    fields: [field],
  });
  for (const [, text] of sentences) expect(text).toMatch(sentence);
  expect(answer.message).toMatch(sentence);
}

const badNames = Object.keys(badValues) as BadValue[];

describe("bad input", () => {
  const targets = [
    ...portal.map((entry) => ({
      ...entry,
      send: (input: unknown) => askPortal(entry, a.tenant.slug, { input, token: a.tokens.owner }),
      sendRaw: (body: string) =>
        askRaw({
          place: { tenant: a.tenant.slug, environment: "sandbox" },
          procedure: entry.name,
          kind: entry.kind,
          body,
          token: a.tokens.owner,
        }),
      valid: () => entry.input?.(a.belongings),
    })),
    ...account.map((entry) => ({
      ...entry,
      send: (input: unknown) =>
        ask({
          place: "account",
          procedure: entry.name,
          kind: entry.kind,
          input,
          token: a.tokens.owner,
        }),
      sendRaw: (body: string) =>
        askRaw({
          place: "account",
          procedure: entry.name,
          kind: entry.kind,
          body,
          token: a.tokens.owner,
        }),
      valid: () => entry.input?.(a.belongings),
    })),
  ].filter(({ input }) => input);

  it.each(targets)("$name refuses it beside the field and writes nothing", async (entry) => {
    expect.hasAssertions();
    await expectNothingDone([a], async () => {
      for (const field of fieldsOf(entry.valid())) {
        const accepted: readonly string[] = entry.accepts?.[field] ?? [];
        for (const bad of badNames.filter((name) => !accepted.includes(name))) {
          const input = spoil(entry.valid() ?? {}, field, badValues[bad]);
          expectRefusal(await entry.send(input), field, bad);
        }
      }
    });
  });

  it.each(targets)("$name refuses what is no input at all", async (entry) => {
    await expectNothingDone([a], async () => {
      for (const [what, body] of Object.entries(badBodies)) {
        const answer = await entry.sendRaw(body);
        const isEmptyObject = what === "a prototype" || what === "a batch";
        const mayPass = isEmptyObject && ["links.list", "activity.list"].includes(entry.name);
        expect({ what, status: answer.status }).toEqual({ what, status: mayPass ? 200 : 400 });
      }
    });
  });

  const lenient = targets.filter(({ accepts }) => accepts);
  it.each(lenient)("$name takes what is unusual but right", async (entry) => {
    for (const [field, names] of Object.entries(entry.accepts ?? {})) {
      for (const bad of names) {
        const answer = await entry.send(spoil(entry.valid() ?? {}, field, badValues[bad]));
        const about = `${field}: ${bad}`;
        expect({ about, isOurFault: answer.status >= 500 }).toEqual({ about, isOurFault: false });
        expect(Object.keys(answer.fieldErrors)).not.toContain(field);
      }
    }
  });
});
