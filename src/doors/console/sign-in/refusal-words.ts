/**
 * Why single sign-on led back here. The address says it, and anyone can make an address: only words that are ours are
 * shown, so that no link can put a caller's number on the sign-in page.
 */
export function refusalWords(refused: string, provider: string): string {
  const ours = [
    'This sign-in took too long. Begin again.',
    `${provider} did not confirm this sign-in.`,
    `${provider} does not say that your e-mail address is verified.`,
    'You are not on the staff list. Ask an owner for an invitation.',
    'This account was ended.',
    'Single sign-on is not set up.',
  ];
  if (refused === 'provider') return `${provider} does not answer. Try again in a while, or use a passkey.`;
  return ours.find((words) => words === refused) ?? 'You were not let in. Begin again, or ask an owner.';
}
