import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { knownVariables, listVariables, renderMessage } from "@/server/schemas/message-text";

const linkUrl = "https://hero.example/b/Xy12ab";
const variables = { first_name: "Zofia", practice_name: "Elm Tree Surgery" };

const render = (text: string, changes: Partial<Parameters<typeof renderMessage>[0]> = {}) =>
  renderMessage({ text, channel: "sms", variables, linkUrl: null, ...changes });

const sent = (text: string) => ({ text, warnings: [] });
const warned = (text: string) => ({ text, warnings: ["url_in_text"] });

describe("a rendered message", () => {
  it.each([
    ["a text without variables", "Please ring us.", "Please ring us."],
    ["a variable", "Dear {{first_name}},", "Dear Zofia,"],
    ["spaces inside the braces", "Dear {{ first_name }},", "Dear Zofia,"],
    ["a variable twice", "{{first_name}} {{first_name}}", "Zofia Zofia"],
    ["several variables", "{{first_name}}: {{practice_name}}", "Zofia: Elm Tree Surgery"],
    ["line breaks of Windows", "One\r\nTwo\rThree\nFour", "One\nTwo\nThree\nFour"],
    ["empty lines", "One\n\n\nTwo", "One\n\n\nTwo"],
    ["space around the text", "\n  Hello \n", "Hello"],
    ["tabs and special spaces", "a\tb\u00a0c\u202fd", "a b c d"],
    ["a decomposed accent", "Zoe\u0308 and T\u0177", "Zoë and Tŷ"],
    ["single braces", "{first_name} {}", "{first_name} {}"],
    ["emoji", "Well done 👩🏽‍⚕️ 🏴󠁧󠁢󠁷󠁬󠁳󠁿", "Well done 👩🏽‍⚕️ 🏴󠁧󠁢󠁷󠁬󠁳󠁿"],
    ["right-to-left text", "مرحبا, שלום", "مرحبا, שלום"],
    ["markup stays text", "BP < 140 & <b>rest</b>", "BP < 140 & <b>rest</b>"],
    ["dollar signs", "It is $& and $1", "It is $& and $1"],
  ])("%s", (_, text, expected) => {
    expect(render(text)).toEqual(sent(expected));
  });

  it.each([
    ["", "Enter the message."],
    [" \n\t ", "Enter the message."],
    ["\u00ad\u3164", "Enter the message."],
    ["a\u202eb", "Remove hidden or control characters from the message."],
    ["a\u200bb", "Remove hidden or control characters from the message."],
    ["a\u2066b", "Remove hidden or control characters from the message."],
    ["a\u2028b", "Remove hidden or control characters from the message."],
    ["a\u0000b", "Remove hidden or control characters from the message."],
    ["a\u001bb", "Remove hidden or control characters from the message."],
    ["a\ufeffb", "Remove hidden or control characters from the message."],
    ["a\ud83db", "Remove hidden or control characters from the message."],
  ])("%j is refused: %s", (text, reason) => {
    expect(render(text)).toEqual({ reason });
  });

  it.each([
    ["Dear {{First name}},", "{{First name}}"],
    ["Dear {{}},", "{{}}"],
    ["Dear {{first_name", "{{"],
    ["Dear first_name}}", "}}"],
    ["Dear {first_name}}", "}}"],
    ["Dear {{{first_name}}}", "{{{first_name}}}"],
    ["Dear {{{first_name}}", "{{{first_name}}"],
    ["Dear {{first_name}}}", "{{first_name}}}"],
    ["Dear {{{{first_name}}}}", "{{{{first_name}}}}"],
    ["Dear {{first\nname}}", "{{first\nname}}"],
    ["Dear {{první}}", "{{první}}"],
    ["Dear {{__proto__}}", "{{__proto__}}"],
  ])("what is left of a variable is refused: %j", (text, excerpt) => {
    expect(render(text)).toEqual({
      reason: `“${excerpt}” is not a variable. Write it as {{first_name}}, in lower-case letters, digits and underscores.`,
    });
  });

  it.each(["surname", "constructor", "tostring", "a"])(
    "{{%s}} without a value is refused by name",
    (name) => {
      expect(render(`Dear {{${name}}}`)).toEqual({
        reason: `“${name}” has no value.`,
        variable: name,
      });
    },
  );

  it.each(["", "  ", "\n", "\u00a0"])("a value of %j is none", (value) => {
    expect(render("Dear {{first_name}}", { variables: { first_name: value } })).toEqual({
      reason: "“First name” has no value.",
      variable: "first_name",
    });
  });

  it("the text is composed again after its values are in place", () => {
    expect(render("Caf{{end}}", { variables: { end: "e\u0301" } })).toEqual(sent("Caf\u00e9"));
    expect(render("Cafe{{end}}", { variables: { end: "\u0301s" } })).toEqual(sent("Caf\u00e9s"));
  });

  it("a value without a place in the text is not checked", () => {
    expect(render("Hello", { variables: { first_name: "https://x.example" } })).toEqual(
      sent("Hello"),
    );
  });
});

