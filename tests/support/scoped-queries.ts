import { type CallExpression, type Node, parseSync } from "oxc-parser";

/** A tenant table: the name of its Drizzle object and its name in SQL. */
export interface TenantTable {
  name: string;
  sqlName: string;
}

const scopeHelpers = new Set(["inScope", "inTenant"]);
const starts = new Set(["from", "update", "delete"]);
const joins = new Set(["innerJoin", "leftJoin", "rightJoin", "fullJoin", "crossJoin"]);

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";

function childrenOf(node: Node): Node[] {
  const values: unknown[] = Object.entries(node)
    .filter(([key]) => key !== "parent")
    .map(([, value]) => value);
  return values.flat().filter(isNode);
}

function methodOf(call: CallExpression): string | null {
  const { callee } = call;
  return callee.type === "MemberExpression" && callee.property.type === "Identifier"
    ? callee.property.name
    : null;
}

const nameOf = (node: Node | undefined) => (node?.type === "Identifier" ? node.name : null);

/**
 * The queries of a source file on a tenant table without a scope: a Drizzle query without `inScope` or
 * `inTenant` of its table, a join without them or `sameScope`, an insert without `tenantId`, and raw SQL
 * without `tenant_id`. Constants and functions of the same file are followed.
 */
export function findUnscopedQueries(
  file: string,
  source: string,
  tables: readonly TenantTable[],
): { unscoped: string[]; checkedCount: number } {
  const { program, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file} cannot be parsed`);

  const tableNames = new Map<string, string>();
  const declarations = new Map<string, Node[]>();
  const parents = new Map<Node, Node>();
  const nodes: Node[] = [];
  const declare = (name: string | null, node: Node | null) => {
    if (name && node) declarations.set(name, [...(declarations.get(name) ?? []), node]);
  };
  const visit = (node: Node) => {
    nodes.push(node);
    if (node.type === "ImportDeclaration") {
      for (const specifier of node.specifiers) {
        if (specifier.type !== "ImportSpecifier" || specifier.imported.type !== "Identifier")
          continue;
        const imported = specifier.imported.name;
        const isTable = tables.some(({ name }) => name === imported);
        if (isTable && node.source.value.includes("db/schema/"))
          tableNames.set(specifier.local.name, imported);
      }
    }
    if (node.type === "VariableDeclarator") declare(nameOf(node.id), node.init);
    if (node.type === "FunctionDeclaration") declare(node.id?.name ?? null, node.body);
    for (const child of childrenOf(node)) {
      parents.set(child, node);
      visit(child);
    }
  };
  visit(program);

  /** Whether `test` holds anywhere in `node`, or in what it names of this file. */
  function contains(node: Node, test: (node: Node) => boolean, seen = new Set<string>()): boolean {
    if (test(node)) return true;
    if (node.type === "Identifier" && !seen.has(node.name)) {
      seen.add(node.name);
      if (declarations.get(node.name)?.some((part) => contains(part, test, seen))) return true;
    }
    return childrenOf(node).some((child) => contains(child, test, seen));
  }

  const callsScopeHelper = (table: string) => (node: Node) =>
    node.type === "CallExpression" &&
    scopeHelpers.has(nameOf(node.callee) ?? "") &&
    nameOf(node.arguments[0]) === table;

  const callsSameScope = (table: string) => (node: Node) =>
    node.type === "CallExpression" &&
    nameOf(node.callee) === "sameScope" &&
    node.arguments.some((argument) => nameOf(argument) === table);

  const setsTenantId = (node: Node) => node.type === "Property" && nameOf(node.key) === "tenantId";

  const namesTenantId = (node: Node) =>
    (node.type === "TemplateElement" && /tenant_id\s*=/.test(node.value.raw)) ||
    (node.type === "CallExpression" && scopeHelpers.has(nameOf(node.callee) ?? ""));

  /** The calls of a chain such as `tx.update(links).set(row).where(…)`, from `call` outwards. */
  function chainOf(call: CallExpression): CallExpression[] {
    const member = parents.get(call);
    const next = member && parents.get(member);
    return member?.type === "MemberExpression" &&
      member.object === call &&
      next?.type === "CallExpression" &&
      next.callee === member
      ? [call, ...chainOf(next)]
      : [call];
  }

  function isScoped(call: CallExpression, method: string, table: string): boolean {
    const argumentsOf = (name: string) =>
      chainOf(call)
        .filter((link) => methodOf(link) === name)
        .flatMap((link): Node[] => link.arguments);
    if (method === "insert")
      return argumentsOf("values").some((part) => contains(part, setsTenantId));
    if (starts.has(method))
      return argumentsOf("where").some((part) => contains(part, callsScopeHelper(table)));
    return call.arguments
      .slice(1)
      .some(
        (part) => contains(part, callsScopeHelper(table)) || contains(part, callsSameScope(table)),
      );
  }

  /** The tenant tables a raw statement reads or writes. */
  function tablesOfStatement(node: Node & { type: "TemplateLiteral" }): string[] {
    const keyword = /\b(?:from|update|into|join)\s+$/i;
    const interpolated = node.expressions
      .filter((_, index) => keyword.test(node.quasis[index]?.value.raw ?? ""))
      .map((expression) => tableNames.get(nameOf(expression) ?? ""))
      .filter((name) => name !== undefined);
    const written = node.quasis
      .flatMap(({ value }) => [...value.raw.matchAll(/\b(?:from|update|into|join)\s+([a-z_]+)/gi)])
      .flatMap(([, sqlName]) => tables.filter((table) => table.sqlName === sqlName))
      .map(({ name }) => name);
    return [...interpolated, ...written];
  }

  const unscoped: string[] = [];
  let checkedCount = 0;
  const check = (node: Node, description: string, isSafe: boolean) => {
    checkedCount++;
    if (!isSafe)
      unscoped.push(`${file}:${source.slice(0, node.start).split("\n").length} ${description}`);
  };
  for (const node of nodes) {
    if (node.type === "CallExpression") {
      const method = methodOf(node);
      const local = nameOf(node.arguments[0]);
      const table = local && tableNames.get(local);
      if (!method || !local || !table) continue;
      if (method === "insert" || starts.has(method) || joins.has(method))
        check(node.callee, `${method} ${table}`, isScoped(node, method, local));
    }
    if (node.type === "TaggedTemplateExpression" && nameOf(node.tag) === "sql") {
      for (const table of tablesOfStatement(node.quasi))
        check(node, `sql ${table}`, contains(node.quasi, namesTenantId));
    }
  }
  return { unscoped, checkedCount };
}
