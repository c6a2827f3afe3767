import { temporaryFolder } from '../test/temporary-folder.ts';
import { conformBlobStore } from './blob-store.conformance.ts';
import { MemoryBlobs } from './memory.ts';

conformBlobStore('memory', () => new MemoryBlobs(), temporaryFolder);
