"use client";

import { Printer } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { type PosterContent, PosterSheet, type PosterTexts } from "./poster-sheet";
import type { PosterLanguage } from "./poster-labels";

type PosterEditorProps = Pick<
  PosterContent,
  "kind" | "url" | "expiresOn" | "practiceName" | "qr"
> & {
  /** The appointment type or form, as Hero names it. */
  subject: string;
};

const languagesByChoice: Record<string, readonly PosterLanguage[]> = {
  en: ["en"],
  cy: ["cy"],
  both: ["cy", "en"],
};

const languageNames: Record<PosterLanguage, string> = { en: "English", cy: "Welsh" };

/** The poster beside its texts. What is typed stays on this page and is not stored. */
export function PosterEditor({ subject, practiceName, ...link }: PosterEditorProps) {
  const [size, setSize] = useState<"a4" | "a5">("a4");
  const [languageChoice, setLanguageChoice] = useState("en");
  const [name, setName] = useState(practiceName);
  const [phone, setPhone] = useState("");
  const [texts, setTexts] = useState<Record<PosterLanguage, PosterTexts>>({
    en: { subject: subject, opening: "", hours: "" },
    cy: { subject: subject, opening: "", hours: "" },
  });
  const languages = languagesByChoice[languageChoice] ?? ["en"];

  const setText = (textLanguage: PosterLanguage, field: keyof PosterTexts, text: string) =>
    setTexts({ ...texts, [textLanguage]: { ...texts[textLanguage], [field]: text } });

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
                value={languageChoice}
                onChange={(event) => setLanguageChoice(event.target.value)}
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
          hint="For patients who are not online. If blank, the poster says “Ask at reception”."
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
        {languages.map((posterLanguage) => (
          <LanguageFields
            key={posterLanguage}
            language={posterLanguage}
            isBilingual={languages.length > 1}
          >
            <Field label="Title" name={`posterWhat-${posterLanguage}`}>
              {(ids) => (
                <Input
                  {...ids}
                  lang={posterLanguage}
                  maxLength={60}
                  value={texts[posterLanguage].subject}
                  onChange={(event) => setText(posterLanguage, "subject", event.target.value)}
                />
              )}
            </Field>
            <Field label="Introduction" name={`posterOpening-${posterLanguage}`} optionalMark>
              {(ids) => (
                <Textarea
                  {...ids}
                  lang={posterLanguage}
                  rows={2}
                  maxLength={100}
                  value={texts[posterLanguage].opening}
                  onChange={(event) => setText(posterLanguage, "opening", event.target.value)}
                />
              )}
            </Field>
            {phone ? (
              <Field label="Telephone hours" name={`posterHours-${posterLanguage}`} optionalMark>
                {(ids) => (
                  <Input
                    {...ids}
                    lang={posterLanguage}
                    maxLength={60}
                    value={texts[posterLanguage].hours}
                    onChange={(event) => setText(posterLanguage, "hours", event.target.value)}
                  />
                )}
              </Field>
            ) : null}
          </LanguageFields>
        ))}
        <div>
          <Button variant="primary" icon={<Printer />} onClick={() => window.print()}>
            Print poster
          </Button>
          <p className="mt-2 text-sm text-muted">
            You can also save it as a PDF from the print window. We do not store what you type here.
            {languages.includes("cy") ? " Ask a Welsh speaker to check it before you print." : null}
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
            texts: { en: trimTexts(texts.en), cy: trimTexts(texts.cy) },
          }}
        />
      </div>
    </div>
  );
}

const trimTexts = ({ subject, opening, hours }: PosterTexts): PosterTexts => ({
  subject: subject.trim(),
  opening: opening.trim(),
  hours: hours.trim(),
});

type LanguageFieldsProps = { language: PosterLanguage; isBilingual: boolean; children: ReactNode };

function LanguageFields({ language, isBilingual, children }: LanguageFieldsProps) {
  return (
    <fieldset className="flex flex-col gap-4">
      <legend className={isBilingual ? "mb-2 font-semibold" : "sr-only"}>
        In {languageNames[language]}
      </legend>
      {children}
    </fieldset>
  );
}
