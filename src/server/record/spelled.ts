/**
 * The SQL expression that spells the value of another one, so that it can be read back. SQL text ends at a NUL byte: a text
 * that has one (the API takes none) is spelled as its bytes.
 */
export function spelled(value: string): string {
  return `CASE WHEN typeof(${value}) = 'text' AND instr(${value}, char(0)) THEN 'CAST(X''' || hex(${value}) || ''' AS TEXT)' ELSE quote(${value}) END`
}
