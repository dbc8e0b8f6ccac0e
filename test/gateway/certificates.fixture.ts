import 'reflect-metadata';
import { createHash, createPrivateKey, randomBytes } from 'node:crypto';
import { X509CertificateGenerator } from '@peculiar/x509';

/** PEM, and the base64url SHA-256 of the DER (`x5t#S256`, RFC 8705 section 3.1). */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
  readonly thumbprint: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** Self-signed, for a day; `twin` bears the owner's name and serial number on another key. */
export async function makeCertificates(): Promise<Record<'server' | 'owner' | 'thief' | 'twin', TestCertificate>> {
  const serial = randomBytes(8).toString('hex');
  return {
    server: await issue('CN=localhost', '01'),
    owner: await issue('CN=owner', serial),
    thief: await issue('CN=thief', '02'),
    twin: await issue('CN=owner', serial),
  };
}

async function issue(name: string, serialNumber: string): Promise<TestCertificate> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name,
    serialNumber,
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date(Date.now() - 3_600_000),
    notAfter: new Date(Date.now() + 86_400_000),
  });
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
  const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }).export({ format: 'pem', type: 'pkcs8' });
  const thumbprint = createHash('sha256').update(Buffer.from(certificate.rawData)).digest('base64url');
  return { cert: certificate.toString('pem'), key: String(key), thumbprint };
}
