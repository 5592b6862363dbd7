import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { getCertificate } from "@vitejs/plugin-basic-ssl";

/**
 * Makes a throw-away certificate for `localhost`, and makes this process trust the certificate. Browsers have to be told to
 * ignore that nobody has signed the certificate.
 *
 * @returns the certificate and its key, in one text
 */
export async function ownCertificate(): Promise<string> {
  const certificate = await getCertificate(join(tmpdir(), "tracer-e2e-certificate"));
  const [own = ""] = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(certificate) ?? [];
  setDefaultCACertificates([...getCACertificates("default"), own]);
  return certificate;
}
