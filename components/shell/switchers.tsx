"use client";

import { Building2, ChevronsUpDown, Plus } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Menu, MenuItem, MenuLabel, MenuSeparator } from "@/components/ui/menu";
import type { Environment } from "@/server/schemas/environments";
import { portalPath, roomAfterSwitch } from "./portal-path";
import { useShell, useWhereabouts } from "./shell-context";

const triggerLook =
  "inline-flex h-8 max-w-full items-center gap-1.5 rounded-md px-2 text-base font-medium pointer-coarse:h-11 hover:bg-hover";

function SwitchMark() {
  return <ChevronsUpDown aria-hidden="true" className="size-3.5 shrink-0 text-subtle" />;
}

/** Which organisation; for people in one, its name and the way to make another. */
export function OrganisationSwitcher() {
  const { tenant, environment, organisations } = useShell();
  return (
    <Menu
      label={`Organisation: ${tenant.name}`}
      triggerClassName={`${triggerLook} min-w-0`}
      trigger={
        <>
          <span className="truncate">{tenant.name}</span>
          <SwitchMark />
        </>
      }
    >
      <MenuLabel>Organisations</MenuLabel>
      {organisations.map((each) => (
        <MenuItem
          key={each.slug}
          href={portalPath({ tenant: each.slug, environment })}
          current={each.slug === tenant.slug ? "true" : undefined}
          detail={each.slug}
        >
          {each.name}
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

/** A small shape of its own for each environment, so that colour is not the only sign. */
export function EnvironmentDot({ environment }: { environment: Environment }) {
  return (
    <span
      aria-hidden="true"
      className={`size-2 shrink-0 edge-when-forced ${environmentDots[environment]}`}
    />
  );
}

/** Which Hero is spoken to. The practice is let go: objects of two environments never meet. */
export function EnvironmentSwitcher() {
  const { tenant, environment, environments } = useShell();
  const { room } = useWhereabouts();
  const name = environments.find((each) => each.id === environment)?.name ?? environment;
  const target = roomAfterSwitch(room);
  return (
    <Menu
      label={`Environment: ${name}`}
      triggerClassName={`${triggerLook} shrink-0`}
      trigger={
        <>
          <EnvironmentDot environment={environment} />
          <span>{name}</span>
          <SwitchMark />
        </>
      }
    >
      <MenuLabel>Environments</MenuLabel>
      {environments.map(({ id, name: label }) => (
        <MenuItem
          key={id}
          href={portalPath({ tenant: tenant.slug, environment: id }, target)}
          current={id === environment ? "true" : undefined}
          icon={<EnvironmentDot environment={id} />}
          detail={environmentDetails[id]}
        >
          {label}
        </MenuItem>
      ))}
    </Menu>
  );
}

const mostShown = 50;

/** Which practice the lists and forms are about; absent means all of them. */
export function PracticeSwitcher() {
  const { practices, can } = useShell();
  const { place, room, practiceId, practice } = useWhereabouts();
  const [wanted, setWanted] = useState("");
  const target = roomAfterSwitch(room);
  const name = practiceId ? (practice?.name ?? "Unknown practice") : "All practices";

  const words = wanted.trim().toLowerCase();
  const found = words
    ? practices.filter((each) =>
        `${each.name} ${each.practiceGroupId}`.toLowerCase().includes(words),
      )
    : practices;

  return (
    <Menu
      label={`Practice: ${name}`}
      triggerClassName={`${triggerLook} min-w-0`}
      className="w-72"
      trigger={
        <>
          <Building2
            aria-hidden="true"
            className="size-4 shrink-0 text-subtle"
            strokeWidth={1.75}
          />
          <span className="truncate">{name}</span>
          <SwitchMark />
        </>
      }
    >
      {practices.length > 8 ? (
        <input
          type="search"
          aria-label="Find a practice"
          placeholder="Find a practice"
          value={wanted}
          onChange={(event) => setWanted(event.target.value)}
          className="mb-1 h-9 w-full rounded-md border border-line-strong bg-surface px-2.5 text-base placeholder:text-subtle pointer-coarse:text-lg"
        />
      ) : null}
      <MenuItem href={portalPath(place, target)} current={practiceId ? undefined : "true"}>
        All practices
      </MenuItem>
      {practices.length > 0 ? <MenuLabel>Practices</MenuLabel> : null}
      {found.slice(0, mostShown).map((each) => (
        <MenuItem
          key={each.id}
          href={portalPath(place, target, { practice: each.id })}
          current={each.id === practiceId ? "true" : undefined}
          detail={<span className="font-mono">{each.practiceGroupId}</span>}
        >
          {each.name}
        </MenuItem>
      ))}
      <PracticesNote found={found.length} />
      {can.includes("practices.manage") ? (
        <>
          <MenuSeparator />
          <MenuItem href={portalPath(place, "/practices/connect")} icon={<Plus />}>
            Connect a practice
          </MenuItem>
        </>
      ) : null}
    </Menu>
  );
}

function PracticesNote({ found }: { found: number }): ReactNode {
  const { practices } = useShell();
  const note =
    practices.length === 0
      ? "No practice is connected yet."
      : found === 0
        ? "No practice has this name or id."
        : found > mostShown
          ? `${found - mostShown} more: type to narrow them down.`
          : null;
  return note ? <p className="px-2 py-1.5 text-sm text-muted">{note}</p> : null;
}
