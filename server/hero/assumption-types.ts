import "server-only";

/** A place in Hero's description that confirms or refutes an assumption. */
export type Evidence = {
  /** An operation as in `openapi/hero.yaml`: its method and path must be the same. */
  readonly operation: string;
  /** A part of it: `query.page_index`, `body.form_id`, `reply.data[].id`, `header.Idempotency-Key`. */
  readonly part?: string;
  readonly type?: "string" | "boolean" | "number" | "array";
  readonly isRequired?: boolean;
  /** Values that must be among the described ones. */
  readonly values?: readonly string[];
  readonly format?: string;
  /** The assumption is that there is no such part. */
  readonly isAbsent?: boolean;
};

export type Assumption = {
  readonly id: string;
  /** What Hero does not document. */
  readonly subject: string;
  readonly assumption: string;
  /** Source files that depend on it; each cites it. None when the portal does not depend on it. */
  readonly reliedOnBy: readonly string[];
  /** What people see when the assumption is wrong. */
  readonly whenWrong: string;
  /** How Hero's staging environment answers it. */
  readonly stagingTest: string;
  readonly evidence?: readonly Evidence[];
  /** A description can refute it, but only a call can confirm it. */
  readonly isBehaviour?: boolean;
};
