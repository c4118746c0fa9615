"use client";

import { LogOut, Monitor, Moon, Sun, UserRound } from "lucide-react";
import { useState } from "react";
import { Menu, MenuItem, MenuLabel, MenuSeparator, menuItemClasses } from "@/components/ui/menu";
import { saveTheme, type Theme } from "./theme";

const themes = [
  { theme: "system", label: "System", icon: <Monitor /> },
  { theme: "light", label: "Light", icon: <Sun /> },
  { theme: "dark", label: "Dark", icon: <Moon /> },
] as const;

type UserMenuProps = {
  user: { name: string; email: string };
  theme: Theme;
  /** The server action that ends the session. */
  signOut: () => Promise<void>;
};

/** The signed-in user, account link, theme and sign-out. */
export function UserMenu({ user, theme: initialTheme, signOut }: UserMenuProps) {
  const [theme, setTheme] = useState(initialTheme);
  return (
    <Menu
      label={`${initials(user.name)}, account of ${user.name}`}
      panelLabel="Account"
      triggerClassName="group inline-flex shrink-0 items-center justify-center rounded-full pointer-coarse:size-11"
      trigger={
        <span
          aria-hidden="true"
          className="inline-flex size-8 items-center justify-center rounded-full border border-accent-line bg-accent-soft text-sm font-semibold text-accent group-hover:border-accent"
        >
          {initials(user.name)}
        </span>
      }
    >
      <div className="px-2 pt-1.5 pb-2">
        <p className="truncate font-medium">{user.name}</p>
        <p className="truncate text-sm text-muted">{user.email}</p>
      </div>
      <MenuSeparator />
      <MenuItem href="/account" icon={<UserRound />}>
        Your account
      </MenuItem>
      <MenuSeparator />
      <MenuLabel>Theme</MenuLabel>
      {themes.map((option) => (
        <MenuItem
          key={option.theme}
          icon={option.icon}
          keepOpen
          current={option.theme === theme ? "true" : undefined}
          onSelect={() => {
            setTheme(option.theme);
            saveTheme(option.theme);
          }}
        >
          {option.label}
        </MenuItem>
      ))}
      <MenuSeparator />
      <form action={signOut}>
        <button type="submit" className={menuItemClasses}>
          <LogOut aria-hidden="true" className="size-4 shrink-0 text-muted" />
          Sign out
        </button>
      </form>
    </Menu>
  );
}

/** The first letters of the first and last name. */
function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined]
    .map((word) => (word ? [...word][0] : ""))
    .join("");
  return letters.toLocaleUpperCase("en-GB");
}