describe("the value of a variable", () => {
  const renderValue = (value: string) =>
    render("Dear {{first_name}}, ring us.", { variables: { first_name: value } });
  const label = "“First name”";

  it.each([
    "Zofia",
    "Anne-Marie",
    "O'Neill",
    "D’Arcy",
    "Dr. Smith",
    "J. R.",
    "J.R.",
    "Siân Llŷr",
    "李小龍",
    "محمد",
    "می\u200cخواهم",
    "Smith & Jones (Elm) #2",
    "10.30am on 01.02.2026",
    "a.m. or p.m.",
    "£5.50, 20% off!",
    "$&",
    "999.000.0018",
    "50/50",
    "Room 3: east",
    "Wait...please",
    "Room B.2",
  ])("%j is used as it is", (value) => {
    expect(renderValue(value)).toEqual(sent(`Dear ${value}, ring us.`));
  });

  it.each([
    "http://evil.example",
    "HTTPS://EVIL.EXAMPLE/a?b=c",
    "evil.example",
    "Zofia evil.co.uk",
    "see:evil.com",
    "(evil.com)",
    "evil.com/x",
    "evil.com:80",
    "www.evil",
    "bit.ly",
    "//evil",
    "ann@evil.example",
    "mailto:ann",
    "javascript:alert",
    "192.168.0.1",
    "evil。com",
    "ｅｖｉｌ．ｃｏｍ",
    "evil․com",
    "ev\u200cil.com",
    "evil.\u200dcom",
    "пример.рф",
    "उदाहरण.भारत",
    "xn--e1afmkfd.xn--p1ai",
    "evil.com-x",
    "evil.com٣",
    "Dr.Smith",
  ])("%j looks like an address and is refused", (value) => {
    expect(renderValue(value)).toEqual({
      reason: `${label} has a web or email address, or looks like one. Put a space after each full stop.`,
      variable: "first_name",
    });
  });

  it.each([
    ["Zofia\nNowak", "has a line break. Use one line."],
    ["Zofia\r\nNowak", "has a line break. Use one line."],
    ["Zofia\u2028Nowak", "has a line break. Use one line."],
    ["Zofia\u0085Nowak", "has a line break. Use one line."],
    ["Zo\u202efia", "has hidden or control characters."],
    ["Zo\u200bfia", "has hidden or control characters."],
    ["Zo\u00adfia", "has hidden or control characters."],
    ["Zo\u0007fia", "has hidden or control characters."],
    ["Zo\u{e0061}fia", "has hidden or control characters."],
    ["Zo\ud83dfia", "has hidden or control characters."],
    ["\u3164", "has hidden or control characters."],
    ["{{practice_name}}", "has markup. Use letters, digits and punctuation."],
    ["{{", "has markup. Use letters, digits and punctuation."],
    ["a}}", "has markup. Use letters, digits and punctuation."],
    ["<b>Zofia</b>", "has markup. Use letters, digits and punctuation."],
    ["＜b＞", "has markup. Use letters, digits and punctuation."],
    ["[Zofia](x)", "has markup. Use letters, digits and punctuation."],
    ["**Zofia**", "has markup. Use letters, digits and punctuation."],
    ["__Zofia__", "has markup. Use letters, digits and punctuation."],
    ["~~Zofia~~", "has markup. Use letters, digits and punctuation."],
    ["`Zofia`", "has markup. Use letters, digits and punctuation."],
    ["# Zofia", "has markup. Use letters, digits and punctuation."],
    ["&lt;Zofia", "has markup. Use letters, digits and punctuation."],
    ["&#60;Zofia", "has markup. Use letters, digits and punctuation."],
    ["a".repeat(201), "is too long. Use 200 characters or fewer."],
  ])("%j is refused: %s", (value, fault) => {
    expect(renderValue(value)).toEqual({ reason: `${label} ${fault}`, variable: "first_name" });
  });

  it("the reason names a typed variable by its name, and never has the value in it", () => {
    expect(
      render("On {{clinic_day}}", { variables: { clinic_day: "Monday\nsecret.example" } }),
    ).toEqual({
      reason: "“clinic_day” has a line break. Use one line.",
      variable: "clinic_day",
    });
  });
});

