"use client";

import { type FormEvent, useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import {
  checkHeroSignature,
  type SignatureCheck,
  signatureRules,
} from "@/server/schemas/hero-signature-check";

const emptyValues = { timestamp: "", signature: "", key: "", body: "" };

const lineFields = [
  {
    name: "timestamp",
    label: "X-Herohealth-Timestamp",
    hint: undefined,
    missing: "Enter the timestamp header.",
  },
  {
    name: "signature",
    label: "X-Herohealth-Signature",
    hint: undefined,
    missing: "Enter the signature header.",
  },
  {
    name: "key",
    label: "Signing key",
    hint: "It stays in this browser tab.",
    missing: "Enter the signing key.",
  },
] as const;

/** Checks a pasted delivery in the browser. Nothing is sent. */
export function SignatureTester() {
  const [values, setValues] = useState(emptyValues);
  const [check, setCheck] = useState<SignatureCheck | null>(null);
  const [missingNames, setMissingNames] = useState<readonly string[]>([]);
  const [pending, setPending] = useState(false);
  const [hasFailed, setHasFailed] = useState(false);
  const resultRef = useRef<HTMLDivElement>(null);

  // So that the result is read out, and seen on a phone.
  useEffect(() => {
    if (check) resultRef.current?.focus();
  }, [check]);

  async function run(event: FormEvent) {
    event.preventDefault();
    setHasFailed(false);
    const missing = lineFields.filter(({ name }) => values[name].trim() === "");
    setMissingNames(missing.map(({ name }) => name));
    const [firstMissing] = missing;
    if (firstMissing) {
      setCheck(null);
      document.getElementById(firstMissing.name)?.focus();
      return;
    }
    setPending(true);
    try {
      setCheck(await checkHeroSignature(values, new Date()));
    } catch {
      setCheck(null);
      setHasFailed(true);
    }
    setPending(false);
  }

  const change = (name: keyof typeof emptyValues) => (event: { target: { value: string } }) =>
    setValues((current) => ({ ...current, [name]: event.target.value }));

  return (
    <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-2">
      <form
        aria-label="Signature"
        onSubmit={(event) => void run(event)}
        className="flex flex-col gap-4"
      >
        {lineFields.map(({ name, label, hint, missing }) => (
          <Field
            key={name}
            label={label}
            name={name}
            hint={hint}
            error={missingNames.includes(name) ? missing : undefined}
          >
            {(ids) => (
              <Input
                {...ids}
                mono
                autoComplete="off"
                spellCheck={false}
                value={values[name]}
                onChange={change(name)}
              />
            )}
          </Field>
        ))}
        <Field label="Body" name="body" hint="The raw text, exactly as it arrived.">
          {(ids) => (
            <Textarea
              {...ids}
              rows={6}
              spellCheck={false}
              className="font-mono"
              value={values.body}
              onChange={change("body")}
            />
          )}
        </Field>
        <div className="flex flex-wrap gap-2">
          <Button type="submit" variant="primary" pending={pending}>
            {pending ? "Checking…" : "Check signature"}
          </Button>
          <Button
            onClick={() => {
              setValues(emptyValues);
              setCheck(null);
              setMissingNames([]);
              setHasFailed(false);
            }}
          >
            Clear
          </Button>
        </div>
      </form>
      <div ref={resultRef} tabIndex={-1} className="min-w-0 focus:outline-none">
        {check ? (
          <CheckResult check={check} />
        ) : hasFailed ? (
          <Notice tone="danger" role="alert" title="The signature was not checked">
            Your browser could not calculate it. Try a current browser.
          </Notice>
        ) : (
          <p className="text-muted">The result appears here.</p>
        )}
      </div>
    </div>
  );
}

function CheckResult({ check: { isRight, rules, expected } }: { check: SignatureCheck }) {
  return (
    <Notice
      tone={isRight ? (rules.length > 0 ? "info" : "success") : "danger"}
      title={isRight ? "The signature is valid" : "The signature does not match"}
    >
      <ul className="mt-1 flex flex-col gap-3">
        {rules.map((rule) => (
          <li key={rule}>
            <p className="font-medium">{signatureRules[rule].title}</p>
            <p>{signatureRules[rule].advice}</p>
          </li>
        ))}
      </ul>
      {isRight ? null : (
        <p className="mt-3">
          The correct signature for these values is{" "}
          <code className="font-mono text-sm wrap-anywhere">{expected}</code>
        </p>
      )}
    </Notice>
  );
}
