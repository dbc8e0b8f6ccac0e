import type { ButtonHTMLAttributes, ReactNode } from 'react';

const looks = {
  plain: 'border border-line-2 bg-sheet hover:bg-wash',
  /** The one thing to do here. */
  main: 'border border-ink bg-ink text-paper hover:opacity-85',
  /** Cannot be taken back, or concerns people. */
  grave: 'border border-alarm-fill bg-alarm-fill text-on-fill hover:opacity-90',
  quiet: 'text-ink-2 hover:bg-wash hover:text-ink',
} as const;

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: keyof typeof looks;
  readonly children: ReactNode;
}

export const buttonClass = (look: keyof typeof looks = 'plain'): string =>
  `inline-flex min-h-8 items-center justify-center gap-2 rounded-sm px-3 text-base font-medium disabled:cursor-not-allowed disabled:opacity-50 max-sm:min-h-10 ${looks[look]}`;

export function Button({ look = 'plain', className = '', ...rest }: ButtonProps) {
  return <button type="button" {...rest} className={`${buttonClass(look)} ${className}`} />;
}