describe("the link of a message", () => {
  it.each([
    ["it goes on its own line at the end", "Book now.", `Book now.\n${linkUrl}`],
    ["it goes where its place is", "Book at {{link}} today.", `Book at ${linkUrl} today.`],
    ["a full stop may follow", "Book at {{link}}.", `Book at ${linkUrl}.`],
    ["it may be in brackets", "Book ({{ link }}).", `Book (${linkUrl}).`],
    ["it may be on a line of the text", "Book:\n{{link}}\nThanks", `Book:\n${linkUrl}\nThanks`],
    ["it may be the whole text", "{{link}}", linkUrl],
    [
      "a pasted link is not added again",
      `Book at ${linkUrl}. Thanks`,
      `Book at ${linkUrl}. Thanks`,
    ],
  ])("%s", (_, text, expected) => {
    expect(render(text, { linkUrl })).toEqual(sent(expected));
  });

  it("a place without a link is refused", () => {
    expect(render("Book at {{link}}")).toEqual({
      reason: "Select a link, or remove {{link}} from the message.",
      variable: "link",
    });
  });

  it("a typed value cannot take the place of the link", () => {
    const forged = { ...variables, link: "https://evil.example" };
    expect(render("Book at {{link}}", { variables: forged })).toMatchObject({ variable: "link" });
    expect(render("Book at {{link}}", { variables: forged, linkUrl })).toEqual(
      sent(`Book at ${linkUrl}`),
    );
  });

  it("a link alone is not a message", () => {
    expect(render(" ", { linkUrl })).toEqual({ reason: "Enter the message." });
  });

  it.each([
    "{{link}}now",
    "{{link}}/x",
    "{{link}}?a=b",
    "{{link}}.uk",
    "{{link}}{{first_name}}",
    "{{first_name}}{{link}}",
    "https://evil.example/{{link}}",
    "x{{link}}",
    "{{link}}{{link}}",
  ])("a word that touches the link is refused, as it would change the address: %s", (text) => {
    expect(render(text, { linkUrl })).toEqual({
      reason: "Put a space or a new line before and after {{link}}.",
      variable: "link",
    });
  });

  it.each([
    ["another address", "Read nhs.uk/flu", "Read nhs.uk/flu"],
    ["an email address", "Write to a@elm.example", "Write to a@elm.example"],
    ["two halves that variables join", "Go to {{a}}.{{b}}", "Go to evil.com"],
    ["a variable that completes an address", "Go to evil.{{b}}", "Go to evil.com"],
  ])("a warning is given for %s", (_, text, expected) => {
    const values = { a: "evil", b: "com" };
    expect(render(text, { variables: values })).toEqual(warned(expected));
    expect(render(text, { variables: values, linkUrl })).toEqual(warned(`${expected}\n${linkUrl}`));
  });

  it("an address that only starts like the link is another one", () => {
    const text = `Book at ${linkUrl}c`;
    expect(render(text, { linkUrl })).toEqual(warned(`${text}\n${linkUrl}`));
  });
});

