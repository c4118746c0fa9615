import { Skeleton } from "@/components/ui/skeleton";

/** The shape of a form while it loads. */
export function FormSkeleton({ text }: { text: string }) {
  return (
    <div aria-busy="true" className="max-w-3xl">
      <p role="status" className="mb-4 text-muted">
        {text}
      </p>
      <div aria-hidden="true" className="flex flex-col gap-6">
        <div className="grid gap-3 sm:grid-cols-2">
          <Skeleton className="h-24 rounded-lg" />
          <Skeleton className="h-24 rounded-lg" />
        </div>
        <Skeleton className="h-72 rounded-lg" />
      </div>
    </div>
  );
}
