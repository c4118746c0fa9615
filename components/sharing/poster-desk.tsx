"use client";

import { Printer } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { type PosterContent, PosterSheet, type PosterTexts } from "./poster-sheet";
import type { PosterLanguage } from "./poster-words";

type PosterDeskProps = Pick<PosterContent, "kind" | "url" | "expiresOn" | "practiceName" | "qr"> & {
  /** What the link is of, as Hero calls it. */
  subject: string;
};

const choices: Record<string, readonly PosterLanguage[]> = {
  en: ["en"],
  cy: ["cy"],
  both: ["cy", "en"],
};

const languageNames: Record<PosterLanguage, string> = { en: "English", cy: "Welsh" };

/** The poster beside what can be said on it. What is typed stays on this page and is stored nowhere. */
export function PosterDesk({ subject, practiceName, ...link }: PosterDeskProps) {
  const [size, setSize] = useState<"a4" | "a5">("a4");
  const [language, setLanguage] = useState("en");
  const [name, setName] = useState(practiceName);
  const [phone, setPhone] = useState("");
  const [texts, setTexts] = useState<Record<PosterLanguage, PosterTexts>>({
    en: { what: subject, opening: "", hours: "" },
    cy: { what: subject, opening: "", hours: "" },
  });
  const languages = choices[language] ?? ["en"];

  const setText = (of: PosterLanguage, field: keyof PosterTexts, text: string) =>
    setTexts({ ...texts, [of]: { ...texts[of], [field]: text } });

  return (
    <div className="grid items-start gap-8 lg:grid-cols-[minmax(0,20rem)_minmax(0,1fr)]">
      <form className="flex flex-col gap-5" onSubmit={(event) => event.preventDefault()}>
        <div className="grid grid-cols-[minmax(0,2fr)_minmax(0,3fr)] gap-4">
          <Field label="Paper" name="posterSize">
            {(ids) => (
              <Select
                {...ids}
                value={size}
                onChange={(event) => setSize(event.target.value === "a5" ? "a5" : "a4")}
              >
                <option value="a4">A4</option>
                <option value="a5">A5</option>
              </Select>
            )}
          </Field>
          <Field label="Language" name="posterLanguage">
            {(ids) => (
              <Select
                {...ids}
                value={language}
                onChange={(event) => setLanguage(event.target.value)}
              >
                <option value="en">English</option>
                <option value="cy">Welsh</option>
                <option value="both">Welsh and English</option>
              </Select>
            )}
          </Field>
        </div>
        <Field label="Practice name" name="posterPractice">
          {(ids) => (
            <Input
              {...ids}
              maxLength={80}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <Field
          label="Telephone"
          name="posterPhone"
          optionalMark
          hint="For people who are not online. Without it they are sent to reception."
        >
          {(ids) => (
            <Input
              {...ids}
              type="tel"
              autoComplete="off"
              maxLength={30}
              value={phone}
              onChange={(event) => setPhone(event.target.value)}
            />
          )}
        </Field>
        {languages.map((each) => (
          <Words key={each} language={each} isOneOfTwo={languages.length > 1}>
            <Field label="What it is for" name={`posterWhat-${each}`}>
              {(ids) => (
                <Input
                  {...ids}
                  lang={each}
                  maxLength={60}
                  value={texts[each].what}
                  onChange={(event) => setText(each, "what", event.target.value)}
                />
              )}
            </Field>
            <Field label="Opening words" name={`posterOpening-${each}`} optionalMark>
              {(ids) => (
                <Textarea
                  {...ids}
                  lang={each}
                  rows={2}
                  maxLength={100}
                  value={texts[each].opening}
                  onChange={(event) => setText(each, "opening", event.target.value)}
                />
              )}
            </Field>
            {phone ? (
              <Field
                label="When the telephone is answered"
                name={`posterHours-${each}`}
                optionalMark
              >
                {(ids) => (
                  <Input
                    {...ids}
                    lang={each}
                    maxLength={60}
                    value={texts[each].hours}
                    onChange={(event) => setText(each, "hours", event.target.value)}
                  />
                )}
              </Field>
            ) : null}
          </Words>
        ))}
        <div>
          <Button variant="primary" icon={<Printer />} onClick={() => window.print()}>
            Print the poster
          </Button>
          <p className="mt-2 text-sm text-muted">
            Or save it as a PDF from the same window. What you type here is not stored.
            {languages.includes("cy")
              ? " Ask somebody who speaks Welsh to read it before you print."
              : null}
          </p>
        </div>
      </form>
      <div className="poster-preview" data-size={size}>
        <PosterSheet
          size={size}
          content={{
            ...link,
            practiceName: name.trim(),
            phone: phone.trim(),
            languages,
            texts: { en: trimmed(texts.en), cy: trimmed(texts.cy) },
          }}
        />
      </div>
    </div>
  );
}

const trimmed = ({ what, opening, hours }: PosterTexts): PosterTexts => ({
  what: what.trim(),
  opening: opening.trim(),
  hours: hours.trim(),
});

type WordsProps = { language: PosterLanguage; isOneOfTwo: boolean; children: ReactNode };

function Words({ language, isOneOfTwo, children }: WordsProps) {
  return (
    <fieldset className="flex flex-col gap-4">
      <legend className={isOneOfTwo ? "mb-2 font-semibold" : "sr-only"}>
        In {languageNames[language]}
      </legend>
      {children}
    </fieldset>
  );
}
