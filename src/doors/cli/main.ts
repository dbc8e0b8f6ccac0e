#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

// Sources run as TypeScript: keeping what was compiled halves the start. https://nodejs.org/api/module.html#module-compile-cache
enableCompileCache();

const { run } = await import('./run.ts');
const { terminal } = await import('./terminal.ts');
await run(process.argv.slice(2), terminal(process));
