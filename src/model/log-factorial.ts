/** log x! of a whole number from 0 on, by Stirling's series from 10 on: right to 1e-13 of itself. */
export function logFactorial(x: number): number {
  let [z, product] = [x + 1, 1];
  while (z < 10) product *= z++;
  const inverse = 1 / (z * z);
  const series = (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse / 1680))) / z;
  return (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product);
}
