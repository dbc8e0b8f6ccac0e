export declare function publishedManifest(source: object): object;
