import type { Error as HeroError, ValidationError, ValidationIssue } from "@/server/hero/generated";
import type { z } from "zod";

/** An error response in the shape of the contract. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly body: HeroError | ValidationError,
  ) {
    super(`Rejected with ${status}`);
  }
}

export function problem(status: number, message: string): ApiProblem {
  return new ApiProblem(status, errorBody(status, message));
}

export function errorBody(status: number, message: string): HeroError {
  return { error: true, statusCode: status, message };
}

export function notFound(resource: string): ApiProblem {
  return problem(404, `${resource} not found`);
}

/** A 400 about a field that is well-formed but not allowed. */
export function invalidField(
  path: (string | number)[],
  code: string,
  expected: string,
): ApiProblem {
  return new ApiProblem(400, validationBody([{ code, expected, path }]));
}

export function validationBody(message: ValidationIssue[]): ValidationError {
  return { error: true, statusCode: 400, message };
}

/** Parses a body or query; throws a 400 in the documented shape. */
export function parseInput<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new ApiProblem(
    400,
    validationBody(
      result.error.issues.map((issue) => ({
        code: issue.code,
        expected: "expected" in issue ? String(issue.expected) : issue.message,
        path: issue.path.map((segment) =>
          typeof segment === "symbol" ? String(segment) : segment,
        ),
      })),
    ),
  );
}
