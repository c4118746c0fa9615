/** Values that do not belong in a field. */
export const invalidValues = {
  missing: undefined,
  empty: "",
  blank: "   ",
  "10 kB": "x".repeat(10_240),
  "a number": 1_234_567,
  "a boolean": true,
  "an object": { id: 1 },
  "a list": ["1"],
  null: null,
  "control characters": "a\u0000b\r\nc\u001b[31md",
  "right-to-left override": "abc\u202edef",
  emoji: "👩‍⚕️🩺",
  "half an emoji": "\ud83d",
} as const;

export type InvalidValue = keyof typeof invalidValues;

/** Bodies that are not an input object. */
export const invalidBodies: Record<string, string> = {
  nothing: "",
  "half of JSON": '{"practiceId":',
  "not JSON": "practiceId=1",
  null: "null",
  text: '"text"',
  "a number": "5",
  "a list": "[]",
  "a batch": '{"0":{},"1":{}}',
  "a prototype": '{"__proto__":{"role":"owner"},"constructor":{"prototype":{"role":"owner"}}}',
  "a deep nest": "[".repeat(20_000) + "]".repeat(20_000),
  "NUL bytes": "\u0000\u0000",
};
