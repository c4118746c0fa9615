"use client";

import { Autocomplete } from "@base-ui/react/autocomplete";
import { CSPProvider } from "@base-ui/react/csp-provider";
import { Dialog } from "@base-ui/react/dialog";
import { CornerDownLeft, Search } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { type Command, useCommands } from "./use-commands";
import { useFoundLinks } from "./use-found-links";

type PaletteProps = { open: boolean; onOpenChange: (open: boolean) => void };

type Group = { value: string; items: readonly Command[] };

/** The words of a text without accents, apostrophes and case. */
const fold = (text: string) =>
  text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f'\u2019]/g, "")
    .toLowerCase()
    .split(/\s+/)
    .filter(Boolean);

/** Finds pages, practices, actions, links and bulk uploads. */
export function Palette({ open, onOpenChange }: PaletteProps) {
  const router = useRouter();
  const commands = useCommands();
  const [query, setQuery] = useState("");
  // Filtered here: what the server found need not contain the words as they were typed.
  const foldedQuery = fold(query);
  const groups = [
    ...commands
      .map(({ value, items }) => ({
        value,
        items: items.filter(({ label, detail }) =>
          foldedQuery.every((word) =>
            fold(`${label} ${detail ?? ""}`)
              .join(" ")
              .includes(word),
          ),
        ),
      }))
      .filter(({ items }) => items.length > 0),
    ...useFoundLinks(query),
  ];

  function close() {
    onOpenChange(false);
    setQuery("");
  }

  function runCommand(command: Command) {
    close();
    router.push(command.href);
  }

  return (
    <CSPProvider disableStyleElements>
      <Dialog.Root open={open} onOpenChange={(next) => (next ? onOpenChange(true) : close())}>
        <Dialog.Portal>
          <Dialog.Backdrop className="fixed inset-0 z-50 bg-scrim transition-opacity duration-100 data-ending-style:opacity-0 data-starting-style:opacity-0" />
          <Dialog.Viewport className="fixed inset-0 z-50 flex items-start justify-center p-3 sm:pt-[12vh]">
            <Dialog.Popup
              aria-label="Search and commands"
              className="flex max-h-[min(28rem,calc(100dvh-1.5rem))] w-full max-w-xl flex-col overflow-hidden rounded-lg border border-line bg-raised text-ink shadow-lg transition duration-100 outline-none data-ending-style:opacity-0 data-starting-style:translate-y-1 data-starting-style:opacity-0"
            >
              <Autocomplete.Root
                open
                inline
                items={groups}
                value={query}
                onValueChange={(value) => setQuery(value)}
                filter={null}
                itemToStringValue={(command: Command) => `${command.label} ${command.detail ?? ""}`}
                autoHighlight="always"
                keepHighlight
              >
                <div className="flex items-center gap-2.5 border-b border-line px-4">
                  <Search aria-hidden="true" className="size-4 shrink-0 text-subtle" />
                  <Autocomplete.Input
                    aria-label="Search and commands"
                    placeholder="Find a link, ID, address, practice or page"
                    className="h-12 min-w-0 flex-1 bg-transparent text-lg outline-none placeholder:text-subtle"
                  />
                  <Dialog.Close className="min-h-6 rounded-sm border border-line px-1.5 text-xs text-subtle hover:bg-hover hover:text-ink pointer-coarse:-mr-3 pointer-coarse:min-h-11 pointer-coarse:border-transparent pointer-coarse:px-3 pointer-coarse:text-base">
                    <span className="pointer-coarse:hidden">
                      Esc<span className="sr-only"> to close</span>
                    </span>
                    <span className="hidden pointer-coarse:inline">Close</span>
                  </Dialog.Close>
                </div>
                <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain">
                  <Autocomplete.Empty>
                    <p className="px-4 py-8 text-center text-muted">No results.</p>
                  </Autocomplete.Empty>
                  <Autocomplete.List className="p-1.5 empty:p-0">
                    {(group: Group) => (
                      <Autocomplete.Group key={group.value} items={group.items}>
                        <Autocomplete.GroupLabel className="px-2.5 pt-2.5 pb-1 text-xs font-medium text-subtle">
                          {group.value}
                        </Autocomplete.GroupLabel>
                        <Autocomplete.Collection>
                          {(command: Command) => (
                            <Autocomplete.Item
                              key={command.id}
                              value={command}
                              onClick={() => runCommand(command)}
                              className="group flex min-h-9 scroll-my-1.5 items-center gap-2.5 rounded-md px-2.5 outline-none select-none pointer-coarse:min-h-11 data-highlighted:bg-accent-soft data-highlighted:text-accent forced-colors:data-highlighted:outline-2"
                            >
                              <command.icon
                                aria-hidden="true"
                                className="size-4 shrink-0 text-muted group-data-highlighted:text-accent"
                                strokeWidth={1.75}
                              />
                              <span className="min-w-0 flex-1 truncate font-medium">
                                {command.label}
                              </span>
                              {command.detail ? (
                                <span className="max-w-[45%] shrink-0 truncate font-mono text-xs text-subtle">
                                  {command.detail}
                                </span>
                              ) : null}
                              <CornerDownLeft
                                aria-hidden="true"
                                className="hidden size-3.5 shrink-0 group-data-highlighted:block pointer-coarse:hidden"
                              />
                            </Autocomplete.Item>
                          )}
                        </Autocomplete.Collection>
                      </Autocomplete.Group>
                    )}
                  </Autocomplete.List>
                </div>
              </Autocomplete.Root>
            </Dialog.Popup>
          </Dialog.Viewport>
        </Dialog.Portal>
      </Dialog.Root>
    </CSPProvider>
  );
}
