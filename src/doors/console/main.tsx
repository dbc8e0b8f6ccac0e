import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createConsole } from './routes.tsx';
import { sessionQuery } from './server/queries.ts';
import { ServerError } from './server/request.ts';
import './style.css';

const onError = (error: unknown) => {
  if (error instanceof ServerError && error.kind === 'not-signed-in') void signedOut();
};

const client = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      staleTime: 5000,
      retry: (failures, error) => failures < 2 && error instanceof ServerError && error.status === 0,
    },
    // Whether the network is there, our own server's answer says better than the browser does.
    mutations: { networkMode: 'always' },
  },
});
const router = createConsole(client);

/** The session ended under our feet: ask who we are, and let the routes lead to sign-in and back. */
async function signedOut() {
  await client.fetchQuery({ ...sessionQuery, staleTime: 0 });
  await router.invalidate();
}

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
