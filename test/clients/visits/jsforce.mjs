import jsforce from 'jsforce';
import { scenesOf } from './connection-scenes.mjs';
import { play } from './play.mjs';

await play(scenesOf(jsforce.Connection));
