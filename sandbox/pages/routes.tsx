/** @jsxImportSource hono/jsx */
import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import type { World } from "../state/world";

export function patientRoutes(_world: World): Hono<{ Bindings: HttpBindings }> {
  return new Hono<{ Bindings: HttpBindings }>();
}
