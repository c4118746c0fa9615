import { readFileSync } from "node:fs";
import { type Node, parseSync } from "oxc-parser";

/** `sentence`: words anywhere else in the code, such as a schema message or a log line. */
type StringKind = "page text" | "attribute" | "property" | "label" | "sentence";

export interface ReadableString {
  file: string;
  line: number;
  kind: StringKind;
  text: string;
}

const textNames = new Set([
  ...["alt", "aria-description", "aria-label", "aria-roledescription", "ariaLabel", "body"],
  ...["button", "caption", "confirm", "description", "detail", "done", "empty", "error", "fix"],
  ...["heading", "help", "hint", "label", "legend", "message", "placeholder", "reason", "subject"],
  ...["submit", "submitLabel", "summary", "text", "title", "unit", "warning"],
]);

/** Code, never words. */
const codeNames = new Set(["class", "className", "style", "d", "href", "src", "id", "key"]);
const codeTags = new Set(["sql", "css"]);
const codeNodes = new Set(["ImportDeclaration", "ImportExpression", "ExportAllDeclaration"]);
const comparisons = new Set(["===", "!==", "in", "instanceof"]);

/** Two words, or one with a capital, such as a heading. */
const isSentence = (text: string) =>
  /^[A-Z][a-z]+$/.test(text) || /\p{L}{2}[,;:.!?’'")]*\s+["'(…]*\s*\p{L}/u.test(text);

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";

function childrenOf(node: Node): Node[] {
  const values: unknown[] = Object.values(node);
  return values.flat().filter(isNode);
}

/** The text of a literal, a template or a sum of them, with "…" for each value; null for other code. */
function textOf(node: Node): string | null {
  if (node.type === "JSXText") return node.value;
  if (node.type === "Literal") return typeof node.value === "string" ? node.value : null;
  if (node.type === "TemplateLiteral") {
    return node.quasis.map((part) => part.value.cooked ?? part.value.raw).join("…");
  }
  if (node.type !== "BinaryExpression" || node.operator !== "+") return null;
  const [left, right] = [textOf(node.left), textOf(node.right)];
  return left === null && right === null ? null : `${left ?? "…"}${right ?? "…"}`;
}

function parse(file: string, source: string) {
  const { program, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file} cannot be parsed`);
  return program;
}

/** `it` of `it(…)` and `it.each([…])(…)`; none of `test.step(…)`, which has a test around it. */
function calledName(callee: Node): string {
  if (callee.type === "Identifier") return callee.name;
  if (callee.type === "CallExpression") return calledName(callee.callee);
  if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") return "";
  return callee.property.name === "each" ? calledName(callee.object) : "";
}

/** The titles of the tests in a file. */
export function testTitlesOf(file: string): string[] {
  const titlesIn = (node: Node): string[] => {
    const title =
      node.type === "CallExpression" && ["it", "test"].includes(calledName(node.callee))
        ? textOf(node.arguments[0] ?? node)
        : null;
    return [...(title === null ? [] : [title]), ...childrenOf(node).flatMap(titlesIn)];
  };
  return titlesIn(parse(file, readFileSync(file, "utf8")));
}

/** Every string of a source file that a person may read, on a screen, in a mail, a response or a log. */
export function readableStringsOf(file: string, source = readFileSync(file, "utf8")) {
  const program = parse(file, source);
  const strings: ReadableString[] = [];

  const add = (kind: StringKind, text: string, start: number) => {
    const words = text.replaceAll(/\s+/g, " ").trim();
    if (!/\p{L}/u.test(words) || (kind === "sentence" && !isSentence(words))) return;
    strings.push({ file, line: source.slice(0, start).split("\n").length, kind, text: words });
  };

  const visitValues = (node: Node, kind: StringKind) => {
    if (node.type !== "TemplateLiteral" && node.type !== "BinaryExpression") return;
    for (const child of childrenOf(node)) if (textOf(child) === null) visit(child, kind);
  };

  const visitAll = (nodes: readonly Node[], kind: StringKind) => {
    for (const node of nodes) visit(node, kind);
  };

  /** The words between two tags are one text, whatever values stand among them. */
  const visitPageText = (children: readonly Node[]) => {
    let text = "";
    for (const child of children) {
      const value = child.type === "JSXExpressionContainer" ? child.expression : child;
      text += textOf(value) ?? "…";
      if (value.type !== "JSXText" && value.type !== "Literal") visit(value, "page text");
    }
    const first = children.find((child) => (textOf(child) ?? "").trim() !== "") ?? children[0];
    if (first) add("page text", text, first.start);
  };

  function visit(node: Node, kind: StringKind): void {
    if (codeNodes.has(node.type) || /^TS.*(Type|Keyword|Signature)$/.test(node.type)) return;
    const text = textOf(node);
    if (text !== null) {
      add(kind, text, node.start);
      visitValues(node, kind);
    } else if (node.type === "JSXElement" || node.type === "JSXFragment") {
      if (node.type === "JSXElement") visitAll(node.openingElement.attributes, "sentence");
      visitPageText(node.children);
    } else if (node.type === "JSXAttribute") {
      const name = node.name.type === "JSXIdentifier" ? node.name.name : "";
      if (node.value && !codeNames.has(name)) {
        visit(node.value, textNames.has(name) ? "attribute" : "sentence");
      }
    } else if (node.type === "Property") {
      const name = node.key.type === "Identifier" ? node.key.name : "";
      if (node.computed) visit(node.key, "sentence");
      if (!codeNames.has(name)) visit(node.value, textNames.has(name) ? "property" : kind);
    } else if (node.type === "TaggedTemplateExpression") {
      const tag = node.tag.type === "Identifier" ? node.tag.name : "";
      if (!codeTags.has(tag)) visit(node.quasi, kind);
    } else if (node.type === "BinaryExpression" && comparisons.has(node.operator)) {
      for (const side of [node.left, node.right]) if (textOf(side) === null) visit(side, kind);
    } else if (node.type === "MemberExpression") {
      visit(node.object, kind);
    } else if (node.type === "SwitchCase") {
      visitAll(node.consequent, kind);
    } else {
      visitAll(childrenOf(node), node.type === "ArrowFunctionExpression" ? "sentence" : kind);
    }
  }

  visit(program, /(^|[/-])labels\.ts$/.test(file) ? "label" : "sentence");
  return strings;
}
