// Coefficients of Lanczos' approximation with g = 7 and 9 terms; right to about 15 digits for positive arguments.
const g = 7
const first = 0.999_999_999_999_809_93
const terms = [
  676.520_368_121_885_1, -1259.139_216_722_402_8, 771.323_428_777_653_13, -176.615_029_162_140_59,
  12.507_343_278_686_905, -0.138_571_095_265_720_12, 9.984_369_578_019_571_6e-6, 1.505_632_735_149_311_6e-7,
] as const

/** Natural logarithm of the gamma function, for x >= 0.5. */
function logGamma(x: number): number {
  const series = terms.reduce((sum, term, index) => sum + term / (x + index), first)
  const base = x + g - 0.5
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(base) - base + Math.log(series)
}

/** Natural logarithm of the beta function, for arguments of at least 0.5. */
export function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b)
}
