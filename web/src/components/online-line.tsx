import { useEffect, useRef } from "preact/hooks";
import { useApp } from "../app-context";
import { useOnline } from "../use-online";
import { words } from "../words";
import { Icon } from "./icon";

/** How pages without a live session stand with the server, in the one place for it. */
export function OnlineLine() {
  const { announcement } = useApp();
  const online = useOnline();
  const told = useRef(online);
  useEffect(() => {
    if (told.current === online) return;
    told.current = online;
    announcement.set(online ? words.chrome.backOnline : words.chrome.nowOffline);
  }, [online, announcement]);
  return (
    <p class={`link-line ${online ? "" : "link-offline"}`} data-online={online}>
      <Icon name={online ? "live" : "offline"} />
      <span>{online ? words.chrome.online : words.chrome.offline}</span>
    </p>
  );
}