describe("the length of a message", () => {
  const length = (text: string, channel: "sms" | "nhs_app" | "email" | "note") =>
    render(text, { channel });

  it("a text message has at most 918 characters, as the standard counts them", () => {
    expect(length("a".repeat(918), "sms")).toEqual(sent("a".repeat(918)));
    expect(length("a".repeat(919), "sms")).toEqual({
      reason: "Shorten the message: it has 919 characters, and the limit is 918.",
    });
    expect(length("€".repeat(459), "sms")).toEqual(sent("€".repeat(459)));
    expect(length("€".repeat(460), "sms")).toEqual({
      reason:
        "Shorten the message: it has 920 characters, and the limit is 918. Some characters, such as € and emoji, count as two.",
    });
  });

  it("values and the link count as well", () => {
    const text = `${"a".repeat(900)} {{first_name}}`;
    expect(render(text)).toMatchObject({ text: expect.stringMatching(/Zofia$/) });
    expect(render(text, { linkUrl })).toHaveProperty("reason");
  });

  it.each(["nhs_app", "email", "note"] as const)(
    "a message by %s has at most 5,000 characters",
    (channel) => {
      expect(length("😀".repeat(5000), channel)).toEqual(sent("😀".repeat(5000)));
      expect(length("a".repeat(5001), channel)).toEqual({
        reason: "Shorten the message: it has 5,001 characters, and the limit is 5,000.",
      });
    },
  );

  it("a very long text is rendered within a second, whatever is in it", () => {
    const parts = [
      "a",
      "a.",
      "{{",
      "}}",
      "{",
      "1.",
      "<",
      "&",
      "-.",
      "xn--",
      "{{a",
      " {{link}}",
      ".",
    ];
    const texts = parts.map((part) => part.repeat(20_000 / part.length));
    for (const text of [...texts, ...texts.map((text) => `${text}a`)]) {
      const start = performance.now();
      render(text, { channel: "email", linkUrl });
      expect(performance.now() - start).toBeLessThan(1000);
    }
  });
});

describe("the variables of a text", () => {
  it("variables are listed once, in their order", () => {
    expect(listVariables("{{b}} {{ a }} {{b}} {{c_1}} {{No}} {{{d}}} {e}")).toEqual([
      "b",
      "a",
      "c_1",
    ]);
    expect(listVariables("none")).toEqual([]);
  });

  it("each known variable can be used, and has a label", () => {
    for (const { name, label } of knownVariables) {
      expect(listVariables(`{{${name}}}`)).toEqual([name]);
      expect(label).toMatch(/^[A-Z]/);
    }
  });
});

describe("every message", () => {
  const piece = fc.oneof(
    fc.string({ unit: "binary", maxLength: 12 }),
    fc.constantFrom(
      "{{a}}",
      "{{b}}",
      "{{link}}",
      " ",
      "\n",
      ".",
      "{",
      "}",
      "evil",
      "com",
      "https://",
      linkUrl,
    ),
  );
  const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));
  const value = fc.oneof(
    fc.string({ unit: "binary", maxLength: 12 }),
    fc.constantFrom("evil", "com", ".", "evil.com", "{", "}", "{{b}}", "$&", "Ann"),
  );

  it("a message that is accepted has no leftover variable, hidden character or unnamed address", () => {
    fc.assert(
      fc.property(text, value, value, fc.constantFrom(linkUrl, null), (typed, a, b, url) => {
        const rendered = render(typed, { variables: { a, b }, linkUrl: url });
        if ("reason" in rendered) {
          expect(rendered.reason).toMatch(/^[A-Z“].*\.$/s);
          return;
        }
        expect(rendered.text).not.toMatch(/\{\{|\}\}|\r|^\s|\s$/);
        expect(rendered.text).not.toMatch(/[\p{Cs}\u202a-\u202e\u2066-\u2069\u200b\ufeff]/u);
        expect(rendered.text).toBe(rendered.text.normalize("NFC"));
        if (url) expect(rendered.text).toContain(url);
        const withoutLink = url ? rendered.text.replaceAll(url, " ") : rendered.text;
        if (/[a-z]\.com\b|:\/\//.test(withoutLink))
          expect(rendered.warnings).toEqual(["url_in_text"]);
      }),
      { numRuns: 1000 },
    );
  });

  it("rendering a rendered message changes nothing", () => {
    fc.assert(
      fc.property(text, value, (typed, a) => {
        const once = render(typed, { variables: { a, b: "Ann" }, linkUrl });
        if ("reason" in once) return;
        expect(render(once.text, { linkUrl })).toEqual(once);
      }),
      { numRuns: 500 },
    );
  });

  it("an accepted value is in the message as it was typed", () => {
    fc.assert(
      fc.property(value, (typed) => {
        const rendered = render("({{a}})", { variables: { a: typed } });
        const plain = typed
          .normalize("NFC")
          .replaceAll(/[\t\u00a0\u202f]/g, " ")
          .trim();
        if ("text" in rendered) expect(rendered.text).toBe(`(${plain})`.normalize("NFC"));
      }),
    );
  });
});
