/** What can be asked of something that is live: the methods of each verb, and what a method cannot do without. */
import type { LiveVerb } from "./probe.ts";

/** Names of modifiers a method needs, in the words of `charly.yml`. */
export type Methods = Readonly<Record<string, readonly string[]>>;

/** The same needs for several methods. */
function all(names: string, ...needs: readonly string[]): Methods {
  return Object.fromEntries(names.split(" ").map((name) => [name, needs]));
}

/** Methods with one word in common. */
function group(prefix: string, names: string, ...needs: readonly string[]): Methods {
  return all(names.split(" ").map((name) => `${prefix}${name}`).join(" "), ...needs);
}

/** A screen reached over the network. */
const screen: Methods = {
  ...all("status"),
  ...all("screenshot", "artifact"),
  ...all("click mouse", "x", "y"),
  ...all("type", "text"),
  ...all("key", "key"),
};

/** Every live verb. */
export const liveVerbs: Readonly<Record<LiveVerb, Methods>> = {
  adb: {
    ...all("devices logcat-tail wait-for-device wait-ui-settled current-focus"),
    ...all("shell uninstall", "arg"),
    ...all("install", "apk"),
    ...all("install-app", "app_id"),
    ...all("getprop", "property"),
    ...all("screencap", "artifact"),
    ...all("keyevent", "key"),
  },
  appium: {
    ...all("status session-delete source back"),
    ...all("session-create", "caps"),
    ...all("install-app", "apk"),
    ...all("find click clear get-text find-all", "selector"),
    ...all("send-keys", "selector", "text"),
    ...all("get-attribute", "selector", "attribute"),
    ...all("screenshot", "artifact"),
    ...group("gesture-", "tap double-tap long-press drag pinch-open pinch-close"),
    ...group("gesture-", "swipe scroll fling", "direction"),
    ...all("app-start-activity", "activity"),
    ...group("app-", "activate terminate remove clear is-installed state", "app_id"),
    ...group("app-current-", "activity package"),
    ...all("key-press", "keycode"),
    ...group("key-", "hide shown"),
    ...group("device-", "info battery time orientation notifications get-clipboard contexts context"),
    ...group("device-set-", "orientation clipboard", "params"),
    ...all("execute", "expression"),
    ...all("raw", "method", "path"),
  },
  cdp: {
    ...all("status list"),
    ...all("url text html axtree close spa-status", "tab"),
    ...all("eval", "tab", "expression"),
    ...all("coords wait click", "tab", "selector"),
    ...all("type", "tab", "selector", "text"),
    ...all("raw", "tab", "method"),
    ...all("screenshot", "tab", "artifact"),
    ...all("open", "url"),
    ...all("spa-click spa-mouse", "tab", "x", "y"),
    ...all("spa-type", "tab", "text"),
    ...all("spa-key", "tab", "key"),
    ...all("spa-key-combo", "tab", "combo"),
  },
  dbus: {
    ...all("list"),
    ...all("call", "dest", "path", "method"),
    ...all("introspect", "dest", "path"),
    ...all("notify", "text"),
  },
  kube: {
    ...all("nodes wait-nodes pods ingress ingressclass storageclass service addons"),
    ...all("wait-ready", "kube_kind", "name"),
    ...all("lb-external-ip", "namespace", "name"),
    ...all("apply delete", "manifest"),
    ...all("raw", "kube_resource"),
  },
  libvirt: {
    ...all("list info screenshot send-key passwd qmp domain-xml console events"),
    ...group("guest/", "ping info os-info time hostname users interfaces disks fsinfo vcpus exec fstrim"),
    ...group("snapshot/", "list create info revert delete"),
  },
  mcp: {
    ...all("ping servers list-tools list-resources list-prompts"),
    ...all("call", "tool"),
    ...all("read", "uri"),
  },
  record: {
    ...all("list start"),
    ...all("stop", "artifact"),
    ...all("cmd", "text"),
  },
  spice: { ...screen, ...all("cursor", "artifact") },
  vnc: { ...screen, ...all("rfb", "method") },
  wl: {
    ...all("status toplevel windows xprop overlay-list overlay-status"),
    ...group("sway-", "tree workspaces outputs kill floating reload"),
    ...all("geometry focus close fullscreen minimize resolution overlay-hide", "target"),
    ...group("sway-", "focus move resize layout workspace", "target"),
    ...all("atspi clipboard", "action"),
    ...all("screenshot", "artifact"),
    ...all("click double-click mouse", "x", "y"),
    ...all("scroll", "x", "y", "direction"),
    ...all("drag", "x", "y", "x2", "y2"),
    ...all("type overlay-show", "text"),
    ...all("key", "key"),
    ...all("key-combo", "combo"),
    ...all("exec sway-msg", "command"),
  },
};

/** Whether a word is a live verb. */
export function isLiveVerb(word: string): word is LiveVerb {
  return Object.hasOwn(liveVerbs, word);
}
