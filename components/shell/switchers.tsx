"use client";

import { Building2, ChevronsUpDown, Plus } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Menu, MenuItem, MenuLabel, MenuSeparator } from "@/components/ui/menu";
import { environmentNames } from "@/server/schemas/environment-names";
import type { Environment } from "@/server/schemas/environments";
import { portalPath, pathAfterSwitch } from "./portal-path";
import { useShell, usePortalLocation } from "./shell-context";

const triggerClasses =
  "inline-flex h-8 max-w-full items-center gap-1.5 rounded-md px-2 text-base font-medium pointer-coarse:h-11 hover:bg-hover";

function SwitchIcon() {
  return <ChevronsUpDown aria-hidden="true" className="size-3.5 shrink-0 text-subtle" />;
}

/** Switches organisation, or creates one. */
export function OrganisationSwitcher() {
  const { tenant, environment, organisations } = useShell();
  return (
    <Menu
      label={`Organisation: ${tenant.name}`}
      triggerClassName={`${triggerClasses} min-w-0`}
      trigger={
        <>
          <span className="truncate">{tenant.name}</span>
          <SwitchIcon />
        </>
      }
    >
      <MenuLabel>Organisations</MenuLabel>
      {organisations.map((organisation) => (
        <MenuItem
          key={organisation.slug}
          href={portalPath({ tenant: organisation.slug, environment })}
          current={organisation.slug === tenant.slug ? "true" : undefined}
          detail={organisation.slug}
        >
          {organisation.name}
        </MenuItem>
      ))}
      <MenuSeparator />
      <MenuItem href="/new-organisation" icon={<Plus />}>
        New organisation
      </MenuItem>
    </Menu>
  );
}

const environmentDetails: Record<Environment, string> = {
  sandbox: "Made-up practices and patients",
  staging: "Hero's staging service",
  production: "Real practices and patients",
};

const environmentDots: Record<Environment, string> = {
  sandbox: "rounded-full bg-info",
  staging: "rotate-45 bg-band-staging ring-1 ring-ending",
  production: "bg-danger",
};

/** Each environment has its own shape, so that colour is not the only sign. */
function EnvironmentDot({ environment }: { environment: Environment }) {
  return (
    <span
      aria-hidden="true"
      className={`size-2 shrink-0 edge-when-forced ${environmentDots[environment]}`}
    />
  );
}

/** Switches environment. The selected practice is dropped, since it belongs to one environment. */
export function EnvironmentSwitcher() {
  const { tenant, environment, environments } = useShell();
  const { path } = usePortalLocation();
  const name = environmentNames[environment];
  const targetPath = pathAfterSwitch(path);
  return (
    <Menu
      label={`Environment: ${name}`}
      triggerClassName={`${triggerClasses} shrink-0`}
      trigger={
        <>
          <EnvironmentDot environment={environment} />
          <span>{name}</span>
          <SwitchIcon />
        </>
      }
    >
      <MenuLabel>Environments</MenuLabel>
      {environments.map((option) => (
        <MenuItem
          key={option}
          href={portalPath({ tenant: tenant.slug, environment: option }, targetPath)}
          current={option === environment ? "true" : undefined}
          icon={<EnvironmentDot environment={option} />}
          detail={environmentDetails[option]}
        >
          {environmentNames[option]}
        </MenuItem>
      ))}
    </Menu>
  );
}

const maxShown = 50;

/** Selects the practice for lists and forms, or all practices. */
export function PracticeSwitcher() {
  const { practices, permissions } = useShell();
  const { scope, path, practiceId, practice } = usePortalLocation();
  const [search, setSearch] = useState("");
  const targetPath = pathAfterSwitch(path);
  const name = practiceId ? (practice?.name ?? "Unknown practice") : "All practices";

  const searchText = search.trim().toLowerCase();
  const matches = searchText
    ? practices.filter((option) =>
        `${option.name} ${option.practiceGroupId}`.toLowerCase().includes(searchText),
      )
    : practices;

  return (
    <Menu
      label={`Practice: ${name}`}
      triggerClassName={`${triggerClasses} min-w-0`}
      className="w-72"
      trigger={
        <>
          <Building2
            aria-hidden="true"
            className="size-4 shrink-0 text-subtle"
            strokeWidth={1.75}
          />
          <span className="truncate">{name}</span>
          <SwitchIcon />
        </>
      }
    >
      {practices.length > 8 ? (
        <input
          type="search"
          aria-label="Find a practice"
          placeholder="Find a practice"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          className="mb-1 h-9 w-full rounded-md border border-line-strong bg-surface px-2.5 text-base placeholder:text-subtle pointer-coarse:text-lg"
        />
      ) : null}
      <MenuItem href={portalPath(scope, targetPath)} current={practiceId ? undefined : "true"}>
        All practices
      </MenuItem>
      {practices.length > 0 ? <MenuLabel>Practices</MenuLabel> : null}
      {matches.slice(0, maxShown).map((option) => (
        <MenuItem
          key={option.id}
          href={portalPath(scope, targetPath, { practice: option.id })}
          current={option.id === practiceId ? "true" : undefined}
          detail={<span className="font-mono">{option.practiceGroupId}</span>}
        >
          {option.name}
        </MenuItem>
      ))}
      <PracticeMatchNote matchCount={matches.length} />
      {permissions.includes("practices.manage") ? (
        <>
          <MenuSeparator />
          <MenuItem href={portalPath(scope, "/practices/connect")} icon={<Plus />}>
            Connect a practice
          </MenuItem>
        </>
      ) : null}
    </Menu>
  );
}

function PracticeMatchNote({ matchCount }: { matchCount: number }): ReactNode {
  const { practices } = useShell();
  const message =
    practices.length === 0
      ? "No practices connected yet."
      : matchCount === 0
        ? "No practices match your search."
        : matchCount > maxShown
          ? `${matchCount - maxShown} more. Type to narrow your search.`
          : null;
  return message ? <p className="px-2 py-1.5 text-sm text-muted">{message}</p> : null;
}
