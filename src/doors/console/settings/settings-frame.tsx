import { Outlet, useLocation } from '@tanstack/react-router';
import { links } from '../links.ts';
import { Jump } from '../parts/jump.tsx';
import { Page } from '../parts/page.tsx';
import { useMay } from '../server/session.ts';

export function SettingsFrame() {
  const { pathname } = useLocation();
  const pages = [
    { name: 'Account', to: links.settings(), shown: true },
    { name: 'API tokens', to: links.tokens(), shown: true },
    { name: 'Staff', to: links.staff(), shown: useMay('administer') },
    { name: 'Audit log', to: links.auditLog(), shown: useMay('audit') },
  ];
  return (
    <Page title="Settings">
      <nav aria-label="Settings" className="mb-6 border-b border-line-2">
        <ul className="flex gap-6 overflow-x-auto">
          {pages
            .filter(({ shown }) => shown)
            .map(({ name, to }) => (
              <li key={to}>
                <Jump
                  to={to}
                  aria-current={pathname.replace(/\/$/, '') === to ? 'page' : undefined}
                  className="block py-2 whitespace-nowrap text-ink-2 hover:text-ink aria-[current]:font-semibold aria-[current]:text-ink aria-[current]:shadow-[inset_0_-2px_0_var(--color-ink)]"
                >
                  {name}
                </Jump>
              </li>
            ))}
        </ul>
      </nav>
      <Outlet />
    </Page>
  );
}
