import { parseArgs } from "node:util";

export const inspectorPorts = { portal: 9229, worker: 9230 };

export const startHelp = `Usage: bin/start [options]

Installs what is missing, then runs PostgreSQL, the sandbox, the portal and the worker.
Prints "Ready: <address>" with a demo sign-in. Ctrl-C stops everything it started.

Options:
  --dev             serve the sources: pages reload, and each program restarts, when a file changes
  --inspect-portal  let a debugger attach to the portal on port ${inspectorPorts.portal}
  --inspect-worker  let a debugger attach to the worker on port ${inspectorPorts.worker}
  --help            show this text

Settings are environment variables, such as PORT, SANDBOX_PORT and DATA_DIR: see .env.example.
`;

/** @throws Error with one sentence when an option is unknown. */
export function readStartOptions(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      dev: { type: "boolean", default: false },
      "inspect-portal": { type: "boolean", default: false },
      "inspect-worker": { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  return {
    isDevelopment: values.dev,
    isPortalInspected: values["inspect-portal"],
    isWorkerInspected: values["inspect-worker"],
    isHelp: values.help,
  };
}
