import { beforeAll, describe, expect, it } from "vitest";
import { type InvalidValue, invalidBodies, invalidValues } from "./invalid-values";
import {
  accountEntries,
  type ProcedureResponse,
  callProcedure,
  callPortalProcedure,
  callProcedureRaw,
  expectNoChanges,
  type SeededTenant,
  seedTenant,
  portalEntries,
  sentence,
} from "./support";

let a: SeededTenant;

beforeAll(async () => {
  a = await seedTenant({
    main: "20533",
    neighbour: "20690",
    spare: "kingsway-31",
    partner: "c",
  });
});

const fieldNames = (input: Record<string, unknown> | undefined) => Object.keys(input ?? {});

function withField(input: Record<string, unknown>, field: string, value: unknown) {
  const { [field]: _, ...rest } = input;
  return value === undefined ? rest : { ...rest, [field]: value };
}

function expectRejection(response: ProcedureResponse, field: string, invalidName: string): void {
  const context = `${field}: ${invalidName}`;
  expect({ about: context, code: response.code }).toEqual({ about: context, code: "BAD_REQUEST" });
  const sentences = Object.entries(response.fieldErrors);
  expect({ about: context, fields: sentences.map(([name]) => name.split(".", 1)[0]) }).toEqual({
    about: context,
    fields: [field],
  });
  for (const [, text] of sentences) expect(text).toMatch(sentence);
  expect(response.message).toMatch(sentence);
}

const invalidNames = Object.keys(invalidValues) as InvalidValue[];

describe("invalid input", () => {
  const targets = [
    ...portalEntries.map((entry) => ({
      ...entry,
      send: (input: unknown) =>
        callPortalProcedure(entry, a.tenant.slug, { input, token: a.tokens.owner }),
      sendRaw: (body: string) =>
        callProcedureRaw({
          scope: { tenant: a.tenant.slug, environment: "sandbox" },
          procedure: entry.name,
          kind: entry.kind,
          body,
          token: a.tokens.owner,
        }),
      valid: () => entry.input?.(a.fixture),
    })),
    ...accountEntries.map((entry) => ({
      ...entry,
      send: (input: unknown) =>
        callProcedure({
          scope: "account",
          procedure: entry.name,
          kind: entry.kind,
          input,
          token: a.tokens.owner,
        }),
      sendRaw: (body: string) =>
        callProcedureRaw({
          scope: "account",
          procedure: entry.name,
          kind: entry.kind,
          body,
          token: a.tokens.owner,
        }),
      valid: () => entry.input?.(a.fixture),
    })),
  ].filter(({ input }) => input);

  it.each(targets)(
    "$name rejects each invalid field with its path and writes nothing",
    async (entry) => {
      expect.hasAssertions();
      await expectNoChanges([a], async () => {
        for (const field of fieldNames(entry.valid())) {
          const accepted: readonly string[] = entry.accepts?.[field] ?? [];
          for (const invalidName of invalidNames.filter((name) => !accepted.includes(name))) {
            const input = withField(entry.valid() ?? {}, field, invalidValues[invalidName]);
            expectRejection(await entry.send(input), field, invalidName);
          }
        }
      });
    },
  );

  it.each(targets)("$name rejects a body that is not an input", async (entry) => {
    await expectNoChanges([a], async () => {
      for (const [bodyName, body] of Object.entries(invalidBodies)) {
        const response = await entry.sendRaw(body);
        const isEmptyObject = bodyName === "a prototype" || bodyName === "a batch";
        const isAccepted =
          isEmptyObject &&
          [
            "links.list",
            "links.count",
            "results.overview",
            "links.selectMatching",
            "activity.list",
            "appointments.list",
            "merges.list",
            "messages.list",
            "messageBatches.list",
            "messageTemplates.list",
            "events.list",
            "deliveries.list",
            "deliveries.attention",
          ].includes(entry.name);
        expect({ what: bodyName, status: response.status }).toEqual({
          what: bodyName,
          status: isAccepted ? 200 : 400,
        });
      }
    });
  });

  const lenientTargets = targets.filter(({ accepts }) => accepts);
  it.each(lenientTargets)("$name accepts unusual but valid input", async (entry) => {
    for (const [field, names] of Object.entries(entry.accepts ?? {})) {
      for (const invalidName of names) {
        const response = await entry.send(
          withField(entry.valid() ?? {}, field, invalidValues[invalidName]),
        );
        const context = `${field}: ${invalidName}`;
        expect({ about: context, isOurFault: response.status >= 500 }).toEqual({
          about: context,
          isOurFault: false,
        });
        expect(Object.keys(response.fieldErrors)).not.toContain(field);
      }
    }
  });
});
