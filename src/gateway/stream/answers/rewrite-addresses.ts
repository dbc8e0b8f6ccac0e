/**
 * Puts the gateway in the place of every other host that an answer about the service names, for clients follow `identity`
 * and the addresses of userinfo: `"https://x.my.salesforce.com/id/…"` → `"https://crm.house.example/id/…"`. Slashes may
 * stand escaped (`https:\/\/`).
 */
export function rewriteAddresses(text: string, origin: string): string {
  return text.replace(/"https?:(\\?\/){2}[^"\\/?#\s]+/g, `"${origin}`);
}
