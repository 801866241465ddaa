/**
 * Owns the titles of areas: the live messages carry ids, the list of certifications has the words.
 */
import type { AreaInfo } from "@protocol";
import { useEffect, useState } from "preact/hooks";
import type { Api } from "../api/client";

/** A lookup that falls back to the id: a title that cannot be loaded is no reason to stop a session. */
export function useAreaTitles(api: Api, certification: string | undefined): (id: string) => string {
  const [areas, setAreas] = useState<readonly AreaInfo[]>([]);
  useEffect(() => {
    if (certification === undefined) return;
    let current = true;
    api.certifications().then(
      (list) => {
        if (current) setAreas(list.find(({ id }) => id === certification)?.areas ?? []);
      },
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [api, certification]);
  return (id) => areas.find((area) => area.id === id)?.title ?? id;
}
