// Files that go along with an order, as the API takes them.

/** What may be sent as a proof. */
export const KINDS = ['image/png', 'image/jpeg', 'application/pdf']
/** `image/png` as people call it: PNG. */
export const nameOf = (kind: string) => kind.split('/').pop()!.toUpperCase()
/** Largest proof, in bytes; the server's own bound. */
export const LARGEST = 700 * 1_024

/** The file in Base64, as a data URL. */
export function asText(file: File): Promise<string> {
  return new Promise((done, broken) => {
    const reader = new FileReader()
    reader.addEventListener('load', () => done(String(reader.result)))
    reader.addEventListener('error', () => broken(reader.error ?? new Error(file.name)))
    reader.readAsDataURL(file)
  })
}
