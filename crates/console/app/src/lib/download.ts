// Saves rows as a CSV file (RFC 4180). A cell that a spreadsheet would run as a formula is kept as text.

function cell(value: unknown): string {
  const text = String(value)
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

export const csv = (rows: readonly (readonly unknown[])[]) => rows.map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n'

export function download(name: string, rows: readonly (readonly unknown[])[]) {
  // The mark makes spreadsheets read it as UTF-8.
  const url = URL.createObjectURL(new Blob(['\ufeff', csv(rows)], { type: 'text/csv;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}
